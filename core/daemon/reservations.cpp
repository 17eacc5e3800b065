// SPDX-License-Identifier: MIT
#include "core/daemon/reservations.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace msn::daemon {
namespace {

constexpr std::chrono::seconds hold_time{60};  // for clients whose disconnect is not detected

}  // namespace

bool Reservation::covers(std::uint64_t cursor, const store::Record* record) const {
  if (std::binary_search(cursors.begin(), cursors.end(), cursor)) return true;
  if (cursor > claimed_upto) return false;
  if (record == nullptr) return true;
  return (only.empty() || store::selects(only, record->keyword)) &&
         (email.empty() || email == record->email);
}

std::shared_ptr<Reservation> Reservations::create(const std::string& queue, QueueClient* holder) {
  auto made = std::make_shared<Reservation>();
  made->queue = queue;
  made->holder = holder;
  if (holder != nullptr) ++holder->hold_count;
  by_queue_[queue].push_back(made);
  return made;
}

void Reservations::release(Reservation& one) {
  if (std::exchange(one.released, true)) return;
  timers_.cancel(one.timer);
  // The end of a hold lets the next one begin, even if no events are left on it.
  const bool frees =
      one.holder != nullptr || one.gap || one.claimed_upto != 0 || !one.cursors.empty();
  if (one.holder != nullptr) {
    --one.holder->hold_count;
    one.holder->expired_holds[one.queue] = {std::move(one.cursors), one.gap, one.lost,
                                            one.gap_cursor, queue_generation};
  }
  const auto found = by_queue_.find(one.queue);
  std::erase_if(found->second, [&](const auto& other) { return other.get() == &one; });
  if (found->second.empty()) by_queue_.erase(found);
  if (frees) freed_();
}

std::shared_ptr<Reservation> Reservations::split(Reservation& hold, std::uint64_t upto) {
  auto part = create(hold.queue, nullptr);
  const auto end = std::upper_bound(hold.cursors.begin(), hold.cursors.end(), upto);
  part->cursors.assign(hold.cursors.begin(), end);
  part->complete_upto = hold.complete_upto;
  part->gap = hold.gap && hold.gap_cursor <= upto;
  part->lost = hold.lost;
  part->gap_cursor = hold.gap_cursor;
  if (part->gap) hold.gap = false;
  const bool all = end == hold.cursors.end() && !hold.gap && hold.claimed_upto == 0;
  // release() keeps the events in expired_holds, so the ACK can be repeated if the commit fails.
  if (all)
    release(hold);
  else
    hold.cursors.erase(hold.cursors.begin(), end);
  return part;
}

void Reservations::restore(Reservation& part, Reservation& hold) {
  if (!part.released && !hold.released) {
    const auto middle = static_cast<std::ptrdiff_t>(hold.cursors.size());
    hold.cursors.insert(hold.cursors.end(), part.cursors.begin(), part.cursors.end());
    std::inplace_merge(hold.cursors.begin(), hold.cursors.begin() + middle, hold.cursors.end());
    if (part.gap) hold.gap = true;
  }
  release(part);
}

void Reservations::end_claim(Reservation& one) {
  if (std::exchange(one.claimed_upto, 0) != 0) freed_();
}

void Reservations::release_later(const std::shared_ptr<Reservation>& one) {
  timers_.cancel(one->timer);
  one->timer = timers_.in(hold_time, [this, one] { release(*one); });
}

void Reservations::release_all(std::string_view queue) {
  const auto found = by_queue_.find(queue);
  if (found == by_queue_.end()) return;
  for (const auto& one : std::vector(found->second)) release(*one);
}

void Reservations::release_all(QueueClient& holder) {
  if (holder.hold_count == 0) return;
  std::vector<std::shared_ptr<Reservation>> held;
  for (const auto& [queue, list] : by_queue_)
    std::copy_if(list.begin(), list.end(), std::back_inserter(held),
                 [&](const auto& one) { return one->holder == &holder; });
  for (const auto& one : held) release(*one);
}

void Reservations::clear() {
  while (!by_queue_.empty()) release_all(std::string(by_queue_.begin()->first));
  ++queue_generation;
  ++log_generation;
}

std::shared_ptr<Reservation> Reservations::hold_on(std::string_view queue) const {
  const auto found = by_queue_.find(queue);
  if (found == by_queue_.end()) return nullptr;
  for (const auto& one : found->second)
    if (one->holder != nullptr) return one;
  return nullptr;
}

bool Reservations::is_reserved(std::string_view queue, std::uint64_t cursor,
                               const store::Record* record, const Reservation* except,
                               bool peek) const {
  if (by_queue_.empty()) return false;
  const auto found = by_queue_.find(queue);
  return found != by_queue_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const auto& one) {
           return one.get() != except && !(peek && one->holder != nullptr) &&
                  one->covers(cursor, record);
         });
}

bool Reservations::is_gap_reserved(std::string_view queue, const Reservation* except,
                                   bool peek) const {
  const auto found = by_queue_.find(queue);
  return found != by_queue_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const auto& one) {
           return one.get() != except && !(peek && one->holder != nullptr) && one->gap;
         });
}

std::uint64_t Reservations::reserved_upto(std::string_view queue, const Reservation* except,
                                          bool peek) const {
  const auto found = by_queue_.find(queue);
  std::uint64_t upto = 0;
  if (found != by_queue_.end())
    for (const auto& one : found->second)
      if (one.get() != except && !(peek && one->holder != nullptr))
        upto = std::max({upto, one->complete_upto, one->claims_all() ? one->claimed_upto : 0});
  return upto;
}

bool Reservations::is_only(const Reservation& one) const {
  const auto found = by_queue_.find(one.queue);
  return found != by_queue_.end() && found->second.size() == 1;
}

std::uint64_t Reservations::taken(std::string_view queue) const {
  const auto found = by_queue_.find(queue);
  std::uint64_t count = 0;
  if (found != by_queue_.end())
    for (const auto& one : found->second)
      if (one->holder == nullptr) count += one->cursors.size();
  return count;
}

}  // namespace msn::daemon
