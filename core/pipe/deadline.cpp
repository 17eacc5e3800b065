// SPDX-License-Identifier: MIT
#include "core/pipe/deadline.hpp"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>

namespace msn::pipe {

int Deadline::left() const {
  if (!end_) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*end_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, INT_MAX));
}

bool wait_for(int fd, short events, const Deadline& deadline) {
  pollfd entry{fd, events, 0};
  for (;;) {
    const int ready = ::poll(&entry, 1, deadline.left());
    // Errors and hang-ups count as ready: the following read or write reports them.
    if (ready > 0) return true;
    if (ready == 0 && deadline.left() == 0) return false;
    if (ready < 0 && errno != EINTR && errno != EAGAIN) return true;
  }
}

bool BackOff::wait(const Deadline& deadline) {
  const int left = deadline.left();
  if (left == 0) return false;
  ::poll(nullptr, 0, left < 0 ? pause_ : std::min(pause_, left));
  pause_ = std::min(pause_ * 2, 50);
  return true;
}

std::string patience_text(Patience patience) {
  if (!patience) return "ever";
  const auto milliseconds = patience->count();
  std::string text = std::to_string(milliseconds / 1000);
  if (const auto rest = milliseconds % 1000; rest != 0) {
    const std::string digits = std::to_string(1000 + rest).substr(1);
    text += '.' + digits.substr(0, digits.find_last_not_of('0') + 1);
  }
  return text + " s";
}

Error connect_error(int error, const Address& address) {
  const std::string name = address.text();
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::no_daemon, "no msncd at " + name};
    case ECONNREFUSED:
    case ENXIO:  // a FIFO without a reader
      return {ErrorCode::no_daemon, "no msncd listens at " + name};
    case EACCES:
    case EPERM:
    case ELOOP:
      return {ErrorCode::no_access, "no permission to use " + name + ": " + std::strerror(error)};
    default:
      return {ErrorCode::no_daemon, "cannot reach " + name + ": " + std::strerror(error)};
  }
}

}  // namespace msn::pipe
