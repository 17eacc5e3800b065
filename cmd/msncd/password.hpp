// SPDX-License-Identifier: MIT
// Where auto_login gets its password: a file only we can read, or a command.
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

// The first line (cmd/secret.hpp).
Result<network::Secret> read_password_file(const std::string& path);

// Runs a command by /bin/sh -c and takes the first line of its output, when the command has ended,
// or soon after the line if it goes on. The loop does not wait: the command may ask the user.
// Destroying this ends the command.
class PasswordCommand {
 public:
  using Done = std::function<void(Result<network::Secret>)>;
  // `done` is called once, on the loop, not from inside this call.
  PasswordCommand(asio::io_context&, const std::string& command, Done done);
  ~PasswordCommand();
  PasswordCommand(const PasswordCommand&) = delete;
  PasswordCommand& operator=(const PasswordCommand&) = delete;

 private:
  void read();
  bool take();
  bool has_line() const;
  void reap();
  void finish(Result<network::Secret>);

  asio::posix::stream_descriptor output_;
  asio::posix::stream_descriptor end_;  // readable when the command has ended
  asio::steady_timer patience_;         // for its end, once the line is there
  pid_t child_ = -1;
  bool whole_ = false;  // the line
  std::string text_;    // wiped
  char buffer_[512];    // wiped
  Done done_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace msn::msncd
