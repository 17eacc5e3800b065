// SPDX-License-Identifier: MIT
// The password of auto_login: from a file or from a command.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/network/network.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace msn::msncd {

// Reads the first line of a file that no other user can read (cmd/secret.hpp). Error: usage.
Result<network::Secret> read_password_file(const std::string& path);

// Runs a command with /bin/sh -c. The first line of its output is the password. It is accepted when
// the command has ended with status 0, or keeps running for a second after the line. The loop does
// not block, because the command may prompt the user. The destructor kills the command.
class PasswordCommand {
 public:
  using Done = std::function<void(Result<network::Secret>)>;
  // `done` is called once, on the loop, never from inside the constructor. Errors name
  // password_command: usage for its status or output, no_access if it cannot be run.
  PasswordCommand(asio::io_context&, const std::string& command, Done done);
  ~PasswordCommand();
  PasswordCommand(const PasswordCommand&) = delete;
  PasswordCommand& operator=(const PasswordCommand&) = delete;

 private:
  void read();
  bool read_available();
  bool has_line() const;
  void reap();
  void finish(Result<network::Secret>);

  asio::posix::stream_descriptor output_;
  asio::posix::stream_descriptor end_;  // pidfd: readable when the command has ended
  asio::steady_timer end_timer_;        // bounds the wait for the command's end after the line
  pid_t child_ = -1;
  bool line_complete_ = false;
  std::string text_;  // wiped
  char buffer_[512];  // wiped
  Done done_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace msn::msncd
