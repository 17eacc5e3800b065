// SPDX-License-Identifier: MIT
#include "core/daemon/listen/ready_set.hpp"

#include "core/base/unique_fd.hpp"

#include <cerrno>

namespace msn::daemon::listen {
namespace {

// Rounds in one go, and guesses in a row: then all else that the loop has to do, and all other
// clients, get their turn.
constexpr int most_rounds = 8;
constexpr int most_guesses = 8;

}  // namespace

Result<std::unique_ptr<ReadySet>> ReadySet::make(asio::io_context& loop) {
  auto set = std::make_unique<ReadySet>(loop);
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  asio::error_code error(errno, asio::system_category());
  if (epoll) set->epoll_.assign(epoll.get(), error);
  if (!epoll || error)
    return fail(ErrorCode::no_access, "cannot watch clients: " + error.message());
  epoll.release();
  set->wait();
  return set;
}

bool ReadySet::control(int operation, int fd, std::uint32_t events, Watched& watched) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watched;
  return ::epoll_ctl(epoll_.native_handle(), operation, fd, &event) == 0;
}

void ReadySet::forget(Watched& watched) {
  for (auto& event : round_)
    if (event.data.ptr == &watched) event.data.ptr = nullptr;
  if (only_ == &watched) only_ = nullptr;
}

void ReadySet::wait() {
  epoll_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error) rounds();  // else we are gone
  });
}

void ReadySet::rounds() {
  // Whatever one of them throws, the next round comes.
  struct Again {
    ReadySet& set;
    ~Again() {
      set.round_ = {};
      set.wait();
    }
  } again{*this};
  // One client that asks and asks needs no asking who it is.
  if (only_ != nullptr && ++guesses_ <= most_guesses && only_->guessed()) return;
  guesses_ = 0;
  // In a crowd those who were answered first have asked again meanwhile.
  for (int count = 0; count < most_rounds && round() > 1; ++count) {
  }
}

std::size_t ReadySet::round() {
  only_ = nullptr;
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  if (count <= 0) return 0;
  round_ = {events_.data(), static_cast<std::size_t>(count)};
  if (count == 1) only_ = static_cast<Watched*>(events_[0].data.ptr);
  for (const auto& event : round_)
    if (auto* watched = static_cast<Watched*>(event.data.ptr)) watched->ready(event.events);
  return round_.size();
}

}  // namespace msn::daemon::listen
