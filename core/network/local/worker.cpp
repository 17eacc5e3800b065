// SPDX-License-Identifier: MIT
#include "core/network/local/worker.hpp"

#include "core/base/thread.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <filesystem>

namespace msn::network::local {
namespace {

// Jobs in one transaction: enough to share a sync, few enough that other daemons get the lock soon.
constexpr std::size_t max_group = 512;
constexpr std::size_t many_waiting = 16;

}  // namespace

Worker::Worker(std::string path, asio::io_context& loop, Log& log)
    : path_(std::move(path)), loop_(loop), log_(log), thread_(start_thread([this] { work(); })) {}

Worker::~Worker() {
  alive_.reset();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  time_limit_.shorten();
  changed_.notify_one();
  thread_.join();
}

void Worker::add(Job job) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void Worker::work() {
  for (;;) {
    Jobs jobs;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) break;
      if (ending_) std::erase_if(waiting_, [](const Job& job) { return !job.at_the_end; });
      while (!waiting_.empty() && jobs.size() < max_group) {
        const auto next = waiting_.front().access;
        if (!jobs.empty() && (next == Access::alone ||
                              (jobs.front().access == Access::read && next != Access::read)))
          break;
        jobs.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
        if (next == Access::alone) break;
      }
    }
    if (jobs.empty()) continue;
    Finished finished;
    if (jobs.front().access == Access::alone)
      do_alone(jobs.front(), finished);
    else
      do_group(jobs, finished);
    const bool close = std::any_of(jobs.begin(), jobs.end(), [](auto& job) { return job.closes; });
    if (close) store_.reset();
    jobs.clear();  // release what the jobs own before their results are delivered
    deliver(std::move(finished));
    yield_lock();
  }
  store_.reset();
}

Result<void> Worker::open(IfMissing if_missing) {
  if (if_missing == IfMissing::create || (store_ && store_->damaged())) store_.reset();
  if (store_) return {};
  auto opened = Store::open(path_, time_limit_, if_missing);
  if (!opened) return fail(opened.error());
  store_ = std::move(*opened);
  // All names of the file must lead to the same folder of leases.
  std::error_code ignored;
  const auto canonical = std::filesystem::canonical(path_, ignored);
  leases_ = Leases(ignored ? path_ : canonical.string());
  return {};
}

Result<void> Worker::begin(Store::Mode mode) {
  for (bool again = false;; again = true) {
    if (auto opened = open(IfMissing::fail); !opened) return opened;
    auto begun = store_->begin(mode);
    if (begun || again || !store_->damaged()) return begun;
  }
}

// While many jobs wait, this daemon holds the lock nearly all the time. Other daemons try to get it
// every 2 ms, so pause for longer than that.
void Worker::yield_lock() {
  const auto held = std::exchange(lock_held_, {});
  std::unique_lock lock(mutex_);
  if (held.count() > 0 && waiting_.size() >= many_waiting)
    changed_.wait_for(lock, std::chrono::microseconds(2500) + held / 16, [&] { return ending_; });
}

void Worker::wake(Store& store) const {
  for (const auto& session : store.wakes()) leases_.wake(session);
  store.wakes().clear();
}

void Worker::do_alone(Job& job, Finished& finished) {
  Result<void> result;
  if (job.cancelled && *job.cancelled)
    result = fail(ErrorCode::network, "the login was cancelled");
  else if (result = open(job.if_missing); result) {
    time_limit_.begin_job();
    result = job.run(*store_);
  }
  finished.emplace_back(std::move(job.finish), std::move(result));
}

void Worker::run_one(Job& job, bool write, Finished& finished, Result<void>& group) {
  if (write) group = store_->savepoint();
  if (!group) return;
  Result<void> result = job.run(*store_);
  if (!result && result.error().code == ErrorCode::network)
    log_.error("network.local", result.error().message);
  if (write) group = result ? store_->release_savepoint() : store_->rollback_to_savepoint();
  if (!group && !result) group = result;  // the cause of the failed rollback
  finished.emplace_back(job.finish, std::move(result));
}

void Worker::do_group(Jobs& jobs, Finished& finished) {
  auto mode = Store::Mode::read;
  for (const auto& job : jobs) {
    if (job.access == Access::write) mode = Store::Mode::write;
    if (job.access == Access::write_unsynced && mode == Store::Mode::read)
      mode = Store::Mode::write_unsynced;
  }
  const bool write = mode != Store::Mode::read;
  Result<void> group = begin(mode);
  const auto began = std::chrono::steady_clock::now();
  for (auto job = jobs.begin(); group && job != jobs.end(); ++job)
    run_one(*job, write, finished, group);
  if (group) group = store_->commit();
  if (group) {
    wake(*store_);
    if (write) lock_held_ = std::chrono::steady_clock::now() - began;
    return;
  }
  // The transaction failed: report its error for every job, also for those that succeeded.
  if (store_) store_->rollback();
  log_.error("network.local", group.error().message);
  finished.clear();
  for (auto& job : jobs) finished.emplace_back(std::move(job.finish), group);
}

void Worker::deliver(Finished finished) {
  if (still_there_.expired()) return;
  asio::post(loop_, [alive = still_there_, all = std::make_shared<Finished>(std::move(finished))] {
    for (auto& [finish, result] : *all) {
      if (alive.expired()) return;  // a callback may have destroyed this object
      if (finish) finish(std::move(result));
    }
  });
}

}  // namespace msn::network::local
