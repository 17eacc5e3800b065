// SPDX-License-Identifier: MIT
// Standard output: one small buffer, and a flush that says whether it worked, because events are
// acknowledged only after that (msnc(1), "nothing is lost").
#pragma once
#include "core/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}

  // Kept until flush(), or until much has come together; a failure then is told by flush(). What a
  // full disk took of an unfinished line is taken back from a file, so that the next line stands
  // alone.
  void write(std::string_view octets);
  // ErrorCode::output if anything since the start could not be written.
  Result<void> flush();
  // flush(), and if a pipe reads us: waits (not for ever) until its reader has taken all of it. One
  // that went away without (`| head -1`) is ErrorCode::output, though the pipe took every byte.
  Result<void> deliver();
  // The reader of the pipe we write to has gone away.
  bool is_broken_pipe() const;
  // Waits until there is something to read from `fd`. False: before that, the reader of the pipe we
  // write to has gone, or nothing came in `patience`.
  bool wait_for(int fd, std::optional<std::chrono::milliseconds> patience);
  bool is_pipe();
  bool pending() const { return !buffer_.empty(); }
  int fd() const { return fd_; }

 private:
  void drain();
  void take_back_torn_line();
  int fd_;
  std::size_t unfinished_ = 0;  // bytes written of a line whose end has not been
  int failed_ = 0;              // errno of the first failure
  std::optional<bool> is_pipe_;
  std::string buffer_;
};

// A whole text to a descriptor, tried until it is written; the errno of a failure, or 0. `text`
// becomes what could not be written.
int write_some(int fd, std::string_view& text);
int write_all(int fd, std::string_view text);

}  // namespace msn::msnc
