// SPDX-License-Identifier: MIT
// A thread for what would keep the loop waiting: files, slow hashes.
#pragma once
#include <asio/io_context.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace msn::network {

class Worker {
 public:
  // The loop outlives it. The thread is made with the first job.
  explicit Worker(asio::io_context& loop) : loop_(loop) {}
  // Waits until all jobs are done. No `then` is called any more.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Jobs are done in their order. `work` is called on the thread, and after it `then` on the loop.
  void add(std::function<void()> work, std::function<void()> then = {});

 private:
  struct Job {
    std::function<void()> work, then;
  };
  void run();
  void perform(Job);

  asio::io_context& loop_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the loop's thread only
  const std::weak_ptr<bool> still_there_ = alive_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;  // guarded by mutex_
  bool ending_ = false;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace msn::network
