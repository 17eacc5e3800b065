// SPDX-License-Identifier: MIT
// Client requests: from the desired state to commands, and what their answers mean.
#include "core/network/msnp/list_dialogue.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"

#include <array>
#include <utility>
#include <vector>

namespace msn::network::msnp {
namespace {

constexpr std::array<List, 3> our_lists{List::forward, List::block, List::allow};

// The key in promises_ of requests about a user and a list; without a list, about the user's name.
std::string about(const std::string& email, std::optional<List> list) {
  return email + ' ' + std::string(list ? list_name(*list) : "name");
}

}  // namespace

void ListDialogue::complete_later(Token token, const std::string& about) {
  if (ready_)
    promises_.add(token, about, now_ + timing_.accept_after);
  else
    complete_all({token}, {});
}

void ListDialogue::complete_all(const Tokens& tokens, const Result<void>& result) {
  for (const auto token : tokens) out_.emplace_back(Finish{token, result});
}

void ListDialogue::complete(std::string_view about) {
  complete_all(promises_.settle(std::string(about)), {});
}

// Fails the requests that are still outstanding; if there are none, reports an event. `number`: the
// server's error; 0: it did not answer.
void ListDialogue::report_failure(std::string_view about, int number, const std::string& why,
                                  const std::string& email, std::string_view request) {
  const auto tokens = promises_.settle(std::string(about));
  complete_all(
      tokens,
      number == 0
          ? fail(ErrorCode::network, why)
          : fail(ErrorCode::invalid,
                 "the server refused the request: " + std::to_string(number) + ' ' + why, number));
  if (tokens.empty())
    happened(model::ErrorEvent{
        number == 0 ? "TIMEOUT" : std::to_string(number), why, email, {}, std::string(request)});
}

void ListDialogue::send_command(SentCommand sent, std::string command) {
  sent.trid = trid_;
  sent_.add(trid_, command, std::move(sent), now_ + timing_.transaction);
  out_.emplace_back(ns::Say{std::move(command)});
}

// Sends the next command about each setting; completes the requests of those that are done.
void ListDialogue::advance_settings() {
  using Kind = SentCommand::Kind;
  if (!ready_) return;
  if (!nick_.in_flight && std::exchange(nick_.due, false)) {
    nick_.in_flight = true;
    send_command({.kind = Kind::nick, .name = *nick_.wanted},
                 dialect_.nick(next_trid(), self_.email, *nick_.wanted));
  }
  if (!nick_.in_flight) complete(nick_.request);
  if (!privacy_.in_flight && privacy_.due) {
    const auto wanted = *privacy_.wanted;
    privacy_.in_flight = true;
    if (open_.on_server != wanted.open) {
      open_.on_server.reset();  // unknown until the server answers
      send_command({.kind = Kind::open, .on = wanted.open},
                   command({"BLP", next_trid(), wanted.open ? "AL" : "BL"}));
    } else if (ask_.on_server != wanted.ask) {
      ask_.on_server.reset();
      send_command({.kind = Kind::ask, .on = wanted.ask},
                   command({"GTC", next_trid(), wanted.ask ? "A" : "N"}));
    } else {
      privacy_ = {privacy_.request};
    }
  }
  if (!privacy_.in_flight) complete(privacy_.request);
  if (!status_.in_flight && std::exchange(status_.due, false)) {
    status_.in_flight = true;
    send_command({.kind = Kind::status, .status = *status_.wanted},
                 dialect_.status(next_trid(), *status_.wanted));
  }
  if (!status_.in_flight) complete(status_.request);
}

const DesiredState& ListDialogue::desired_for(std::string_view email) const {
  static const DesiredState none;
  const auto found = desired_.find(email);
  return found == desired_.end() ? none : found->second;
}

std::optional<bool> ListDialogue::will_be_listed(std::string_view email) const {
  const auto& [wanted, unconfirmed] = desired_for(email)[List::forward];
  if (wanted) return wanted;
  if (unconfirmed != 0) return std::nullopt;
  return contact_lists_.lists(email).forward;
}

void ListDialogue::add(Token token, const std::string& email, const std::string& name,
                       SteadyTime now) {
  give_name(email, name);
  change(token, List::forward, true, email, now);
}

void ListDialogue::rename(Token token, const std::string& email, const std::string& name,
                          SteadyTime now) {
  now_ = now;
  // Kept here because some servers accept a name and do not store it.
  give_name(email, name);
  desired_[email].name = name;
  complete_later(token, about(email, {}));
  advance(email);
}

void ListDialogue::change(Token token, List list, bool on, const std::string& email,
                          SteadyTime now) {
  now_ = now;
  const bool blocks = list == List::block && on, unblocks = list == List::block && !on;
  const auto& block = desired_for(email)[List::block];
  if (unblocks && !contact_lists_.lists(email).block && block.wanted != true &&
      block.unconfirmed == 0)
    return complete_all({token}, {});
  const bool allowed = list == List::block ? !on : on;
  // Without a pending list, a removed user on the reverse list looks like a new request.
  if (!blocks) set_denied(email, !allowed);
  auto& desired = desired_[email];
  desired[list].wanted = on;
  desired[List::allow].wanted = allowed && desired[List::block].wanted != true;
  desired.request = request_for(list, on);
  // All requests but DEL and UNBLOCK also answer a pending request of this user.
  if ((on || list == List::allow) && !std::exchange(desired.answer_pending, true))
    desired.reverse_added = false;
  if (list == List::forward && !on) desired.name.reset();
  complete_later(token, about(email, list));
  advance(email);
}

void ListDialogue::set_denied(const std::string& email, bool denied) {
  if (contact_lists_.is_denied(email) == denied) return;
  contact_lists_.deny(email, denied);
  out_.emplace_back(ns::Remember{});
}

void ListDialogue::give_name(const std::string& email, const std::string& name) {
  contact_lists_.set_given_name(email, name);
  out_.emplace_back(ns::Remember{});
}

// Removes the given name, unless the user is on the forward list.
void ListDialogue::forget_name(const std::string& email) {
  if (!contact_lists_.lists(email).forward && !contact_lists_.given_name(email).empty())
    give_name(email, {});
}

// Sends the next command about a user; if nothing is missing, completes the requests about them.
void ListDialogue::advance(const std::string& email) {
  const auto found = desired_.find(email);
  if (!ready_ || found == desired_.end() || found->second.in_flight) return;
  auto& desired = found->second;
  const auto& details = contact_lists_.details(email);
  const bool can_rename = dialect_.version() == Version::msnp8 || !details.id.empty();
  if (const auto step =
          next_command(desired, contact_lists_.lists(email), details.pending, can_rename))
    return send(email, desired, *step);
  const bool removed = desired[List::forward].wanted == false;
  desired.clear_wanted();
  if (desired.empty()) desired_.erase(found);
  if (removed) forget_name(email);
  for (const auto list : our_lists) complete(about(email, list));
  complete(about(email, {}));
}

void ListDialogue::send(const std::string& email, DesiredState& desired, const ListCommand& step) {
  const auto& [list, on] = step;
  const auto id = contact_lists_.details(email).id;
  desired.in_flight = true;
  const auto trid = next_trid();
  const auto name = !list                   ? *desired.name
                    : list == List::forward ? contact_lists_.given_name(email)
                                            : std::string();
  send_command({.email = email, .name = name, .id = id, .step = step},
               !list ? dialect_.rename(trid, email, id, name)
               : on  ? dialect_.add(trid, *list, email, name)
                     : dialect_.remove(trid, *list, email, id));
}

// Records that the server has answered, with success or an error. Returns true if the command is
// about the forward, allow or block list: the caller then records the new membership.
bool ListDialogue::record_answer(const SentCommand& sent) {
  const auto& list = sent.step.list;
  auto& desired = desired_[sent.email];
  desired.in_flight = false;
  if (!list) {
    if (desired.name == sent.name) desired.name.reset();
  } else if (list == List::reverse) {
    desired.reverse_added = true;
  } else if (list == List::pending) {
    desired.answer_pending = false;
    contact_lists_.set(List::pending, sent.email, false);
  } else {
    return true;
  }
  return false;
}

// Records a membership that the server has now. Reports it and returns true if it was a change.
bool ListDialogue::record_membership(List list, const std::string& email, bool on) {
  if (!contact_lists_.set(list, email, on)) return false;
  if (list == List::forward && on) happened(model::ContactAdded{email});
  if (list == List::forward && !on) happened(model::ContactRemoved{email});
  // Added to the block list, or removed from a list that permits messages.
  if (list != List::reverse && on == (list == List::block)) out_.emplace_back(ns::Barred{email});
  return true;
}

// The server has carried out the command, or has answered that it was not necessary.
void ListDialogue::on_success(const SentCommand& sent) {
  if (sent.kind != SentCommand::Kind::user) return setting_done(sent);
  const auto& [list, on] = sent.step;
  const auto& email = sent.email;
  if (record_answer(sent)) {
    auto& desired = desired_[email];
    auto& [wanted, unconfirmed] = desired[*list];
    unconfirmed = 0;
    if (wanted == on) wanted.reset();
    record_membership(*list, email, on);
    if (list == List::forward && !on && wanted != true) forget_name(email);
  }
  advance(email);
}

void ListDialogue::setting_done(const SentCommand& sent) {
  switch (sent.kind) {
    case SentCommand::Kind::status:
      self_.status = server_status_ = accepted_status_ = sent.status;
      status_.in_flight = false;
      out_.emplace_back(ns::StatusAnswered{});
      break;
    case SentCommand::Kind::nick:
      self_.nick = sent.name;
      nick_.in_flight = false;
      if (!nick_.due) nick_.wanted.reset();
      break;
    case SentCommand::Kind::open:
      privacy_.in_flight = false;
      self_.privacy.open = sent.on;
      open_ = {sent.on};
      break;
    case SentCommand::Kind::ask:
      privacy_.in_flight = false;
      self_.privacy.ask = sent.on;
      ask_ = {sent.on};
      contact_lists_.set_may_ask(sent.on);
      if (!wants_to_be_asked()) answer_all_pending();
      break;
    case SentCommand::Kind::user:
      break;
  }
  advance_settings();
}

// Whether the error means that the server already has what the command asks for.
bool ListDialogue::is_already_so(const SentCommand& sent, int number) const {
  if (sent.kind == SentCommand::Kind::open || sent.kind == SentCommand::Kind::ask)
    return number == 218;
  const auto& [list, on] = sent.step;
  if (!list) return false;
  if (!on) return number == 216 || number == 208 || number == 205;
  return number == 215 &&
         (list != List::forward || desired_for(sent.email)[List::forward].unconfirmed != 0);
}

// `number` 0: the server has not answered, so it may have carried out the command.
void ListDialogue::on_failure(const SentCommand& sent, int number, const std::string& why) {
  const auto& [list, on] = sent.step;
  const auto& email = sent.email;
  if (number != 0 && list == List::forward && !on && sent.id != contact_lists_.details(email).id) {
    desired_[email].in_flight = false;  // the contact has a new ID
    return advance(email);
  }
  const bool listed_already = number == 215 && list == List::forward;
  if (listed_already)  // with another name
    if (auto name = contact_lists_.given_name(email); !name.empty())
      desired_[email].name = std::move(name);
  if (number != 0 && is_already_so(sent, number)) return on_success(sent);
  if (sent.kind != SentCommand::Kind::user) return setting_failed(sent, number, why);
  std::string_view request;  // the client request that failed
  if (record_answer(sent)) {
    auto& desired = desired_[email];
    auto& [wanted, unconfirmed] = desired[*list];
    if (number == 0) unconfirmed = sent.trid;
    if (wanted == on) {  // otherwise the opposite is wanted by now
      wanted.reset();
      request = primary_request(desired, *list, on);
    }
  }
  if (request.empty()) {
    out_.emplace_back(Note{"a list change for " + visible(email) +
                           " failed: " + (number == 0 ? "" : std::to_string(number) + ' ') + why});
  } else {
    auto& desired = desired_[email];
    if (desired.request == request) {  // its other commands are not sent
      desired[List::allow].wanted.reset();
      desired.answer_pending = false;
    }
    if (request == "ADD" && number != 0 && !listed_already) forget_name(email);
    // ADD and DEL report success by an event, so they report failure by one, too (msncd-protocol(7)
    // 6.6).
    if (list == List::forward) complete(about(email, list));
    report_failure(about(email, list), number, why, email, request);
  }
  advance(email);
}

void ListDialogue::setting_failed(const SentCommand& sent, int number, std::string why) {
  const auto give_up = [&](auto& setting) {
    if (number == 0)
      why += "; msncd repeats the request after a reconnect";
    else
      setting.wanted.reset();
    report_failure(setting.request, number, why, {}, setting.request);
  };
  switch (sent.kind) {
    case SentCommand::Kind::status:
      status_.in_flight = false;
      if (status_.due) break;
      give_up(status_);
      if (number != 0) {  // refused: fall back to the status before the reconnect
        status_.wanted = accepted_status_;
        status_.due = !server_status_ && accepted_status_ && accepted_status_ != sent.status;
        self_.status = status_.due ? accepted_status_ : server_status_;
      }
      if (!status_.due) out_.emplace_back(ns::StatusAnswered{});
      break;
    case SentCommand::Kind::nick:
      nick_.in_flight = false;
      if (!nick_.due) give_up(nick_);
      break;
    case SentCommand::Kind::open:
    case SentCommand::Kind::ask: {
      privacy_.in_flight = false;
      const bool open = sent.kind == SentCommand::Kind::open;
      auto& mode = open ? open_ : ask_;
      mode.on_server.reset();  // a late answer to an older command may have set it
      if (number == 0) mode.unconfirmed = sent.trid;
      if (privacy_.wanted && sent.on != (open ? privacy_.wanted->open : privacy_.wanted->ask))
        break;  // another value is wanted by now
      privacy_.due = false;
      give_up(privacy_);
      break;
    }
    case SentCommand::Kind::user:
      break;
  }
  advance_settings();
}

void ListDialogue::ready(const Dialect& dialect, const ContactLists::Changes& changes,
                         SteadyTime now) {
  now_ = now;
  ready_ = true;
  dialect_ = dialect;
  each_setting([](auto& setting, auto&) { setting.due = setting.wanted.has_value(); });
  advance_settings();
  std::vector<std::string> wanted;
  for (const auto& [email, desired] : desired_) wanted.push_back(email);
  for (const auto& email : wanted) advance(email);
  for (const auto& email :
       contact_lists_.with_given_name())  // from an ADD that the server did not carry out
    if (will_be_listed(email) == false) forget_name(email);
  for (const auto& email : changes.added_you) answer_pending(email, true);
  answer_all_pending();
}

void ListDialogue::lost() {
  ready_ = false;
  sent_.clear();
  complete_all(promises_.abandon(), {});
  server_status_.reset();
  open_ = ask_ = {};
  last_listed_.clear();
  for (auto& [email, desired] : desired_) {
    desired.in_flight = desired.reverse_added = false;
    for (auto& membership : desired.memberships)
      membership.unconfirmed = 0;  // the next lists show it
  }
  std::erase_if(desired_, [](const auto& each) { return each.second.empty(); });
  each_setting([](auto& setting, auto& shown) {
    // Commands without an answer are sent again.
    setting.due = std::exchange(setting.in_flight, false) || setting.due;
    if (setting.wanted) shown = *setting.wanted;
  });
}

void ListDialogue::end() {
  const std::string why = "the session ended before the server answered";
  const auto undone = [&](const std::string& about, const std::string& email,
                          std::string_view request) {
    if (promises_.waits(about)) return;  // completed as failed below
    const auto suffix = email.empty() ? std::string() : " for " + email;
    happened(model::ErrorEvent{"TIMEOUT", why + suffix, email, {}, std::string(request)});
  };
  for (const auto& [email, desired] : desired_) {
    if (desired[List::forward].wanted == true) forget_name(email);
    for (const auto list : our_lists) {
      if (!desired[list].wanted) continue;
      const auto request = primary_request(desired, list, *desired[list].wanted);
      if (!request.empty()) undone(about(email, list), email, request);
    }
  }
  each_setting([&](const auto& setting, const auto&) {
    const bool changes = setting.due || setting.in_flight;
    if (changes && setting.request != status_.request)
      undone(std::string(setting.request), {}, setting.request);
  });
  complete_all(promises_.abandon(),
               fail(ErrorCode::not_logged_in, "the session ended before the server answered"));
  lost();
  desired_.clear();
  each_setting([](auto& setting, auto&) { setting = {setting.request}; });
  accepted_status_.reset();
}

std::optional<SteadyTime> ListDialogue::deadline() const {
  return earliest({promises_.deadline(), sent_.deadline()});
}

void ListDialogue::on_time(SteadyTime now) {
  now_ = now;
  complete_all(promises_.expire(now), {});
  while (const auto late = sent_.expire(now)) on_failure(*late, 0, "the server did not answer");
}

}  // namespace msn::network::msnp
