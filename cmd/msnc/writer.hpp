// SPDX-License-Identifier: MIT
// Standard output: one small buffer, and a flush that says whether it worked, because events are
// acknowledged only after that (msnc(1), "nothing is lost").
#pragma once
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}

  // Kept until flush(), or until much has come together; a failure then is told by flush().
  void write(std::string_view octets);
  // ErrorCode::output if anything since the start could not be written.
  Result<void> flush();
  // flush(), and if a pipe reads us: waits (not for ever) until its reader has taken all of it. One
  // that went away without (`| head -1`) is ErrorCode::output, though the pipe took every byte.
  Result<void> deliver();
  bool is_pipe();
  bool pending() const { return !buffer_.empty(); }
  int fd() const { return fd_; }

 private:
  void drain();
  int fd_;
  int failed_ = 0;  // errno of the first failure
  std::optional<bool> is_pipe_;
  std::string buffer_;
};

// A whole text to a descriptor, tried until it is written; the errno of a failure, or 0.
int write_all(int fd, std::string_view octets);

}  // namespace msn::msnc
