// SPDX-License-Identifier: MIT
// The daemon as a process: one per account, its limits, going into the background, and what systemd
// wants to know of it.
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

// One daemon per account: a lock of fcntl(2), so that the kernel knows which process holds it. Held
// as long as the object lives; the file stays (removing it would let two daemons hold two locks).
class LockFile {
 public:
  // busy: another process holds it.
  static Result<LockFile> take(const std::string& path);
  // The process that holds it. Nothing: none does, or there is no such file. 0: one that has no ID
  // here (another machine, another PID namespace).
  static Result<std::optional<pid_t>> holder(const std::string& path);

 private:
  explicit LockFile(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// Our number in a file, which goes with this object if it is still ours.
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

// A small daemon on one thread: no heap per thread, and what was used is given back.
void limit_heap();
// As many descriptors as the hard limit gives, up to `wanted`. Writes on closed pipes are errors
// of their own, not the end of the process.
void prepare_descriptors(std::size_t wanted);

// --stop: TERM to the process that holds this lock, and to no other; returns when it has ended.
// no_daemon: none holds it. daemon_timeout: it has not ended in time.
Result<void> stop_holder(const std::string& lock, std::chrono::milliseconds patience);

// Into the background: the caller goes on in the child, and the parent waits for its word.
class Background {
 public:
  // In the parent: the exit status the child told. In the child: the way to tell it.
  static Result<std::variant<int, Background>> enter();
  Background(Background&&) = default;
  Background& operator=(Background&&) = default;

  // It listens: the parent ends with 0. Standard input and output, and standard error unless it is
  // a file, now lead nowhere. True: standard error is such a file.
  bool ready();
  // It could not start.
  void failed(int status);

 private:
  explicit Background(UniqueFd parent) : parent_(std::move(parent)) {}
  UniqueFd parent_;
};

// sd_notify(3): "READY=1" and the like; nothing without systemd.
void notify(std::string_view state);
// The first descriptor after those that were passed on purpose: standard input, output and error,
// and the sockets of systemd.
int first_descriptor_of_ours();
// The sockets that systemd passed (sd_listen_fds(3)); each belongs to the caller.
std::vector<UniqueFd> passed_sockets();

}  // namespace msn::msncd
