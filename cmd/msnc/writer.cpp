// SPDX-License-Identifier: MIT
#include "cmd/msnc/writer.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace msn::msnc {
namespace {
using std::chrono::microseconds;

constexpr std::size_t enough = 64 * 1024;
// A reader that has not looked for so long is busy, not gone.
constexpr microseconds longest_delivery{1'000'000};
constexpr microseconds first_look{20}, longest_look{2000};
}  // namespace

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

bool Writer::is_pipe() {
  if (!is_pipe_) {
    struct stat info {};
    is_pipe_ = ::fstat(fd_, &info) == 0 && S_ISFIFO(info.st_mode);
  }
  return *is_pipe_;
}

Result<void> Writer::deliver() {
  if (auto flushed = flush(); !flushed || !is_pipe()) return flushed;
  microseconds waited{0};
  for (auto look = first_look; waited < longest_delivery; look = std::min(look * 2, longest_look)) {
    int unread = 0;
    if (::ioctl(fd_, FIONREAD, &unread) < 0 || unread == 0) return {};
    pollfd reader{fd_, 0, 0};
    if (::poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR) != 0) {
      failed_ = EPIPE;
      return flush();
    }
    std::this_thread::sleep_for(look);
    waited += look;
  }
  return {};
}

}  // namespace msn::msnc
