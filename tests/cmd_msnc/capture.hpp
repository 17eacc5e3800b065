// SPDX-License-Identifier: MIT
// A file in memory that collects what is written to its descriptor.
#pragma once
#include "core/base/unique_fd.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace msn::test {

class Capture {
 public:
  Capture() : fd_(::memfd_create("capture", MFD_CLOEXEC)) {
    if (!fd_) throw std::runtime_error("memfd_create");
  }
  int fd() const { return fd_.get(); }
  // Everything that has been written so far.
  std::string text() const {
    std::string all;
    std::array<char, 4096> buffer{};
    for (off_t at = 0;;) {
      const ssize_t n = ::pread(fd_.get(), buffer.data(), buffer.size(), at);
      if (n <= 0) return all;
      all.append(buffer.data(), static_cast<std::size_t>(n));
      at += n;
    }
  }

 private:
  UniqueFd fd_;
};

}  // namespace msn::test
