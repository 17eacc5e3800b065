// SPDX-License-Identifier: MIT
// How the daemons on one database wake each other and notice that another has died, without a
// broker and without polling.
//
// The folder DATABASE.leases has one file for each logged-in session, its lease. The daemon of the
// session keeps it open for writing, with a write lock (OFD).
// - To wake a session, a daemon reads a byte of its lease: the session's daemon watches the file
//   with inotify (IN_ACCESS). Nothing is written to the disk. Opening the file, for example to
//   check its lock, does not wake the session.
// - When a daemon dies, the kernel closes its leases. All daemons watch the folder for that
//   (IN_CLOSE_WRITE) and check whether the lock is gone.
//
// Used on the worker's thread, except where a function says otherwise.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::network::local {

// A random name for a session and its lease: 32 hexadecimal digits.
std::string new_session_name();
bool is_session_name(std::string_view);

// The folder of leases. Each call opens it again, because it may be removed and created at any
// time. It is never opened through a symbolic link.
class Leases {
 public:
  Leases() = default;
  explicit Leases(std::string database)
      : database_(std::move(database)), path_(database_ + ".leases") {}

  const std::string& path() const { return path_; }
  std::string file(std::string_view session) const { return path_ + "/" + std::string(session); }
  // Creates the folder, or opens the existing one. A folder of this user gets the mode and group
  // that match the database. Error: network; also if the folder belongs to a user without access to
  // the database.
  Result<UniqueFd> create_folder() const;

  // alive: the lease is locked, or cannot be checked; dead: not locked; gone: there is no lease.
  enum class Life { alive, dead, gone };
  Life state(std::string_view session) const;
  void wake(std::string_view session) const;  // ignores errors
  // Removes the file if it looks like a lease: a regular file that contains a number.
  void remove(std::string_view session) const;
  std::vector<std::string> all() const;  // names of the sessions that have a lease

 private:
  UniqueFd open_folder() const;
  UniqueFd open_lease(std::string_view session) const;

  std::string database_, path_;
};

// The lease of a session of this daemon, and the inotify instance that watches for signals.
class Lease {
 public:
  Lease(Leases leases, std::string session)
      : leases_(std::move(leases)), session_(std::move(session)) {}
  ~Lease() { release(); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Creates and locks the file, then calls watch(). Call it again after lost(). Error: network.
  Result<void> acquire();
  // Watches the file and the folder. Succeeds without watching if a limit of the system is reached:
  // see exhausted_limit(). Error: network.
  Result<void> watch();
  // Whether the file was removed or replaced.
  bool lost() const;
  // Removes the file and closes it.
  void release();
  // A second, non-blocking descriptor of the inotify instance, for the loop; the lease keeps its
  // own. Empty if there is no instance, or if it was taken before. Callable on the loop's thread.
  UniqueFd take_inotify() { return std::move(second_); }
  // The system limit that prevents watching ("fs.inotify.max_user_instances"); empty: none.
  const std::string& exhausted_limit() const { return exhausted_limit_; }

  // What the inotify instance has reported since the last call.
  struct Signals {
    bool woken = false;               // another daemon woke the session, or the lease has changed
    bool overflow = false;            // signals were lost: check the inbox and all sessions
    std::vector<std::string> closed;  // sessions whose leases were closed
  };
  // Callable from any thread; does not block.
  static Signals read_signals(int inotify);

 private:
  Leases leases_;
  std::string session_;
  UniqueFd file_;
  UniqueFd inotify_, second_;
  std::string exhausted_limit_;
};

}  // namespace msn::network::local
