// SPDX-License-Identifier: MIT
// The verbs as chains of steps, and what becomes of each step.
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/notification.hpp"

#include <utility>

namespace msn::network::msnp {

void Notification::set_status(Token token, model::Status status, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.status = status;
  operation.steps = {{Kind::status, {}, true}};
  start(std::move(operation));
}

void Notification::set_nick(Token token, std::string name, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.name = std::move(name);
  operation.steps = {{Kind::nick, {}, true}};
  start(std::move(operation));
}

void Notification::set_privacy(Token token, model::Privacy privacy, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.privacy = privacy;
  operation.steps = {{Kind::mode_open, {}, true}, {Kind::mode_ask, {}, true}};
  start(std::move(operation));
}

void Notification::add(Token token, std::string email, std::string name, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  book_.set_given_name(email, name);
  owner_.ns_remember();
  operation.email = std::move(email);
  operation.name = std::move(name);
  operation.steps = {{Kind::add, List::forward, true},
                     {Kind::add, List::allow, false},
                     {Kind::add, List::reverse, false},
                     {Kind::remove, List::pending, false}};
  start(std::move(operation));
}

void Notification::remove(Token token, std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.email = std::move(email);
  operation.steps = {{Kind::remove, List::forward, true}, {Kind::remove, List::allow, false}};
  start(std::move(operation));
}

void Notification::rename(Token token, std::string email, std::string name, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  // Ours to know whatever the server makes of it: some take it and store nothing.
  book_.set_given_name(email, name);
  owner_.ns_remember();
  if (dialect_.version() == Version::msnp8 || !book_.card(email).id.empty())
    operation.steps = {{Kind::rename, {}, false}};
  operation.email = std::move(email);
  operation.name = std::move(name);
  start(std::move(operation));
}

void Notification::block(Token token, std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.email = std::move(email);
  operation.steps = {{Kind::remove, List::allow, false},
                     {Kind::add, List::block, true},
                     {Kind::add, List::reverse, false},
                     {Kind::remove, List::pending, false}};
  start(std::move(operation));
}

void Notification::unblock(Token token, std::string email, SteadyTime now) {
  now_ = now;
  const auto* contact = book_.find(email);
  Operation operation;
  operation.token = token;
  if (contact && contact->lists.block)
    operation.steps = {{Kind::remove, List::block, true}, {Kind::add, List::allow, false}};
  operation.email = std::move(email);
  start(std::move(operation));
}

void Notification::ask_switchboard(std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.email = std::move(email);
  operation.steps = {{Kind::switchboard, {}, false}};
  start(std::move(operation));
}

// Serial numbers of MSNP8 stand where transactions do, so the verb must be the right one, too.
bool Notification::answers(std::string_view verb, Kind kind) {
  switch (kind) {
    case Kind::status:
      return verb == "CHG";
    case Kind::nick:
      return verb == "PRP" || verb == "REA";
    case Kind::mode_open:
      return verb == "BLP";
    case Kind::mode_ask:
      return verb == "GTC";
    case Kind::add:
      return verb == "ADC" || verb == "ADD";
    case Kind::remove:
      return verb == "REM";
    case Kind::rename:
      return verb == "SBP" || verb == "REA";
    case Kind::switchboard:
      return verb == "XFR";
    case Kind::challenge:
      return verb == "QRY";
  }
  return false;
}

std::optional<Notification::Operation> Notification::take(const Command& line) {
  const auto trid = parse_number(line.word(1));
  if (!trid) return std::nullopt;
  const auto found = transactions_.find(static_cast<std::uint32_t>(*trid));
  if (found == transactions_.end()) return std::nullopt;
  const auto& asked = found->second.operation;
  if (!error_number(line.verb()) && !answers(line.verb(), asked.steps[asked.at].kind))
    return std::nullopt;
  return std::move(transactions_.extract(found).mapped().operation);
}

void Notification::start(Operation operation) {
  if (operation.token != 0) waiting_[operation.token] = now_ + timing_.patience;
  go_on(std::move(operation));
}

// Sends the next step that is needed, or ends the operation.
void Notification::go_on(Operation operation) {
  for (; operation.at < operation.steps.size(); ++operation.at) {
    const auto step = operation.steps[operation.at];
    if (!needed(operation, step)) continue;
    const auto trid = next_trid();
    auto octets = write(operation, step, trid);
    transactions_.emplace(trid_, Transaction{std::move(operation), now_ + timing_.transaction});
    owner_.ns_send(std::move(octets));
    return;
  }
  settled(operation);
  finish(operation.token, {});
}

bool Notification::needed(const Operation& operation, const Step& step) const {
  const auto* contact = book_.find(operation.email);
  const model::Lists lists = contact ? contact->lists : model::Lists{};
  switch (step.kind) {
    case Kind::add:
      if (step.list == List::allow) return !lists.allow && !lists.block;
      if (step.list == List::block) return !lists.block;
      // Servers close the connection on an answer nobody waits for.
      if (step.list == List::reverse) return book_.card(operation.email).pending;
      return true;
    case Kind::remove:
      if (step.list == List::allow) return lists.allow;
      if (step.list == List::block) return lists.block;
      if (step.list == List::pending) return operation.acknowledged;
      return true;
    case Kind::mode_open:
      return said_open_ != operation.privacy.open;
    case Kind::mode_ask:
      return said_ask_ != operation.privacy.ask;
    default:
      return true;
  }
}

std::string Notification::write(Operation& operation, const Step& step, std::string_view trid) {
  const auto& email = operation.email;
  switch (step.kind) {
    case Kind::status:
      return dialect_.status(trid, operation.status);
    case Kind::nick:
      return dialect_.nick(trid, self_.email, operation.name);
    case Kind::mode_open:
      return command({"BLP", trid, operation.privacy.open ? "AL" : "BL"});
    case Kind::mode_ask:
      return command({"GTC", trid, operation.privacy.ask ? "A" : "N"});
    case Kind::add:
      if (step.list == List::reverse) {
        // Not pending from here on, so that nothing else answers a second time.
        operation.acknowledged = true;
        book_.set(List::pending, email, false);
      }
      return dialect_.add(trid, step.list, email, operation.name);
    case Kind::remove:
      return dialect_.remove(trid, step.list, email, book_.card(email).id);
    case Kind::rename:
      return dialect_.rename(trid, email, book_.card(email).id, operation.name);
    case Kind::switchboard:
      return command({"XFR", trid, "SB"});
    case Kind::challenge:
      return dialect_.answer_challenge(trid, operation.name);
  }
  return {};
}

// What a step has changed, once the server has said so.
void Notification::apply(const Operation& operation, const Step& step) {
  const auto& email = operation.email;
  switch (step.kind) {
    case Kind::status:
      self_.status = operation.status;
      return;
    case Kind::nick:
      self_.nick = operation.name;
      return;
    case Kind::mode_open:
      said_open_ = self_.privacy.open = operation.privacy.open;
      return;
    case Kind::mode_ask:
      said_ask_ = self_.privacy.ask = operation.privacy.ask;
      if (!self_.privacy.ask) accept_waiting();
      return;
    case Kind::add:
      if (step.list == List::reverse || !book_.set(step.list, email, true)) return;
      if (step.list == List::forward) owner_.ns_event(model::ContactAdded{email});
      if (step.list == List::block) owner_.ns_blocked(email);
      return;
    case Kind::remove:
      if (step.list == List::pending) return;
      if (book_.set(step.list, email, false) && step.list == List::forward) {
        book_.set_given_name(email, {});
        owner_.ns_remember();
        owner_.ns_event(model::ContactRemoved{email});
      }
      return;
    case Kind::rename:
    case Kind::switchboard:
    case Kind::challenge:
      return;
  }
}

void Notification::step_done(Operation operation) {
  const auto step = operation.steps[operation.at];
  const auto generation = generation_;
  apply(operation, step);
  ++operation.at;
  if (generation == generation_) go_on(std::move(operation));
}

// The server says no because it is so already.
bool Notification::tolerable(const Step& step, int number) const {
  if (step.kind == Kind::mode_open || step.kind == Kind::mode_ask) return number == 218;
  if (step.kind == Kind::add && step.list == List::block) return number == 215;
  if (step.kind == Kind::remove) return number == 216 || number == 208 || number == 205;
  return false;
}

void Notification::step_failed(Operation operation, int number, std::string why) {
  const auto step = operation.steps[operation.at];
  if (number != 0 && tolerable(step, number)) {
    step_done(std::move(operation));
    return;
  }
  if (step.kind == Kind::status) owner_.ns_status_refused(operation.status);
  const std::string text = number == 0 ? why : std::string(error_text(number));
  const std::string code = number == 0 ? "TIMEOUT" : std::to_string(number);
  if (step.kind == Kind::switchboard) {
    owner_.ns_switchboard(operation.email, number == 0
                                               ? fail(ErrorCode::network, why)
                                               : fail(ErrorCode::login_refused, text, number));
    return;
  }
  if (!step.essential) {
    owner_.ns_note("a step for " + visible(operation.email) + " failed: " + code + " " + text);
    ++operation.at;
    go_on(std::move(operation));
    return;
  }
  settled(operation);
  // What is told by an event when it has come about, is told so when it has not (protocol 6.6);
  // of the others the answer tells.
  const bool told_by_event =
      (step.kind == Kind::add || step.kind == Kind::remove) && step.list == List::forward;
  if (!told_by_event && waiting_.contains(operation.token)) {
    finish(operation.token,
           fail(ErrorCode::invalid, "the server refused it: " + code + " " + text, number));
    return;
  }
  owner_.ns_event(model::ErrorEvent{code, text});
  if (step.kind == Kind::add && step.list == List::forward && !operation.name.empty() &&
      !(book_.find(operation.email) && book_.find(operation.email)->lists.forward)) {
    book_.set_given_name(operation.email, {});
    owner_.ns_remember();
  }
  finish(operation.token, {});
}

void Notification::settled(const Operation& operation) {
  if (operation.steps.empty()) return;
  const auto kind = operation.steps.front().kind;
  if (kind == Kind::status) owner_.ns_settled(Setting::status);
  if (kind == Kind::nick) owner_.ns_settled(Setting::nick);
  if (kind == Kind::mode_open) owner_.ns_settled(Setting::privacy);
}

void Notification::finish(Token token, Result<void> result) {
  if (token != 0 && waiting_.erase(token) > 0) owner_.ns_finished(token, std::move(result));
}

}  // namespace msn::network::msnp
