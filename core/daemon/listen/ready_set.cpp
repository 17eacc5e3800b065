// SPDX-License-Identifier: MIT
#include "core/daemon/listen/ready_set.hpp"

#include "core/base/unique_fd.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace msn::daemon::listen {
namespace {

// Batches per call, after which other work of the loop gets its turn.
constexpr int most_batches = 8;
// Reads of a single busy client without epoll_wait, after which other clients get their turn.
constexpr int most_tries = 8;

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

bool ReadySet::watch(int fd, std::optional<std::uint32_t> events, Watched& watched) {
  if (events == watched.events_) return true;
  int operation = EPOLL_CTL_MOD;
  if (!watched.events_) operation = EPOLL_CTL_ADD;
  if (!events) operation = EPOLL_CTL_DEL;
  epoll_event event{};
  event.events = events.value_or(0);
  event.data.ptr = &watched;
  if (!watched.always_ready_ && ::epoll_ctl(epoll_.native_handle(), operation, fd, &event) != 0) {
    if (operation == EPOLL_CTL_ADD && errno == EPERM)
      watched.always_ready_ = true;
    else if (operation != EPOLL_CTL_DEL)
      return false;
  }
  if (watched.always_ready_ && operation == EPOLL_CTL_ADD) always_ready_.push_back(&watched);
  watched.events_ = events;
  if (!events) forget(watched);
  run_always_ready();
  return true;
}

void ReadySet::forget(Watched& watched) {
  for (auto& event : batch_)
    if (event.data.ptr == &watched) event.data.ptr = nullptr;
  std::erase(always_ready_, &watched);
  if (single_ == &watched) single_ = nullptr;
}

void ReadySet::wait() {
  epoll_.async_wait(asio::posix::descriptor_base::wait_read, [this](const asio::error_code& error) {
    if (!error) run_batches();  // else the set is being destroyed
  });
}

void ReadySet::run_batches() {
  // Waits again even if a client throws.
  struct Again {
    ReadySet& set;
    ~Again() {
      set.batch_ = {};
      set.wait();
    }
  } again{*this};
  // With a single busy client, skip epoll_wait.
  if (single_ != nullptr && ++tries_ <= most_tries && single_->try_read()) return;
  tries_ = 0;
  // If several clients were ready, the first ones may have sent their next request by now.
  for (int count = 0; count < most_batches && run_batch() > 1; ++count) {
  }
}

std::size_t ReadySet::run_batch() {
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  single_ = count == 1 ? static_cast<Watched*>(events_[0].data.ptr) : nullptr;
  if (count <= 0) return 0;
  batch_ = {events_.data(), static_cast<std::size_t>(count)};
  for (const auto& event : batch_)
    if (auto* watched = static_cast<Watched*>(event.data.ptr)) watched->on_ready(event.events);
  return batch_.size();
}

// Posts a call of on_ready() for each regular file, in every turn of the loop.
void ReadySet::run_always_ready() {
  if (always_ready_.empty() || std::exchange(posted_, true)) return;
  asio::post(loop_, [weak = std::weak_ptr(self_)] {
    const auto self = weak.lock();
    if (!self) return;
    ReadySet& set = **self;
    set.posted_ = false;
    for (Watched* watched : std::vector(set.always_ready_))
      if (std::find(set.always_ready_.begin(), set.always_ready_.end(), watched) !=
          set.always_ready_.end())
        watched->on_ready(*watched->events_);
    set.run_always_ready();
  });
}

}  // namespace msn::daemon::listen
