// SPDX-License-Identifier: MIT
// Where auto_login gets its password: a file only we can read, or a command.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/network/network.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace msn::msncd {

// The first line. usage: others may read it; no_access: it cannot be read.
Result<network::Secret> read_password_file(const std::string& path);

// Runs a command by /bin/sh -c and takes the first line of its output, without keeping the loop
// waiting: it may ask somebody. Destroying this ends the command.
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
  void reap();
  void finish(Result<network::Secret>);

  asio::posix::stream_descriptor output_;
  asio::posix::stream_descriptor end_;  // readable when the command has ended
  pid_t child_ = -1;
  std::string text_;  // wiped
  char buffer_[512];  // wiped
  Done done_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace msn::msncd
