// SPDX-License-Identifier: MIT
// The thread that accesses the database of the embedded network, so that a slow disk, another
// daemon's lock or a password hash never blocks the loop.
//
// Jobs run in order. All waiting jobs share one transaction and so one sync; each can fail alone,
// with a savepoint. After the commit the worker wakes the sessions concerned and posts the results
// to the loop. Reads before the first write have their own transaction, which needs no lock. While
// many jobs wait, the worker pauses between transactions so that other daemons get the lock.
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
    write_unsynced,  // without a sync: a crash of the machine may undo it
    alone,           // not in a group; the job itself may use transactions
  };
  struct Job {
    Access access = Access::write;
    std::function<Result<void>(Store&)> run{};   // called on the worker's thread
    std::function<void(Result<void>)> finish{};  // called on the loop, once; not after destruction
    bool at_the_end = false;  // run it even if it still waits when the worker is destroyed
    bool closes = false;      // close the database after it; the next job opens it again
    // For Access::alone. If true before the job starts, the job fails (network) without opening the
    // database.
    std::shared_ptr<const std::atomic<bool>> cancelled = nullptr;
    // For Access::alone. create: open the database again, and create it if it is missing. fail: use
    // the open database, or open an existing one.
    IfMissing if_missing = IfMissing::create;
  };

  // The loop and the log outlive this object. It is created and destroyed on the loop's thread; the
  // destructor may wait about a second for the job in progress.
  Worker(std::string path, asio::io_context& loop, Log& log);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void add(Job job);  // on the loop's thread

  // For jobs, on the worker's thread.
  const Leases& leases() const { return leases_; }
  // Wakes the sessions in Store::wakes(). Called after a commit.
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
  void yield_lock();
  void deliver(Finished finished);

  const std::string path_;
  asio::io_context& loop_;
  Log& log_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the loop's thread only
  const std::weak_ptr<bool> still_there_ = alive_;

  TimeLimit time_limit_;
  std::chrono::nanoseconds lock_held_{};  // how long the last group of jobs held the lock
  std::unique_ptr<Store> store_;
  Leases leases_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Jobs waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace msn::network::local
