// SPDX-License-Identifier: MIT
#include "core/daemon/sends.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <random>
#include <utility>

namespace msn::daemon {

bool Sends::under_way(std::string_view id) const {
  return live_.find(id) != live_.end();
}

std::string Sends::make_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string id;
  for (int word = 0; word < 2; ++word)
    for (auto bits = random(), i = 0u; i < 8; ++i, bits >>= 4) id += digits[bits & 15];
  return id;
}

void Sends::begin(const std::string& id) {
  live_.try_emplace(id);
}

void Sends::refused(const std::string& id) {
  live_.erase(id);
}

void Sends::accepted(const std::string& id) {
  const auto found = live_.find(id);
  if (found == live_.end()) return;
  if (found->second.over)
    live_.erase(found);
  else
    found->second.accepted = true;
}

void Sends::await(const std::string& id, std::chrono::seconds patience, Reply reply) {
  const auto found = live_.find(id);
  if (found == live_.end()) return reply(protocol::ok(id + " queued"));
  Live& live = found->second;
  live.accepted = true;
  if (live.over) {
    auto told = answer(id, live.reason);
    live_.erase(found);
    return reply(std::move(told));
  }
  if (patience.count() == 0) return reply(protocol::ok(id + " queued"));
  live.reply.emplace(std::move(reply));
  live.timer = timers_.in(patience, [this, id] {
    const auto late = live_.find(id);
    if (late == live_.end() || !late->second.reply) return;
    Reply waiting = std::move(*late->second.reply);
    late->second.reply.reset();
    waiting(protocol::ok(id + " queued"));
  });
}

void Sends::notice(const std::vector<model::Event>& events) {
  for (const model::Event& event : events) {
    if (const auto* sent = std::get_if<model::Sent>(&event)) settle(sent->id, std::nullopt);
    if (const auto* failed = std::get_if<model::Failed>(&event)) settle(failed->id, failed->reason);
  }
}

void Sends::settle(const std::string& id, std::optional<std::string> reason) {
  const auto found = live_.find(id);
  if (found == live_.end()) return;
  Live& live = found->second;
  if (!live.accepted) {
    live.over = true;
    live.reason = std::move(reason);
    return;
  }
  timers_.cancel(live.timer);
  std::optional<Reply> waiting = std::move(live.reply);
  live_.erase(found);
  if (waiting) (*waiting)(answer(id, reason));
}

Result<Answer> Sends::answer(const std::string& id, const std::optional<std::string>& reason) {
  if (reason) return fail(ErrorCode::send_failed, id + " " + without_controls(*reason));
  return protocol::ok(id + " sent");
}

}  // namespace msn::daemon
