// SPDX-License-Identifier: MIT
#include "core/daemon/waits.hpp"

#include <algorithm>
#include <utility>

namespace msn::daemon {

void Waits::add(QueueClient& client, protocol::Poll poll, std::chrono::seconds timeout,
                Reply reply) {
  const std::uint64_t number = ++last_;
  const auto added =
      waits_.try_emplace(number, Wait{&client, std::move(poll), std::move(reply), {}}).first;
  client.waits.insert(number);
  added->second.timer = end_in(timeout, number);
}

Timers::Id Waits::end_in(std::chrono::seconds timeout, std::uint64_t number) {
  return timers_.in(timeout, [this, number] {
    const auto found = waits_.find(number);
    if (found == waits_.end()) return;
    auto answer = attempt_(*found->second.client, found->second.poll, true);
    answers_.emplace_back(std::move(take(number).mapped().reply), std::move(*answer));
    send_answers();
  });
}

void Waits::shorten(std::chrono::seconds timeout,
                    const std::function<bool(const protocol::Poll&)>& selects) {
  for (auto& [number, wait] : waits_) {
    if (!selects(wait.poll)) continue;
    Timers::Id later = end_in(timeout, number);
    if (later < wait.timer) std::swap(later, wait.timer);
    timers_.cancel(later);
  }
}

// Removes a wait from the list.
Waits::Waiting::node_type Waits::take(std::uint64_t number) {
  auto wait = waits_.extract(number);
  timers_.cancel(wait.mapped().timer);
  wait.mapped().client->waits.erase(number);
  return wait;
}

bool Waits::has_other(const QueueClient& client,
                      const std::function<bool(const protocol::Poll&)>& selects) const {
  return std::any_of(waits_.begin(), waits_.end(), [&](const auto& entry) {
    return entry.second.client != &client && selects(entry.second.poll);
  });
}

void Waits::send_answers() {
  for (auto& [reply, answer] : std::exchange(answers_, {})) reply(std::move(answer));
}

void Waits::try_again(const std::function<bool(const protocol::Poll&)>& selects) {
  if (stopped_) return;
  for (auto next = waits_.begin(); next != waits_.end();) {
    const auto current = next++;
    Wait& wait = current->second;
    if (!selects(wait.poll)) continue;
    if (auto answer = attempt_(*wait.client, wait.poll, false))
      answers_.emplace_back(std::move(take(current->first).mapped().reply), std::move(*answer));
  }
  send_answers();
}

void Waits::end(QueueClient& client, const std::function<Result<Answer>()>& answer) {
  while (!client.waits.empty())
    answers_.emplace_back(std::move(take(*client.waits.begin()).mapped().reply), answer());
  send_answers();
}

void Waits::end_all(const std::function<Result<Answer>()>& answer) {
  while (!waits_.empty())
    answers_.emplace_back(std::move(take(waits_.begin()->first).mapped().reply), answer());
  send_answers();
}

void Waits::forget(QueueClient& client) {
  while (!client.waits.empty()) (void)take(*client.waits.begin());
}

}  // namespace msn::daemon
