// SPDX-License-Identifier: MIT
#include "cmd/msnc/writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace msn::msnc {
namespace {
constexpr std::size_t enough = 64 * 1024;
}

int write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t n = ::write(fd, octets.data(), octets.size());
    if (n >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // somebody else made it non-blocking; wait as write() should have done
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void Writer::write(std::string_view octets) {
  buffer_ += octets;
  if (buffer_.size() >= enough) drain();
}

void Writer::drain() {
  if (failed_ == 0) failed_ = write_all(fd_, buffer_);
  buffer_.clear();
}

Result<void> Writer::flush() {
  if (!buffer_.empty()) drain();
  if (failed_ != 0)
    return fail(ErrorCode::output,
                std::string("the output could not be written: ") + std::strerror(failed_));
  return {};
}

}  // namespace msn::msnc
