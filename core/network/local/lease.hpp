// SPDX-License-Identifier: MIT
// How daemons on one database find out that another is there, wants them, or has died, without a
// broker and without polling.
//
// Beside the database lies the folder DATABASE.leases with one file per logged-in session, which
// its daemon holds open for writing and locked:
// - to wake a session, read a byte of its file: its daemon watches that (inotify's IN_ACCESS);
//   nothing is written to the disk, and opening alone, as looking for locks does, wakes no session;
// - when a daemon dies, the kernel closes the file: everybody watches the folder for that
//   (IN_CLOSE_WRITE) and looks whether the lock is gone.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::network::local {

// A random name, as sessions and their files have.
std::string new_session_name();
bool is_session_name(std::string_view);

// The folder. Cheap to make; touches nothing before the first call. It is opened for each call, as
// it may be removed and made again at any time, and never by way of a symbolic link.
class Leases {
 public:
  Leases() = default;
  explicit Leases(std::string database)
      : database_(std::move(database)), path_(database_ + ".leases") {}

  const std::string& path() const { return path_; }
  std::string file(std::string_view session) const { return path_ + "/" + std::string(session); }
  // Makes the folder, or opens the one that is there; if it is ours it gets the mode and the group
  // of the database. Error: network; also if a user without a right to the database made it.
  Result<UniqueFd> make_folder() const;

  enum class Life { alive, dead, gone };
  Life look(std::string_view session) const;
  void wake(std::string_view session) const;
  // Removes only what a lease is: a regular file that holds a number.
  void remove(std::string_view session) const;
  std::vector<std::string> all() const;

 private:
  UniqueFd open_folder() const;
  UniqueFd open_lease(std::string_view session) const;

  std::string database_, path_;
};

// A session's own file, held as long as this lives, and what it listens to.
class Lease {
 public:
  Lease(Leases leases, std::string session)
      : leases_(std::move(leases)), session_(std::move(session)) {}
  ~Lease() { give_up(); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Takes the file and listens, or does so again if the file was removed. Error: network.
  Result<void> take();
  // Listens, if the system has an inotify instance and watches left: see lacks(). Error: network.
  Result<void> listen();
  bool lost() const;
  // Removes the file and lets go of it.
  void give_up();
  // A second descriptor of the inotify instance, non-blocking, for the loop; the lease keeps its
  // own. None: there was no instance left, or it has been taken already.
  UniqueFd listening() { return std::move(second_); }
  // The limit of the system that keeps it from listening ("fs.inotify.max_user_instances"); empty:
  // it listens.
  const std::string& lacks() const { return lacks_; }

  // What was heard since the last call.
  struct Heard {
    bool wanted = false;              // something is in the inbox, or the file was touched
    bool everything = false;          // too much to be told apart: look at all
    std::vector<std::string> closed;  // these files were let go of
  };
  static Heard hear(int inotify);

 private:
  Leases leases_;
  std::string session_;
  UniqueFd file_;
  UniqueFd inotify_, second_;
  std::string lacks_;
};

}  // namespace msn::network::local
