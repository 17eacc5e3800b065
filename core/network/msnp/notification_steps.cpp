// SPDX-License-Identifier: MIT
// Which step of a verb goes when, what becomes of each, and of those that a loss interrupts.
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/notification.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace msn::network::msnp {

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
  operation.number = ++last_number_;
  begin(std::move(operation));
}

// What an operation is about; empty: nothing that another one could change meanwhile.
std::string Notification::subject(const Operation& operation) {
  switch (operation.steps.front().kind) {
    case Kind::add:
    case Kind::remove:
    case Kind::rename:
      return operation.email;
    case Kind::mode_open:
    case Kind::mode_ask:
      return "privacy";
    default:
      return {};
  }
}

// One after the other where they are about the same: which steps are needed depends on what the
// earlier ones came to, and the last one asked for has to win.
void Notification::begin(Operation operation) {
  if (auto about = subject(operation); !about.empty()) {
    const auto [queue, first] = behind_.try_emplace(std::move(about));
    if (!first) {
      queue->second.push_back(std::move(operation));
      return;
    }
  }
  go_on(std::move(operation));
}

std::optional<Notification::Operation> Notification::next_behind(const Operation& ended) {
  const auto queue = behind_.find(subject(ended));
  if (queue == behind_.end()) return std::nullopt;
  if (queue->second.empty()) {
    behind_.erase(queue);
    return std::nullopt;
  }
  auto next = std::move(queue->second.front());
  queue->second.pop_front();
  return next;
}

// Sends the next step that is needed, or ends the operation and goes on with what waited for that.
void Notification::go_on(Operation operation) {
  while (!send_next(operation)) {
    settled(operation);
    finish(operation.token, {});
    auto next = next_behind(operation);
    if (!next) return;
    operation = std::move(*next);
  }
}

bool Notification::send_next(Operation& operation) {
  for (; operation.at < operation.steps.size(); ++operation.at, operation.sent = false) {
    const auto step = operation.steps[operation.at];
    if ((step.follows && !operation.sent) || !needed(operation, step)) continue;
    const auto trid = next_trid();
    auto octets = write(operation, step, trid);
    transactions_.emplace(trid_, Transaction{std::move(operation), now_ + timing_.transaction});
    owner_.ns_send(std::move(octets));
    return true;
  }
  return false;
}

// The session is lost. Who still waits is told that it was not done; what was accepted is kept.
Notification::Unsettled Notification::set_aside() {
  Unsettled unsettled;
  const auto keep = [&](Operation& operation) {
    if (waiting_.contains(operation.token)) return;
    const auto kind = operation.steps.front().kind;
    // What the server has answered since is newer.
    if (kind == Kind::status && operation.number > answered_status_)
      unsettled.status = operation.status;
    if (kind == Kind::nick && operation.number > answered_nick_)
      unsettled.nick = std::move(operation.name);
    if (kind == Kind::mode_open) unsettled.privacy = operation.privacy;
    const bool of_lists = kind == Kind::add || kind == Kind::remove || kind == Kind::rename;
    if (of_lists && operation.token != 0) unfinished_.push_back(std::move(operation));
  };
  for (auto& [trid, transaction] : transactions_) {
    transaction.operation.interrupted = true;
    keep(transaction.operation);
  }
  for (auto& [about, queue] : behind_)
    for (auto& operation : queue) keep(operation);
  return unsettled;
}

// The step under way at the loss may have been done: the new lists tell.
void Notification::resume(Operation operation) {
  const auto step = operation.steps[operation.at];
  const bool done = std::exchange(operation.interrupted, false) && step.kind == Kind::remove &&
                    (step.list == List::pending ? !book_.card(operation.email).pending
                                                : !needed(operation, step));
  if (done) {
    ++operation.at;
    operation.sent = true;
  }
  begin(std::move(operation));
}

void Notification::give_up_unfinished() {
  for (const auto& operation : std::exchange(unfinished_, {})) {
    forget_name(operation);
    const auto essential = [](const Step& step) { return step.essential; };
    const auto at = operation.steps.begin() + static_cast<std::ptrdiff_t>(operation.at);
    if (std::any_of(at, operation.steps.end(), essential))
      owner_.ns_event(model::ErrorEvent{
          "TIMEOUT", "the session ended before the server answered for " + operation.email});
  }
}

bool Notification::needed(const Operation& operation, const Step& step) const {
  const auto* contact = book_.find(operation.email);
  const model::Lists lists = contact ? contact->lists : model::Lists{};
  switch (step.kind) {
    case Kind::add:
      if (step.list == List::forward) return !lists.forward;
      if (step.list == List::allow) return !lists.allow && !lists.block;
      if (step.list == List::block) return !lists.block;
      // Servers close the connection on an answer nobody waits for.
      if (step.list == List::reverse) return book_.card(operation.email).pending;
      return true;
    case Kind::remove:
      if (step.list == List::allow) return lists.allow;
      if (step.list == List::block) return lists.block;
      if (step.list == List::forward) return lists.forward;
      return true;
    case Kind::mode_open:
      return said_open_ != operation.privacy.open;
    case Kind::mode_ask:
      return said_ask_ != operation.privacy.ask;
    case Kind::rename:
      return dialect_.version() == Version::msnp8 || !book_.card(operation.email).id.empty();
    default:
      return true;
  }
}

std::string Notification::write(const Operation& operation, const Step& step,
                                std::string_view trid) {
  const auto& email = operation.email;
  switch (step.kind) {
    case Kind::status:
      return dialect_.status(trid, operation.status);
    case Kind::nick:
      return dialect_.nick(trid, self_.email, operation.name);
    case Kind::mode_open:
      said_open_.reset();  // unknown until it answers
      return command({"BLP", trid, operation.privacy.open ? "AL" : "BL"});
    case Kind::mode_ask:
      said_ask_.reset();
      return command({"GTC", trid, operation.privacy.ask ? "A" : "N"});
    case Kind::add:
      // Not pending from here on, so that nothing else answers a second time.
      if (step.list == List::reverse) book_.set(List::pending, email, false);
      return dialect_.add(trid, step.list, email, operation.name);
    case Kind::remove:
      if (step.list == List::pending) book_.set(List::pending, email, false);
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
      answered_status_ = operation.number;
      return;
    case Kind::nick:
      self_.nick = operation.name;
      answered_nick_ = operation.number;
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
  operation.sent = true;
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
    operation.sent = true;
    go_on(std::move(operation));
    return;
  }
  fail_operation(operation, number, code, text);
  if (auto next = next_behind(operation)) go_on(std::move(*next));
}

void Notification::fail_operation(const Operation& operation, int number, const std::string& code,
                                  const std::string& text) {
  const auto& step = operation.steps[operation.at];
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
  forget_name(operation);
  finish(operation.token, {});
}

// The name given by an ADD that has come to nothing.
void Notification::forget_name(const Operation& operation) {
  const auto& step = operation.steps.front();
  const auto* contact = book_.find(operation.email);
  if (step.kind != Kind::add || step.list != List::forward || (contact && contact->lists.forward))
    return;
  book_.set_given_name(operation.email, {});
  owner_.ns_remember();
}

void Notification::settled(const Operation& operation) {
  if (operation.steps.front().kind == Kind::status) owner_.ns_status_settled();
}

void Notification::finish(Token token, Result<void> result) {
  if (token != 0 && waiting_.erase(token) > 0) owner_.ns_finished(token, std::move(result));
}

}  // namespace msn::network::msnp
