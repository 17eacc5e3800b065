// SPDX-License-Identifier: MIT
// What the server says of our lists and settings.
#include "core/base/text.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/lists.hpp"

#include <utility>
#include <vector>

namespace msn::network::msnp {

bool ListDialogue::received(const Command& line, SteadyTime now) {
  now_ = now;
  const auto verb = line.verb();
  if (const auto number = error_number(verb)) {
    const auto flight = flights_.take(line);
    if (flight) failed(*flight, *number, std::string(error_text(*number)));
    return flight.has_value();
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
  else if (const auto flight = flights_.take(line))  // CHG, REA, SBP
    done(*flight);
  return true;
}

void ListDialogue::on_entry(const Command& line) {
  if (!ready_ && !book_.syncing()) return;
  last_listed_.clear();
  const auto entry = read_list_entry(line);
  if (!entry) return;
  const auto changes = book_.put(*entry);
  last_listed_ = entry->email;
  if (book_.syncing()) return;
  out_.emplace_back(notice::ListsChanged{changes});
  if (!changes.added_you.empty()) answer_waiting(entry->email, true);
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
    if (!blp) book_.let_ask(on);
    // A late answer is no proof where a newer command is not answered either.
    if (parse_number(line.word(1)).value_or(0) >= mode.doubt) mode = {on};
  }
  if (const auto flight = flights_.take(line)) done(*flight);
}

void ListDialogue::on_property(const Command& line) {
  if (const auto flight = flights_.take(line)) return done(*flight);
  auto property = read_property(line);
  if (!property) return;
  if (line.verb() == "BPR")
    book_.set_phone(property->email.empty() ? last_listed_ : property->email, property->kind,
                    std::move(property->value));
  else if (property->kind == "MFN")
    self_.nick = property->value == self_.email ? std::string() : std::move(property->value);
}

void ListDialogue::on_add(const Command& line) {
  const auto change = read_list_change(line);
  if (const auto flight = flights_.take(line)) {
    const auto& email = flight->email;
    if (change && flight->step.list == List::forward) {
      put(List::forward, email, true);
      book_.set_id(email, change->id);  // the next command may need it
      if (!change->name.empty() && change->name != flight->name)
        book_.set_name(email, change->name);
    }
    return done(*flight);
  }
  if (!change || change->email.empty()) return;
  const auto& email = change->email;
  if (change->list == List::reverse || change->list == List::pending) {
    if (line.word(1) != "0") return;  // a late answer to ours, no news
    const bool news = book_.set(List::reverse, email, true);
    if (dialect_.has_pending()) book_.set(List::pending, email, true);
    if (!change->name.empty()) book_.set_name(email, change->name);
    if (news) {
      deny_by_us(email, false);  // of an earlier request
      happened(model::AddedYou{email});
    }
    answer_waiting(email, true);
    return;
  }
  // From another place where we are logged in, or a late answer.
  no_doubt(change->list, email, line.word(1));
  put(change->list, email, true);
  if (change->list == List::forward) book_.set_id(email, change->id);
}

void ListDialogue::on_remove(const Command& line) {
  const auto change = read_list_change(line);
  if (const auto flight = flights_.take(line)) return done(*flight);
  if (!change || change->in_group) return;
  const auto email = change->email.empty() ? book_.email_of(change->id) : change->email;
  no_doubt(change->list, email, line.word(1));
  if (put(change->list, email, false) && change->list == List::reverse)
    happened(model::RemovedYou{email});
}

// A late answer, which says what the server has, unless a newer command is not answered either.
void ListDialogue::no_doubt(List list, const std::string& email, std::string_view trid) {
  const auto found = wishes_.find(email);
  if (found == wishes_.end() || list == List::reverse || list == List::pending) return;
  auto& wish = found->second;
  if (parse_number(trid).value_or(0) < wish[list].doubt) return;
  wish[list].doubt = 0;
  if (!wish.busy && wish.empty()) wishes_.erase(found);
}

// Also if the server does not know yet.
bool ListDialogue::wants_to_be_asked() const {
  return privacy_.wanted ? privacy_.wanted->ask : self_.privacy.ask;
}

void ListDialogue::accept_waiting() {
  std::vector<std::string> waiting;
  for (const auto& [email, contact] : book_.roster())
    if (book_.card(email).pending) waiting.push_back(email);
  for (const auto& email : waiting) answer_waiting(email, false);
}

// Tells the server the answer that we have given already, or always give. Without a pending list
// only news tell that we are asked: whom we have removed looks the same.
void ListDialogue::answer_waiting(const std::string& email, bool news) {
  const auto* contact = book_.find(email);
  const bool pending = book_.card(email).pending;
  if (!contact || !(pending || (news && book_.is_unanswered(email)))) return;
  const auto& lists = contact->lists;
  const bool denied = book_.is_denied(email);
  const bool answered = pending && (lists.allow || lists.block || lists.forward || denied);
  if (!answered && wants_to_be_asked()) return;
  auto& wish = wishes_[email];
  if (!std::exchange(wish.answer, true)) wish.answered = false;
  if (!wish[List::allow].wanted && !denied) {
    wish[List::allow].wanted = true;
    wish.consent = {};
  }
  advance(email);
}

}  // namespace msn::network::msnp
