// SPDX-License-Identifier: MIT
#include "core/network/common/worker.hpp"

#include "core/base/thread.hpp"

#include <asio/post.hpp>

#include <system_error>
#include <utility>

namespace msn::network {

Worker::~Worker() {
  alive_.reset();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::add(std::function<void()> work, std::function<void()> then) {
  if (!thread_.joinable()) {
    try {
      thread_ = start_thread([this] { run(); });
    } catch (const std::system_error&) {  // no thread: do the job here, though it blocks the loop
      perform({std::move(work), std::move(then)});
      return;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({std::move(work), std::move(then)});
  }
  changed_.notify_one();
}

void Worker::run() {
  for (std::unique_lock lock(mutex_);;) {
    changed_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    perform(std::move(job));
    lock.lock();
  }
}

void Worker::perform(Job job) {
  job.work();
  if (!job.then) return;
  asio::post(loop_, [then = std::move(job.then), alive = still_there_] {
    if (!alive.expired()) then();
  });
}

}  // namespace msn::network
