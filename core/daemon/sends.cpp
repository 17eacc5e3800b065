// SPDX-License-Identifier: MIT
#include "core/daemon/sends.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace msn::daemon {
namespace {

// No other message has it.
std::string make_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string id;
  for (int word = 0; word < 2; ++word)
    for (auto bits = random(), i = 0u; i < 8; ++i, bits >>= 4) id += digits[bits & 15];
  return id;
}

tl::unexpected<Error> log_failed(const Error& error) {
  return fail(ErrorCode::invalid, "the event log: " + error.message);
}

}  // namespace

void Sends::send(network::Network& network, network::OutgoingMessage message, Options options,
                 Reply reply) {
  if (message.id.empty()) message.id = make_id();
  const std::string& id = message.id;
  const auto in_use = [&] {
    return fail(ErrorCode::invalid, "the outcome of message " + id + " is not known yet");
  };
  if (const auto found = live_.find(id); found != live_.end()) {
    if (!options.once) return reply(in_use());
    found->second.waiting.push_back({std::move(reply), options.wait});
    if (found->second.accepted) answer(found);
    return;
  }
  const auto used = journal_.log()->token(id);
  if (!used) return reply(log_failed(used.error()));
  if (!*used || (!(*used)->open && !options.once))
    return begin(network, std::move(message), options, std::move(reply));
  if (!options.once) return reply(in_use());
  if (doubtful_.count(id) > 0)
    return reply(fail(ErrorCode::busy, "it is not known yet whether message " + id +
                                           " was sent; repeat the request"));
  if (!(*used)->open || !options.wait) return reply(protocol::ok(id));
  const auto added = live_.try_emplace(id).first;
  added->second.accepted = true;
  added->second.waiting.push_back({std::move(reply), options.wait});
  answer(added);
}

void Sends::begin(network::Network& network, network::OutgoingMessage message, Options options,
                  Reply reply) {
  const std::string id = message.id;
  live_[id].waiting.push_back({std::move(reply), options.wait});
  store::Changes changes;
  changes.tokens.push_back({id, message.to, clock_.now()});
  journal_.commit(std::move(changes), [this, &network, message = std::move(message)](
                                          const Result<std::uint64_t>& stored) {
    const std::string& token = message.id;
    if (live_.find(token) == live_.end()) return;
    if (!stored) return on_accepted(token, log_failed(stored.error()));
    network.send(message, [this, token](Result<void> accepted) {
      store::Changes known;
      (accepted ? known.accepted : known.forgotten).push_back(token);
      journal_.commit_surely(std::move(known));
      on_accepted(token, std::move(accepted));
    });
  });
}

void Sends::on_accepted(const std::string& id, Result<void> accepted) {
  const auto found = live_.find(id);
  if (found == live_.end()) return;
  found->second.accepted = true;
  if (accepted) return answer(found);
  auto failed = live_.extract(found);
  for (Live::Waiting& one : failed.mapped().waiting) one.reply(fail(accepted.error()));
}

// Answers what can be answered of an accepted message.
void Sends::answer(Lives::iterator found) {
  const std::string& id = found->first;
  Live& live = found->second;
  std::vector<Live::Waiting> ready;
  std::vector<Live::Waiting> rest;
  for (Live::Waiting& one : live.waiting) {
    const bool patient = one.patience && one.patience->count() > 0;
    if (patient && !live.over && one.timer == Timers::Id{})
      one.timer = timers_.in(*one.patience, [this, id] { give_up(id); });
    (patient && !live.over ? rest : ready).push_back(std::move(one));
  }
  live.waiting = std::move(rest);
  std::vector<std::pair<Reply, Result<Answer>>> answers;
  for (Live::Waiting& one : ready) {
    timers_.cancel(one.timer);
    answers.emplace_back(std::move(one.reply), !one.patience ? protocol::ok(id)
                                               : live.over   ? outcome(id, live)
                                                             : protocol::ok(id + " queued"));
  }
  if (live.waiting.empty()) live_.erase(found);
  for (auto& [reply, text] : answers) reply(std::move(text));
}

Result<Answer> Sends::outcome(const std::string& id, const Live& live) {
  if (live.reason) return fail(ErrorCode::send_failed, id + " " + without_controls(*live.reason));
  return protocol::ok(id + " sent");
}

// The patience of the first of those that wait is over.
void Sends::give_up(const std::string& id) {
  const auto found = live_.find(id);
  if (found == live_.end()) return;
  auto& waiting = found->second.waiting;
  const auto first = std::min_element(
      waiting.begin(), waiting.end(),
      [](const Live::Waiting& one, const Live::Waiting& other) { return one.timer < other.timer; });
  if (first == waiting.end()) return;
  Live::Waiting late = std::move(*first);
  waiting.erase(first);
  if (waiting.empty()) live_.erase(found);
  late.reply(protocol::ok(id + " queued"));
}

std::vector<std::string> Sends::settle(std::vector<model::Event>& events) {
  std::vector<std::string> settled;
  const auto is_repeated = [&](const std::string& id, std::optional<std::string> reason) {
    const auto known = journal_.log() ? journal_.log()->token(id) : std::nullopt;
    if (known && *known && !(*known)->open) return true;
    if (!settling_.insert(id).second) return true;
    settled.push_back(id);
    const auto found = live_.find(id);
    if (found == live_.end()) return false;
    found->second.over = true;
    found->second.reason = std::move(reason);
    if (found->second.accepted) answer(found);
    return false;
  };
  std::erase_if(events, [&](const model::Event& event) {
    if (const auto* sent = std::get_if<model::Sent>(&event))
      return is_repeated(sent->id, std::nullopt);
    if (const auto* failed = std::get_if<model::Failed>(&event))
      return is_repeated(failed->id, failed->reason);
    return false;
  });
  return settled;
}

void Sends::resume(network::Network& network,
                   std::function<void(std::vector<model::Event>)> failed) {
  const auto open = [this] {
    auto tokens = journal_.log()->open_tokens();
    if (!tokens) return std::vector<store::Token>();
    std::erase_if(*tokens, [&](const auto& one) { return live_.count(one.token) > 0; });
    return std::move(*tokens);
  };
  std::vector<std::string> ids;
  for (const store::Token& one : open()) {
    ids.push_back(one.token);
    if (!one.accepted) doubtful_.insert(one.token);
  }
  if (ids.empty()) return;
  const auto has = [](const std::vector<std::string>& list, const std::string& id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  network.recall(ids, [=, this, email = journal_.email()](network::Network::Recalled recalled) {
    if (journal_.log() == nullptr || journal_.email() != email) return;
    std::vector<model::Event> events;
    store::Changes known;
    for (const store::Token& one : open()) {
      if (!has(ids, one.token)) continue;
      if (recalled && has(*recalled, one.token)) {
        if (!one.accepted) known.accepted.push_back(one.token);
      } else if (recalled && !one.accepted) {
        // Never sent: its client has had no OK, and may send it again.
        known.forgotten.push_back(one.token);
      } else {
        events.push_back(model::Failed{one.token, one.email, "interrupted"});
      }
    }
    // Until they are forgotten in the log, too, they stay in doubt.
    doubtful_ = {known.forgotten.begin(), known.forgotten.end()};
    if (!known.empty()) {
      const auto over = known.forgotten;
      journal_.commit_surely(std::move(known), [this, over] {
        for (const std::string& token : over) doubtful_.erase(token);
      });
    }
    if (!events.empty()) failed(std::move(events));
  });
}

void Sends::stored(const std::vector<std::string>& settled) {
  for (const std::string& id : settled) settling_.erase(id);
}

void Sends::clear() {
  settling_.clear();
  doubtful_.clear();
  for (auto& [id, live] : std::exchange(live_, {}))
    for (Live::Waiting& one : live.waiting) {
      timers_.cancel(one.timer);
      if (live.accepted)
        one.reply(protocol::ok(id + " queued"));
      else
        one.reply(fail(ErrorCode::network, "another account has logged in"));
    }
}

}  // namespace msn::daemon
