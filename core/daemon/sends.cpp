// SPDX-License-Identifier: MIT
#include "core/daemon/sends.hpp"

#include "core/base/hex.hpp"
#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace msn::daemon {
namespace {

// The network's id of a quiet message is its token with a prefix that no token has. The network
// keeps the id, so a restarted daemon still knows that the message is quiet.
constexpr char quiet_mark = '!';
constexpr char quiet_once_mark = '?';  // as quiet_mark, but its token is stored

bool is_quiet(const std::string& id) {
  return id.starts_with(quiet_mark);
}

bool is_quiet_once(const std::string& id) {
  return id.starts_with(quiet_once_mark);
}

// ERR SOCK, because the same request may succeed later (protocol 13.7).
tl::unexpected<Error> not_stored(const Error& error) {
  return fail(ErrorCode::network, error.message);
}

std::string without_mark(std::string id) {
  if (is_quiet(id) || is_quiet_once(id)) id.erase(0, 1);
  return id;
}

// "OK token [sent|queued] [email]"
std::string ok(const std::string& id, std::string_view state, const std::string& address) {
  std::string text = id;
  if (!state.empty()) (text += ' ') += state;
  if (!address.empty()) (text += ' ') += address;
  return protocol::ok(text);
}

// The answer for a message whose outcome is known. `failure`: the reason, if it failed.
Result<Answer> outcome(const std::string& id, const std::optional<std::string>& failure,
                       std::string_view state, const std::string& address) {
  if (failure) return fail(ErrorCode::send_failed, id + " " + without_controls(*failure));
  return ok(id, state, address);
}

// A unique id.
std::string make_id() {
  std::random_device random;
  std::string id;
  for (int word = 0; word < 2; ++word)
    for (auto bits = random(), i = 0u; i < 8; ++i, bits >>= 4) id += hex_digits[bits & 15];
  return id;
}

}  // namespace

void Sends::send(network::Network& network, network::OutgoingMessage message, Options options,
                 Reply reply) {
  const bool plain = message.id.empty() && !options.wait;
  if (plain || (options.quiet && !options.once)) {
    std::string text = message.id;
    if (!options.address.empty()) text += (text.empty() ? "" : " ") + options.address;
    if (options.quiet) message.id.insert(0, 1, quiet_mark);
    return transmit(network, std::move(message),
                    [held = std::make_shared<Reply>(std::move(reply)), text](Result<void> done) {
                      if (done)
                        (*held)(protocol::ok(text));
                      else
                        (*held)(fail(std::move(done.error())));
                    });
  }
  if (message.id.empty()) message.id = make_id();
  const std::string& id = message.id;
  const auto in_use = [&] {
    return fail(ErrorCode::invalid, "message " + id + " is still being sent; use another ID");
  };
  if (const auto found = outstanding_.find(id); found != outstanding_.end()) {
    if (!options.once) return reply(in_use());
    found->second.waiting.push_back({std::move(reply), options.wait, options.address});
    if (found->second.accepted) answer(found);
    return;
  }
  if (rejected_tokens_.count(id) > 0)
    return begin(network, std::move(message), options, std::move(reply));
  const auto used = journal_.log()->token(id);
  if (!used) return reply(not_stored(used.error()));
  if (!*used || (!(*used)->open && !options.once))
    return begin(network, std::move(message), options, std::move(reply));
  if (!options.once) return reply(in_use());
  // Whether it has to be sent is known when the network has answered resume().
  if (recalling_ && (*used)->open && !(*used)->accepted) {
    deferred_.push_back({network, std::move(message), options, std::move(reply)});
    return;
  }
  if (!(*used)->open) return reply(outcome(id, (*used)->failure, "", options.address));
  if (const auto settled = unstored_outcomes_.find(id); settled != unstored_outcomes_.end())
    return reply(outcome(id, settled->second, "", options.address));
  if (!options.wait) return reply(ok(id, "", options.address));
  const auto added = outstanding_.try_emplace(id).first;
  added->second.accepted = true;
  added->second.waiting.push_back({std::move(reply), options.wait, options.address});
  answer(added);
}

void Sends::begin(network::Network& network, network::OutgoingMessage message, Options options,
                  Reply reply) {
  const std::string id = message.id;
  outstanding_[id].waiting.push_back({std::move(reply), options.wait, options.address});
  store::Changes changes;
  changes.tokens.push_back({id, message.to, clock_.now()});
  if (options.quiet) message.id.insert(0, 1, quiet_once_mark);
  journal_.commit(std::move(changes), [this, &network, token = id, message = std::move(message)](
                                          const Result<std::uint64_t>& stored) {
    if (outstanding_.find(token) == outstanding_.end()) return;
    if (!stored) return on_accepted(token, not_stored(stored.error()));
    transmit(network, message, [this, token](Result<void> accepted) {
      if (accepted) {
        store::Changes known;
        known.accepted.push_back(token);
        journal_.commit_with_retry(std::move(known));
      } else {
        forget({token});
      }
      on_accepted(token, std::move(accepted));
    });
  });
}

// Sends a message. If the network accepts it, records it as SAID after calling `done`.
void Sends::transmit(network::Network& network, network::OutgoingMessage message,
                     network::Network::Done done) {
  model::Said said;
  said.email = message.to;
  for (const std::string& line : message.lines)
    (said.text += &line == &message.lines.front() ? "" : "\n") += line;
  network.send(std::move(message), [this, said = std::move(said), account = journal_.email(),
                                    done = std::move(done)](const Result<void>& accepted) mutable {
    done(accepted);
    if (!accepted || journal_.log() == nullptr || journal_.email() != account) return;
    said.sent = clock_.now();
    journal_.record(std::move(said));
  });
}

// Removes rejected tokens from the log. They can be used again at once.
void Sends::forget(std::vector<std::string> tokens) {
  rejected_tokens_.insert(tokens.begin(), tokens.end());
  store::Changes changes;
  changes.forgotten = tokens;
  journal_.commit_with_retry(std::move(changes), [this, tokens = std::move(tokens)] {
    for (const std::string& token : tokens) rejected_tokens_.erase(token);
  });
}

void Sends::on_accepted(const std::string& id, Result<void> accepted) {
  const auto found = outstanding_.find(id);
  if (found == outstanding_.end()) return;
  found->second.accepted = true;
  if (accepted) return answer(found);
  auto failed = outstanding_.extract(found);
  for (Outstanding::Waiting& one : failed.mapped().waiting) one.reply(fail(accepted.error()));
}

// Answers the clients of an accepted message whose answer is known.
void Sends::answer(OutstandingById::iterator found) {
  const std::string& id = found->first;
  Outstanding& message = found->second;
  std::vector<Outstanding::Waiting> ready;
  std::vector<Outstanding::Waiting> rest;
  for (Outstanding::Waiting& one : message.waiting) {
    const bool waits = one.timeout && one.timeout->count() > 0;
    if (waits && !message.settled && one.timer == Timers::Id{})
      one.timer = timers_.in(*one.timeout, [this, id] { time_out(id); });
    (waits && !message.settled ? rest : ready).push_back(std::move(one));
  }
  message.waiting = std::move(rest);
  std::vector<std::pair<Reply, Result<Answer>>> answers;
  for (Outstanding::Waiting& one : ready) {
    timers_.cancel(one.timer);
    answers.emplace_back(std::move(one.reply),
                         !one.timeout      ? ok(id, "", one.address)
                         : message.settled ? outcome(id, message.failure, "sent", one.address)
                                           : ok(id, "queued", one.address));
  }
  if (message.waiting.empty()) outstanding_.erase(found);
  for (auto& [reply, text] : answers) reply(std::move(text));
}

// Answers the waiting client whose timeout comes first.
void Sends::time_out(const std::string& id) {
  const auto found = outstanding_.find(id);
  if (found == outstanding_.end()) return;
  auto& waiting = found->second.waiting;
  const auto first =
      std::min_element(waiting.begin(), waiting.end(),
                       [](const Outstanding::Waiting& one, const Outstanding::Waiting& other) {
                         return one.timer < other.timer;
                       });
  if (first == waiting.end()) return;
  Outstanding::Waiting late = std::move(*first);
  waiting.erase(first);
  if (waiting.empty()) outstanding_.erase(found);
  late.reply(ok(id, "queued", late.address));
}

Sends::Settled Sends::settle(std::vector<model::Event>& events) {
  Settled settled;
  const auto is_repeated = [&](const std::string& id, const std::optional<std::string>& failure) {
    const auto known = journal_.log() ? journal_.log()->token(id) : std::nullopt;
    if (known && *known && !(*known)->open) return true;
    if (!unstored_outcomes_.emplace(id, failure).second) return true;
    settled.push_back({id, failure});
    const auto found = outstanding_.find(id);
    if (found == outstanding_.end()) return false;
    found->second.settled = true;
    found->second.failure = failure;
    if (found->second.accepted) answer(found);
    return false;
  };
  std::erase_if(events, [&](const model::Event& event) {
    if (const auto* sent = std::get_if<model::Sent>(&event)) {
      if (is_quiet(sent->id)) return true;
      const bool repeated = is_repeated(without_mark(sent->id), std::nullopt);
      return repeated || is_quiet_once(sent->id);
    }
    if (const auto* failed = std::get_if<model::Failed>(&event))
      return !is_quiet(failed->id) && is_repeated(without_mark(failed->id), failed->reason);
    return false;
  });
  for (model::Event& event : events) {
    if (auto* failed = std::get_if<model::Failed>(&event))
      failed->id = without_mark(std::move(failed->id));
    if (auto* error = std::get_if<model::ErrorEvent>(&event))
      error->id = without_mark(std::move(error->id));
  }
  return settled;
}

void Sends::resume(network::Network& network,
                   std::function<void(std::vector<model::Event>)> failed) {
  const auto open = [this] {
    auto tokens = journal_.log()->open_tokens();
    if (!tokens) return std::vector<store::Token>();
    std::erase_if(*tokens, [&](const auto& one) {
      return outstanding_.count(one.token) > 0 || rejected_tokens_.count(one.token) > 0;
    });
    return std::move(*tokens);
  };
  const std::uint64_t recall = ++recall_;
  recalling_ = true;
  std::vector<std::string> ids;
  // The log does not record which of them are quiet.
  for (const store::Token& one : open())
    ids.insert(ids.end(), {one.token, quiet_once_mark + one.token});
  if (ids.empty()) return recalled(recall);
  std::sort(ids.begin(), ids.end());
  const auto has = [](const std::vector<std::string>& sorted, const std::string& id) {
    return std::binary_search(sorted.begin(), sorted.end(), id) ||
           std::binary_search(sorted.begin(), sorted.end(), quiet_once_mark + id);
  };
  network.recall(ids, [=, this, email = journal_.email()](network::Network::Recalled known) {
    if (journal_.log() == nullptr || journal_.email() != email) return;
    if (known) std::sort(known->begin(), known->end());
    std::vector<model::Event> events;
    std::vector<std::string> never_sent;
    for (const store::Token& one : open()) {
      if (!has(ids, one.token) || (known && has(*known, one.token))) continue;
      // Its client got no answer, and may send the message again.
      if (known && !one.accepted)
        never_sent.push_back(one.token);
      else
        events.push_back(model::Failed{one.token, one.email, "interrupted"});
    }
    if (!never_sent.empty()) forget(std::move(never_sent));
    if (!events.empty()) failed(std::move(events));
    recalled(recall);
  });
}

void Sends::recalled(std::uint64_t recall) {
  if (recall != recall_) return;
  recalling_ = false;
  for (Deferred& one : std::exchange(deferred_, {}))
    send(one.network, std::move(one.message), one.options, std::move(one.reply));
}

void Sends::stored(const Settled& settled) {
  for (const auto& one : settled) unstored_outcomes_.erase(one.token);
}

void Sends::clear() {
  unstored_outcomes_.clear();
  rejected_tokens_.clear();
  ++recall_;
  recalling_ = false;
  for (Deferred& one : std::exchange(deferred_, {}))
    one.reply(fail(ErrorCode::network, "another account logged in before the message was sent"));
  for (auto& [id, message] : std::exchange(outstanding_, {}))
    for (Outstanding::Waiting& one : message.waiting) {
      timers_.cancel(one.timer);
      if (message.accepted)
        one.reply(ok(id, "queued", one.address));
      else
        one.reply(
            fail(ErrorCode::network, "another account logged in before the message was sent"));
    }
}

}  // namespace msn::daemon
