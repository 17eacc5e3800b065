// SPDX-License-Identifier: MIT
// Commands of the server about lists and settings.
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/list_dialogue.hpp"

#include <utility>
#include <vector>

namespace msn::network::msnp {

bool ListDialogue::received(const Command& line, SteadyTime now) {
  now_ = now;
  const auto verb = line.verb();
  if (const auto number = error_number(verb)) {
    const auto sent = sent_.take(line);
    if (sent) on_failure(*sent, *number, std::string(error_text(*number)));
    return sent.has_value();
  }
  if (verb == "LST")
    on_entry(line);
  else if (verb == "BPR" || verb == "PRP")
    on_property(line);
  else if (verb == "ADC" || verb == "ADD")
    on_add(line);
  else if (verb == "REM")
    on_remove(line);
  else if (verb == "BLP" || verb == "GTC")
    on_mode(line);
  else if (const auto sent = sent_.take(line))  // CHG, REA, SBP
    on_success(*sent);
  return true;
}

void ListDialogue::on_entry(const Command& line) {
  if (!ready_ && !contact_lists_.syncing()) return;
  last_listed_.clear();
  const auto entry = read_list_entry(line);
  if (!entry) return;
  const auto changes = contact_lists_.put(*entry);
  last_listed_ = entry->email;
  if (contact_lists_.syncing()) return;
  out_.emplace_back(ns::ListsChanged{changes});
  if (!changes.added_you.empty()) answer_pending(entry->email, true);
}

void ListDialogue::on_mode(const Command& line) {
  // "GTC A" in the lists, "GTC 10 N" or "GTC 12 3 A" as an answer.
  const auto value = line.last();
  const bool blp = line.verb() == "BLP";
  auto& mode = blp ? open_ : ask_;
  const bool readable = blp ? value == "AL" || value == "BL" : value == "A" || value == "N";
  if (readable) {
    const bool on = value == "AL" || value == "A";
    (blp ? self_.privacy.open : self_.privacy.ask) = on;
    if (!blp) contact_lists_.set_may_ask(on);
    // A late answer proves nothing if a newer command is unconfirmed, too.
    if (parse_number(line.word(1)).value_or(0) >= mode.unconfirmed) mode = {on};
  }
  if (const auto sent = sent_.take(line)) on_success(*sent);
}

void ListDialogue::on_property(const Command& line) {
  if (const auto sent = sent_.take(line)) return on_success(*sent);
  auto property = read_property(line);
  if (!property) return;
  if (line.verb() == "BPR")
    contact_lists_.set_phone(property->email.empty() ? last_listed_ : property->email,
                             property->kind, std::move(property->value));
  else if (property->kind == "MFN")
    self_.nick = property->value == self_.email ? std::string() : std::move(property->value);
}

void ListDialogue::on_add(const Command& line) {
  const auto change = read_list_change(line);
  if (const auto sent = sent_.take(line)) {
    const auto& email = sent->email;
    if (change && sent->step.list == List::forward) {
      record_membership(List::forward, email, true);
      contact_lists_.set_id(email, change->id);  // the next command may need it
      if (!change->name.empty() && change->name != sent->name)
        contact_lists_.set_name(email, change->name);
    }
    return on_success(*sent);
  }
  if (!change || change->email.empty()) return;
  const auto& email = change->email;
  if (change->list == List::reverse || change->list == List::pending) {
    if (line.word(1) != "0") return;  // a late answer, not a new request
    const bool news = contact_lists_.set(List::reverse, email, true);
    if (dialect_.has_pending()) contact_lists_.set(List::pending, email, true);
    if (!change->name.empty()) contact_lists_.set_name(email, change->name);
    if (news) {
      set_denied(email, false);  // only an earlier request was denied
      happened(model::AddedYou{email});
    }
    answer_pending(email, true);
    return;
  }
  // Either another client of this account changed a list, or this is a late answer.
  on_late_answer(change->list, email, line.word(1));
  record_membership(change->list, email, true);
  if (change->list == List::forward) contact_lists_.set_id(email, change->id);
}

void ListDialogue::on_remove(const Command& line) {
  const auto change = read_list_change(line);
  if (const auto sent = sent_.take(line)) return on_success(*sent);
  if (!change || change->in_group) return;
  const auto email = change->email.empty() ? contact_lists_.email_of(change->id) : change->email;
  on_late_answer(change->list, email, line.word(1));
  if (record_membership(change->list, email, false) && change->list == List::reverse)
    happened(model::RemovedYou{email});
}

// Confirms a membership by a late answer, unless a newer command about it is unconfirmed, too.
void ListDialogue::on_late_answer(List list, const std::string& email, std::string_view trid) {
  const auto found = desired_.find(email);
  if (found == desired_.end() || list == List::reverse || list == List::pending) return;
  auto& desired = found->second;
  if (parse_number(trid).value_or(0) < desired[list].unconfirmed) return;
  desired[list].unconfirmed = 0;
  if (!desired.in_flight && desired.empty()) desired_.erase(found);
}

// The setting that the user wants, even if the server does not have it yet.
bool ListDialogue::wants_to_be_asked() const {
  return privacy_.wanted ? privacy_.wanted->ask : self_.privacy.ask;
}

void ListDialogue::answer_all_pending() {
  std::vector<std::string> waiting;
  for (const auto& [email, contact] : contact_lists_.roster())
    if (contact_lists_.details(email).pending) waiting.push_back(email);
  for (const auto& email : waiting) answer_pending(email, false);
}

// Answers a pending request if this account has answered this user before, or if no consent is
// needed (GTC N). `news`: the server has just reported that the user added this account. Without a
// pending list only that shows a request, because a removed user looks the same in the lists.
void ListDialogue::answer_pending(const std::string& email, bool news) {
  const auto* contact = contact_lists_.find(email);
  const bool pending = contact_lists_.details(email).pending;
  if (!contact || !(pending || (news && contact_lists_.is_unanswered(email)))) return;
  const auto& lists = contact->lists;
  const bool denied = contact_lists_.is_denied(email);
  const bool answered = pending && (lists.allow || lists.block || lists.forward || denied);
  if (!answered && wants_to_be_asked()) return;
  auto& desired = desired_[email];
  if (!std::exchange(desired.answer_pending, true)) desired.reverse_added = false;
  if (!desired[List::allow].wanted && !denied) {
    desired[List::allow].wanted = true;
    desired.request = {};
  }
  advance(email);
}

}  // namespace msn::network::msnp
