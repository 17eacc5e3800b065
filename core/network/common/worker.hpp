// SPDX-License-Identifier: MIT
// A thread for jobs that would block the loop, such as file access.
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
  // The loop outlives this object. The thread is started with the first job.
  explicit Worker(asio::io_context& loop) : loop_(loop) {}
  // Waits until all jobs are done, without calling their `then`. Loop thread only.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Jobs run in order: `work` on the worker's thread (on the loop if the system cannot start a
  // thread), then `then` on the loop. Loop thread only.
  void add(std::function<void()> work, std::function<void()> then = {});

 private:
  struct Job {
    std::function<void()> work, then;
  };
  void run();
  void perform(Job);

  asio::io_context& loop_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // loop thread only
  const std::weak_ptr<bool> still_there_ = alive_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;  // guarded by mutex_
  bool ending_ = false;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace msn::network
