// SPDX-License-Identifier: MIT
#include "core/network/msnp/book.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/limits.hpp"

#include <iterator>
#include <utility>

namespace msn::network::msnp {
namespace {

bool& flag(model::Contact& contact, List list) {
  switch (list) {
    case List::forward:
      return contact.lists.forward;
    case List::allow:
      return contact.lists.allow;
    case List::block:
      return contact.lists.block;
    case List::reverse:
    case List::pending:
      break;
  }
  return contact.lists.reverse;
}

// RL with neither AL nor BL is how servers without a pending list show the same thing.
bool unanswered(const model::Contact& contact, const Book::Card& card) {
  return card.pending || (contact.lists.reverse && !contact.lists.allow && !contact.lists.block);
}

}  // namespace

std::string write_known(const Known& known) {
  std::string out;
  for (const auto& email : known.reverse) out.append("reverse ").append(email).append("\n");
  for (const auto& [email, name] : known.names)
    out.append("name ").append(email).append(" ").append(encode_word(name)).append("\n");
  return out;
}

Known read_known(std::string_view text) {
  Known known;
  for (const auto line : split(text, '\n')) {
    const Command words(line);
    auto email = model::parse_email(words.word(1));
    if (!email || known.reverse.size() + known.names.size() > 2 * limits::list_entries) continue;
    if (words.verb() == "reverse") known.reverse.insert(std::move(*email));
    if (words.verb() == "name" && words.size() == 3) {
      auto name = decode_name(words.word(2));
      if (!name.empty()) known.names[std::move(*email)] = std::move(name);
    }
  }
  return known;
}

const model::Contact* Book::find(std::string_view email) const {
  const auto found = roster_.find(email);
  return found == roster_.end() ? nullptr : &found->second;
}

const Book::Card& Book::card(std::string_view email) const {
  static const Card none;
  const auto found = cards_.find(email);
  return found == cards_.end() ? none : found->second;
}

bool Book::waits_for_answer(std::string_view email) const {
  const auto* contact = find(email);
  return contact != nullptr && unanswered(*contact, card(email));
}

std::string Book::email_of(std::string_view id) const {
  if (!id.empty())
    for (const auto& [email, card] : cards_)
      if (card.id == id) return email;
  return {};
}

void Book::clear(std::optional<Known> known) {
  roster_.clear();
  cards_.clear();
  abandon_sync();
  known_ = std::move(known);
  unlisted_.clear();
  if (known_) unlisted_ = std::move(known_->reverse);
  guessing_ = !known_;
}

Known Book::known() const {
  Known known;
  if (known_) known.names = known_->names;
  known.reverse = unlisted_;
  for (const auto& [email, contact] : roster_)
    if (contact.lists.reverse) known.reverse.insert(email);
  return known;
}

void Book::begin_sync() {
  abandon_sync();
  syncing_ = true;
}

void Book::abandon_sync() {
  fresh_.clear();
  fresh_cards_.clear();
  syncing_ = false;
}

// That they have us on their list: told in an earlier session, or long ago by the look of it.
bool Book::is_old_news(const model::Contact& contact, const Card& card) const {
  return unlisted_.contains(contact.email) || (guessing_ && !unanswered(contact, card));
}

Book::Changes Book::put(const ListEntry& entry) {
  Changes changes;
  auto& people = syncing_ ? fresh_ : roster_;
  auto& cards = syncing_ ? fresh_cards_ : cards_;
  const model::Lists lists{entry.forward, entry.allow, entry.block, entry.reverse || entry.pending};
  if (!lists.any()) return changes;
  if (people.size() >= limits::list_entries && !people.contains(entry.email)) return changes;
  // Servers send lists in any order; appending at the end is the cheap case.
  auto& contact = people.try_emplace(people.end(), entry.email)->second;
  auto& card = cards.try_emplace(cards.end(), entry.email)->second;
  contact.email = entry.email;
  if (entry.name != entry.email) contact.real_nick = entry.name;
  if (known_) {
    const auto given = known_->names.find(entry.email);
    if (given != known_->names.end()) contact.nick = given->second;
  }
  if (!entry.id.empty()) card.id = entry.id;
  card.pending = entry.pending;
  const auto before = std::exchange(contact.lists, lists);
  if (syncing_) return changes;
  if (lists.forward && !before.forward) changes.added.push_back(entry.email);
  if (!lists.forward && before.forward) changes.removed.push_back(entry.email);
  if (!lists.forward) contact.status = model::Status::offline;
  if (lists.reverse && !before.reverse && !is_old_news(contact, card))
    changes.added_you.push_back(entry.email);
  if (!lists.reverse && before.reverse) changes.removed_you.push_back(entry.email);
  if (lists.reverse) unlisted_.erase(entry.email);
  return changes;
}

Book::Changes Book::end_sync(bool first, bool complete) {
  Changes changes;
  if (!std::exchange(syncing_, false)) return changes;
  for (auto& [email, contact] : fresh_) {
    const auto* before = find(email);
    // Some servers' lists do not tell the name that people give themselves.
    if (!first && before && contact.real_nick.empty()) contact.real_nick = before->real_nick;
    if (!first && contact.lists.forward && !(before && before->lists.forward))
      changes.added.push_back(email);
    if (contact.lists.reverse && !(before && before->lists.reverse) &&
        !is_old_news(contact, fresh_cards_[email]))
      changes.added_you.push_back(email);
  }
  if (!complete) {
    for (const auto& [email, contact] : roster_) {
      if (fresh_.size() >= limits::list_entries || !fresh_.emplace(email, contact).second) continue;
      fresh_cards_[email] = cards_[email];
    }
  }
  const auto has_us = [&](std::string_view email) {
    const auto found = fresh_.find(email);
    return found != fresh_.end() && found->second.lists.reverse;
  };
  for (const auto& [email, contact] : roster_) {
    const auto found = fresh_.find(email);
    if (contact.lists.forward && !(found != fresh_.end() && found->second.lists.forward))
      changes.removed.push_back(email);
    if (contact.lists.reverse && !has_us(email)) changes.removed_you.push_back(email);
  }
  for (auto email = unlisted_.begin(); email != unlisted_.end();) {
    if (complete && !has_us(*email)) changes.removed_you.push_back(*email);
    email = complete || has_us(*email) ? unlisted_.erase(email) : std::next(email);
  }
  if (complete) guessing_ = false;
  roster_ = std::exchange(fresh_, {});
  cards_ = std::exchange(fresh_cards_, {});
  return changes;
}

model::Contact& Book::contact(std::string_view email) {
  auto& contact = roster_[std::string(email)];
  if (contact.email.empty()) {
    contact.email = email;
    if (known_) {
      const auto given = known_->names.find(email);
      if (given != known_->names.end()) contact.nick = given->second;
    }
  }
  return contact;
}

void Book::forget_if_unlisted(std::string_view email) {
  const auto found = roster_.find(email);
  if (found == roster_.end() || found->second.lists.any()) return;
  roster_.erase(found);
  cards_.erase(std::string(email));
}

bool Book::set(List list, std::string_view email, bool on) {
  if (on && !find(email) && roster_.size() >= limits::list_entries) return false;
  if (list == List::reverse) {
    const auto unlisted = unlisted_.find(email);
    const bool was = unlisted != unlisted_.end();
    if (was) unlisted_.erase(unlisted);
    if (was && !on && !find(email)) return true;
  }
  if (!on && !find(email)) return false;
  auto& person = contact(email);
  if (list == List::pending) {
    // Off the pending list is not off the reverse list: they still have us on theirs.
    cards_[std::string(email)].pending = on;
    if (!on) return false;
  }
  const bool changed = std::exchange(flag(person, list), on) != on;
  if (list == List::reverse && !on) cards_[std::string(email)].pending = false;
  if (list == List::forward && !on) {
    person.status = model::Status::offline;
    cards_[std::string(email)].id.clear();
  }
  forget_if_unlisted(email);
  return changed;
}

void Book::set_id(std::string_view email, std::string_view id) {
  if (find(email) && !id.empty()) cards_[std::string(email)].id = id;
}

void Book::set_name(std::string_view email, std::string name) {
  const auto found = roster_.find(email);
  if (found == roster_.end()) return;
  if (name == email) name.clear();
  found->second.real_nick = std::move(name);
}

void Book::set_given_name(std::string_view email, std::string nick) {
  if (!known_) known_.emplace();
  if (nick == email) nick.clear();
  if (nick.empty())
    known_->names.erase(std::string(email));
  else
    known_->names[std::string(email)] = nick;
  if (const auto found = roster_.find(email); found != roster_.end())
    found->second.nick = std::move(nick);
}

bool Book::set_phone(std::string_view email, std::string_view kind, std::string value) {
  auto& people = syncing_ ? fresh_ : roster_;
  const auto found = people.find(email);
  if (found == people.end()) return false;
  auto& contact = found->second;
  value.resize(cut_text(value, limits::phone).size());
  if (kind == "PHH")
    contact.home_phone = std::move(value);
  else if (kind == "PHW")
    contact.work_phone = std::move(value);
  else if (kind == "PHM")
    contact.mobile_phone = std::move(value);
  else
    return false;
  return true;
}

bool Book::set_status(std::string_view email, model::Status status) {
  const auto found = roster_.find(email);
  if (found == roster_.end()) return false;
  return std::exchange(found->second.status, status) != status;
}

void Book::set_caps(std::string_view email, std::uint64_t caps) {
  if (find(email)) cards_[std::string(email)].caps = caps;
}

void Book::everybody_offline() {
  for (auto& [email, contact] : roster_) contact.status = model::Status::offline;
}

}  // namespace msn::network::msnp
