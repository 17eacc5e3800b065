// SPDX-License-Identifier: MIT
// The daemon as a process: the lock of the account, the pid file, resource limits, detaching, and
// the notifications of systemd. All errors are no_access unless stated otherwise.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <variant>
#include <vector>

namespace msn::msncd {

// Guarantees one daemon for each account with an fcntl(2) lock, because the kernel reports the
// holder of such a lock. It is held while the object lives. The file stays: if it were removed, two
// daemons could hold two locks.
class LockFile {
 public:
  // busy: another process holds the lock; the message has its process ID.
  static Result<LockFile> take(const std::string& path);
  // The process that holds the lock; nothing if none does or the file is missing. 0: a process
  // without an ID here (on another machine or in another PID namespace).
  static Result<std::optional<pid_t>> holder(const std::string& path);

 private:
  explicit LockFile(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// A file with this process's ID. The destructor removes it if it still has this ID.
class PidFile {
 public:
  static Result<PidFile> write(const std::string& path);
  PidFile(PidFile&&) = default;
  PidFile& operator=(PidFile&&) = delete;
  ~PidFile();

 private:
  explicit PidFile(std::string path) : path_(std::make_unique<std::string>(std::move(path))) {}
  std::unique_ptr<std::string> path_;
};

// Limits malloc to one arena, and returns freed memory to the system.
void limit_heap();
// Raises the limit on open descriptors to `wanted`, or to the hard limit if that is lower. Makes
// writes to closed pipes, and over the file size limit, fail instead of killing the process.
void prepare_descriptors(std::size_t wanted);

// --stop: sends TERM to the process that holds the lock, and waits until it has ended.
// no_daemon: no process holds the lock. daemon_timeout: it has not ended after `patience`.
Result<void> stop_holder(const std::string& lock, std::chrono::milliseconds patience);

// --detach: the daemon runs in the child, and the parent waits for the status that it reports.
class Background {
 public:
  // Forks. In the parent: the exit status that the child has reported. In the child: the object to
  // report it with. internal: no pipe or no process could be created.
  static Result<std::variant<int, Background>> enter();
  Background(Background&&) = default;
  Background& operator=(Background&&) = default;

  // The daemon listens: the parent exits with 0. Redirects standard input and output to /dev/null,
  // and standard error too unless it is a regular file. Returns true if standard error is a regular
  // file.
  bool ready();
  // The daemon could not start: the parent exits with `status`.
  void failed(int status) { report(status); }

 private:
  explicit Background(UniqueFd parent) : parent_(std::move(parent)) {}
  void report(int status);
  UniqueFd parent_;
};

// sd_notify(3), for example "READY=1". Does nothing without systemd.
void notify(std::string_view state);
// The first descriptor after standard input, output and error and the sockets that systemd passed.
int first_unpassed_descriptor();
// The sockets that systemd passed (sd_listen_fds(3)); the caller owns them. Call it once.
std::vector<UniqueFd> passed_sockets();

}  // namespace msn::msncd
