// SPDX-License-Identifier: MIT
// Waits: polls whose answer comes with an event, or with the end of their time.
#include "core/daemon/queues.hpp"

#include <algorithm>

namespace msn::daemon {

void Queues::wait(Client& client, protocol::Poll poll, Reply reply) {
  const auto delay = *poll.wait;
  const std::uint64_t number = ++last_wait_;
  const auto timer = timers_.in(delay, [this, number] {
    const auto found = waits_.find(number);
    if (found == waits_.end()) return;
    auto answer = attempt(*found->second.client, found->second.poll, true);
    end_wait(number, std::move(*answer));
    tell();
  });
  waits_.emplace(number, Wait{&client, std::move(poll), std::move(reply), timer});
  ++client.waits;
}

// Takes it out; the answer is told by tell(), when no iteration is under way.
void Queues::end_wait(std::uint64_t number, Result<Answer> answer) {
  const auto found = waits_.find(number);
  timers_.cancel(found->second.timer);
  --found->second.client->waits;
  ended_.emplace_back(std::move(found->second.reply), std::move(answer));
  waits_.erase(found);
}

void Queues::tell() {
  for (auto& [reply, answer] : std::exchange(ended_, {})) reply(std::move(answer));
}

void Queues::end_waits(Client& client) {
  for (auto next = waits_.begin(); client.waits > 0 && next != waits_.end();) {
    const auto current = next++;
    if (current->second.client == &client) end_wait(current->first, nothing(present(), 0));
  }
  tell();
}

void Queues::forget(Client& client) {
  if (client.waits > 0) {
    for (auto wait = waits_.begin(); wait != waits_.end();) {
      if (wait->second.client != &client) {
        ++wait;
        continue;
      }
      timers_.cancel(wait->second.timer);
      wait = waits_.erase(wait);
    }
    client.waits = 0;
  }
  if (client.holds > 0) {
    std::vector<std::string> names;
    for (const auto& [name, hold] : holds_)
      if (hold.owner == &client) names.push_back(name);
    for (const std::string& name : names) release(name);
  }
  client.handed.clear();
}

// A gap is no record: a queue has it when the bounds have cost it something.
bool Queues::concerns(const protocol::Poll& poll, const std::vector<store::Record>& records) const {
  if (std::any_of(records.begin(), records.end(),
                  [&](const store::Record& record) { return wanted(poll.only, record.keyword); }))
    return true;
  const store::QueueState* queue = journal_.log()->queue(poll.queue.value_or("-"));
  return wanted(poll.only, "GAP") && queue != nullptr && has_gap(*queue);
}

void Queues::on_stored(const std::vector<store::Record>& records) {
  const bool all = std::exchange(freed_, false) || !alive_();
  if (all || !records.empty()) {
    for (auto next = waits_.begin(); next != waits_.end();) {
      const auto current = next++;
      if (!all && !concerns(current->second.poll, records)) continue;
      if (auto answer = attempt(*current->second.client, current->second.poll, false))
        end_wait(current->first, std::move(*answer));
    }
  }
  tell();
}

void Queues::on_closed() {
  while (!waits_.empty()) end_wait(waits_.begin()->first, fail(ErrorCode::not_logged_in));
  while (!holds_.empty()) release(std::string(holds_.begin()->first));
  ++generation_;
  journal_.touch();
}

}  // namespace msn::daemon
