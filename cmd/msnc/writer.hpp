// SPDX-License-Identifier: MIT
// A buffered writer for standard output. It reports whether the output has been written and read,
// because events are acknowledged only after that.
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

  // Buffers the bytes. A full buffer is written; flush() reports an error of that. If a line could
  // be written only partly to a file (disk full), the part is removed from the file.
  void write(std::string_view bytes);
  // Writes the buffer. ErrorCode::output if any write so far has failed.
  Result<void> flush();
  // Like flush(). If the output is a pipe, also waits up to a second until its reader has read
  // everything. ErrorCode::output if the reader has closed the pipe before (`| head -1`).
  Result<void> deliver();
  // Whether the output is a pipe whose reader has closed it.
  bool is_broken_pipe() const;
  // Waits until `fd` is readable. Returns false if the reader of the output has closed the pipe, or
  // `patience` has passed.
  bool wait_for(int fd, std::optional<std::chrono::milliseconds> patience);
  bool is_pipe();
  bool pending() const { return !buffer_.empty(); }
  int fd() const { return fd_; }

 private:
  void drain();
  void take_back_torn_line();
  int fd_;
  std::size_t unfinished_ = 0;  // bytes written of the line that is not complete yet
  int failed_ = 0;              // errno of the first failed write
  std::optional<bool> is_pipe_;
  std::string buffer_;
};

// Write the whole text to a descriptor, even a non-blocking one. Return 0 or errno. write_some()
// leaves in `text` what could not be written.
int write_some(int fd, std::string_view& text);
int write_all(int fd, std::string_view text);

}  // namespace msn::msnc
