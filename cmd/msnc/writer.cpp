// SPDX-License-Identifier: MIT
#include "cmd/msnc/writer.hpp"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
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
// After this time without a read, the reader counts as busy, and deliver() succeeds.
constexpr microseconds longest_delivery{1'000'000};
constexpr microseconds first_look{20}, longest_look{2000};
}  // namespace

int write_some(int fd, std::string_view& text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Another process has made the descriptor non-blocking.
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int write_all(int fd, std::string_view text) {
  return write_some(fd, text);
}

void Writer::write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= enough) drain();
}

void Writer::drain() {
  if (failed_ == 0) {
    std::string_view rest = buffer_;
    failed_ = write_some(fd_, rest);
    const std::string_view written(buffer_.data(), buffer_.size() - rest.size());
    const auto end = written.rfind('\n');
    unfinished_ = end == written.npos ? unfinished_ + written.size() : written.size() - end - 1;
    if (failed_ != 0) take_back_torn_line();
  }
  buffer_.clear();
}

void Writer::take_back_torn_line() {
  struct stat file {};
  if (unfinished_ == 0 || ::fstat(fd_, &file) != 0 || !S_ISREG(file.st_mode)) return;
  const off_t end = ::lseek(fd_, 0, SEEK_CUR);
  // Not if another program has written after it.
  if (end != file.st_size || end < static_cast<off_t>(unfinished_)) return;
  const off_t begin = end - static_cast<off_t>(unfinished_);
  if (::ftruncate(fd_, begin) == 0) (void)::lseek(fd_, begin, SEEK_SET);
}

Result<void> Writer::flush() {
  if (!buffer_.empty()) drain();
  if (failed_ != 0)
    return fail(ErrorCode::output,
                std::string("the output could not be written: ") + std::strerror(failed_));
  return {};
}

bool Writer::is_broken_pipe() const {
  pollfd reader{fd_, 0, 0};
  return ::poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR) != 0;
}

bool Writer::wait_for(int fd, std::optional<std::chrono::milliseconds> patience) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + patience.value_or(std::chrono::milliseconds(0));
  for (;;) {
    int left = -1;
    if (patience)
      left = static_cast<int>(std::clamp<std::int64_t>(
          std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count(), 0, INT_MAX));
    pollfd ready[2]{{fd, POLLIN, 0}, {fd_, 0, 0}};
    const int count = ::poll(ready, 2, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0;
    return ready[0].revents != 0 || (ready[1].revents & POLLERR) == 0;
  }
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
    if (is_broken_pipe()) {
      failed_ = EPIPE;
      return flush();
    }
    std::this_thread::sleep_for(look);
    waited += look;
  }
  return {};
}

}  // namespace msn::msnc
