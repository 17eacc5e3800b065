// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/notification.hpp"

#include <algorithm>
#include <utility>

namespace msn::network::msnp {

void Notification::on_sync(const Command& line) {
  if (phase_ != Phase::lists) return;
  // The counts are the last two words: "SYN 5 1 3 3", "SYN 5 <time> <time> 3 2".
  const auto contacts = line.size() >= 5 ? parse_number(line.word(line.size() - 2)) : std::nullopt;
  const auto groups = line.size() >= 5 ? parse_number(line.last()) : std::nullopt;
  lists_left_ = contacts.value_or(0);
  groups_left_ = groups.value_or(0);
  if (!contacts || !groups)  // without counts only silence tells that it is all
    lists_left_ = groups_left_ = UINT64_MAX;
  book_.begin_sync();
  step_deadline_ = now_ + timing_.lists_quiet;
  if (lists_left_ == 0 && groups_left_ == 0) end_lists(true);
}

void Notification::count_list_line() {
  step_deadline_ = now_ + timing_.lists_quiet;
  if (lists_left_ == 0 && groups_left_ == 0) end_lists(true);
}

void Notification::on_group(const Command&) {
  if (!book_.syncing()) return;
  if (groups_left_ > 0 && groups_left_ != UINT64_MAX) --groups_left_;
  count_list_line();
}

void Notification::on_list_entry(const Command& line) {
  if (phase_ != Phase::ready && !book_.syncing()) return;
  const auto entry = read_list_entry(line);
  if (entry) {
    const auto changes = book_.put(*entry);
    last_listed_ = entry->email;
    owner_.ns_changes(changes);
    if (!changes.added_you.empty()) answer_pending(entry->email);
  }
  if (!book_.syncing()) return;
  if (lists_left_ > 0 && lists_left_ != UINT64_MAX) --lists_left_;
  count_list_line();
}

void Notification::end_lists(bool complete) {
  const auto changes = book_.end_sync(first_, complete);
  phase_ = Phase::ready;
  good_offer_ = offer_;
  login_deadline_.reset();
  step_deadline_.reset();
  ping_at_ = now_ + timing_.ping;
  const auto generation = generation_;
  owner_.ns_ready(changes);
  if (generation == generation_) accept_waiting();
}

// Those who wait for an answer that we have given already, or always give.
void Notification::accept_waiting() {
  std::vector<std::string> waiting;
  for (const auto& [email, contact] : book_.roster())
    if (book_.card(email).pending) waiting.push_back(email);
  for (const auto& email : waiting) answer_pending(email);
}

void Notification::answer_pending(const std::string& email) {
  const auto* contact = book_.find(email);
  if (!contact || !book_.card(email).pending) return;
  const bool answered = contact->lists.allow || contact->lists.block || contact->lists.forward;
  if (!answered && self_.privacy.ask) return;
  Operation operation;
  operation.email = email;
  operation.steps = {{Kind::add, List::allow, false},
                     {Kind::add, List::reverse, false},
                     {Kind::remove, List::pending, false}};
  start(std::move(operation));
}

void Notification::on_mode(const Command& line) {
  auto operation = phase_ == Phase::ready ? take(line) : std::nullopt;
  // "GTC A" in the lists, "GTC 10 N" or "GTC 12 3 A" as an answer.
  const auto value = line.last();
  if (line.verb() == "BLP" && (value == "AL" || value == "BL")) self_.privacy.open = value == "AL";
  if (line.verb() == "GTC" && (value == "A" || value == "N")) self_.privacy.ask = value == "A";
  if (operation) step_done(std::move(*operation));
}

void Notification::on_property(const Command& line) {
  if (auto operation = phase_ == Phase::ready ? take(line) : std::nullopt) {
    step_done(std::move(*operation));
    return;
  }
  auto property = read_property(line);
  if (!property) return;
  if (line.verb() == "PRP") {
    if (property->kind == "MFN")
      self_.nick = property->value == self_.email ? std::string() : std::move(property->value);
    return;
  }
  book_.set_phone(property->email.empty() ? last_listed_ : property->email, property->kind,
                  std::move(property->value));
}

void Notification::on_add(const Command& line) {
  if (phase_ != Phase::ready) return;
  auto change = read_list_change(line);
  auto operation = take(line);
  if (!change) {
    if (operation) step_done(std::move(*operation));
    return;
  }
  const auto email = operation ? operation->email : change->email;
  if (!email.empty() && (change->list == List::reverse || change->list == List::pending) &&
      !operation) {
    const bool changed = book_.set(List::reverse, email, true);
    if (dialect_.has_pending()) book_.set(List::pending, email, true);
    if (!change->name.empty()) book_.set_name(email, change->name);
    if (changed) owner_.ns_event(model::AddedYou{email});
    answer_pending(email);
  } else if (!email.empty() && !operation) {
    // From another place where we are logged in.
    if (book_.set(change->list, email, true) && change->list == List::forward)
      owner_.ns_event(model::ContactAdded{email});
    if (change->list == List::forward) book_.set_id(email, change->id);
  }
  if (!operation) return;
  const auto& step = operation->steps[operation->at];
  const bool to_forward = step.kind == Kind::add && step.list == List::forward;
  const std::string id(to_forward ? change->id : std::string_view{});
  const std::string name = to_forward ? change->name : std::string();
  // The id before the event that makes people use it.
  const bool changed = to_forward && book_.set(List::forward, email, true);
  if (to_forward) {
    book_.set_id(email, id);
    if (!name.empty() && name != operation->name) book_.set_name(email, name);
  }
  if (changed) owner_.ns_event(model::ContactAdded{email});
  step_done(std::move(*operation));
}

void Notification::on_remove(const Command& line) {
  if (phase_ != Phase::ready) return;
  const auto change = read_list_change(line);
  if (auto operation = take(line)) {
    step_done(std::move(*operation));
    return;
  }
  if (!change || change->in_group) return;
  const auto email = change->email.empty() ? book_.email_of(change->id) : change->email;
  if (!book_.set(change->list, email, false)) return;
  if (change->list == List::reverse) owner_.ns_event(model::RemovedYou{email});
  if (change->list == List::forward) owner_.ns_event(model::ContactRemoved{email});
}

void Notification::on_answer(const Command& line) {
  if (auto operation = take(line)) step_done(std::move(*operation));
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
      return operation.privacy.open != self_.privacy.open;
    case Kind::mode_ask:
      return operation.privacy.ask != self_.privacy.ask;
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
      self_.privacy.open = operation.privacy.open;
      return;
    case Kind::mode_ask:
      self_.privacy.ask = operation.privacy.ask;
      return;
    case Kind::add:
      if (step.list != List::reverse && book_.set(step.list, email, true) &&
          step.list == List::forward)
        owner_.ns_event(model::ContactAdded{email});
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
  const bool setting = step.kind == Kind::status || step.kind == Kind::nick ||
                       step.kind == Kind::mode_open || step.kind == Kind::mode_ask;
  if (setting && waiting_.contains(operation.token)) {
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

void Notification::finish(Token token, Result<void> result) {
  if (token != 0 && waiting_.erase(token) > 0) owner_.ns_finished(token, std::move(result));
}

}  // namespace msn::network::msnp
