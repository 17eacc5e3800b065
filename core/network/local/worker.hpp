// SPDX-License-Identifier: MIT
// The thread on which the embedded network touches the disk, so that a slow one, another daemon's
// lock or a password hash never blocks the loop.
//
// Jobs are done in their order. All that wait are put into one transaction, so that what is sent in
// one go shares one sync; each can fail alone. Then the sessions concerned are woken, and the jobs'
// results go to the loop. Reads before the first write have a transaction of their own, which needs
// no lock. While many wait for the next one, other daemons get their turn.
#pragma once
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/network/local/lease.hpp"
#include "core/network/local/schema.hpp"
#include "core/network/local/store.hpp"

#include <asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace msn::network::local {

class Worker {
 public:
  enum class Access {
    read,
    write,
    write_unsynced,  // a crash of the machine may undo it, if nothing synced comes with or after it
    alone,           // outside any transaction
  };
  struct Job {
    Access access = Access::write;
    std::function<Result<void>(Store&)> run{};   // on the worker's thread
    std::function<void(Result<void>)> finish{};  // on the loop, once; not after destruction
    bool at_the_end = false;  // done even if it still waits when the worker is destroyed
    bool closes = false;      // the database is not needed after it; it is opened again on demand
    // Access::alone: if this is true when its turn comes, it fails (network) and nothing is opened.
    std::shared_ptr<const std::atomic<bool>> overtaken = nullptr;
    // Access::alone: make: the database is opened again, and made if it is missing; fail: what is
    // open is used.
    IfMissing if_missing = IfMissing::make;
  };

  // Destroyed on the loop's thread, which may then wait a second for the job in progress.
  Worker(std::string path, asio::io_context& loop, Log& log);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void add(Job job);

  // For jobs, on the worker's thread.
  const Leases& leases() const { return leases_; }
  // Wakes the sessions that the store noted; after a commit.
  void wake(Store& store) const;

 private:
  using Jobs = std::deque<Job>;
  using Finished = std::vector<std::pair<std::function<void(Result<void>)>, Result<void>>>;

  void work();
  void do_group(Jobs& jobs, Finished& finished);
  void do_alone(Job& job, Finished& finished);
  void run_one(Job& job, bool write, Finished& finished, Result<void>& group);
  Result<void> open(IfMissing);
  Result<void> begin(Store::Mode);
  void let_others_in();
  void deliver(Finished finished);

  const std::string path_;
  asio::io_context& loop_;
  Log& log_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the loop's thread only
  const std::weak_ptr<bool> still_there_ = alive_;

  Patience patience_;
  std::chrono::nanoseconds held_{};  // how long the last group had the lock
  std::unique_ptr<Store> store_;
  Leases leases_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Jobs waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace msn::network::local
