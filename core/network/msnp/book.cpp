// SPDX-License-Identifier: MIT
#include "core/network/msnp/book.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/limits.hpp"

#include <utility>

namespace msn::network::msnp {
namespace {

bool& flag(model::Lists& lists, List list) {
  switch (list) {
    case List::forward:
      return lists.forward;
    case List::allow:
      return lists.allow;
    case List::block:
      return lists.block;
    case List::reverse:
    case List::pending:  // who waits for our answer has us on their list
      break;
  }
  return lists.reverse;
}

// How servers without a pending list show that we are asked; with one it looks the same.
bool unanswered(const model::Lists& lists) {
  return lists.reverse && !lists.allow && !lists.block;
}

}  // namespace

std::string write_known(const Known& known) {
  std::string out;
  for (const auto& email : known.reverse) out.append("reverse ").append(email).append("\n");
  for (const auto& [email, name] : known.names)
    out.append("name ").append(email).append(" ").append(encode_word(name)).append("\n");
  for (const auto& email : known.denied) out.append("denied ").append(email).append("\n");
  return out;
}

Known read_known(std::string_view text) {
  Known known;
  for (const auto line : split(text, '\n')) {
    const Command words(line);
    auto email = model::parse_email(words.word(1));
    const auto lines = known.reverse.size() + known.names.size() + known.denied.size();
    if (!email || lines > 3 * limits::list_entries) continue;
    if (words.verb() == "reverse")
      known.reverse.insert(std::move(*email));
    else if (words.verb() == "denied")
      known.denied.insert(std::move(*email));
    else if (words.verb() == "name" && words.size() == 3) {
      auto name = decode_name(words.word(2));
      if (!name.empty()) known.names[std::move(*email)] = std::move(name);
    }
  }
  return known;
}

const model::Contact* Book::find(std::string_view email) const {
  const auto found = present_.roster.find(email);
  return found == present_.roster.end() ? nullptr : &found->second;
}

model::Lists Book::lists(std::string_view email) const {
  const auto* contact = find(email);
  return contact ? contact->lists : model::Lists{};
}

const Book::Card& Book::card(std::string_view email) const {
  static const Card none;
  const auto found = present_.cards.find(email);
  return found == present_.cards.end() ? none : found->second;
}

bool Book::is_unanswered(std::string_view email) const {
  const auto* contact = find(email);
  return contact && unanswered(contact->lists);
}

std::vector<std::string> Book::named() const {
  std::vector<std::string> found;
  for (const auto& [email, name] : given_names_) found.push_back(email);
  return found;
}

std::string Book::given_name(std::string_view email) const {
  const auto found = given_names_.find(email);
  return found == given_names_.end() ? std::string() : found->second;
}

std::string Book::email_of(std::string_view id) const {
  if (!id.empty())
    for (const auto& [email, card] : present_.cards)
      if (card.id == id) return email;
  return {};
}

void Book::clear(std::optional<Known> known) {
  present_ = {};
  abandon_sync();
  may_ask_ = true;
  no_history_ = !known;
  if (!known) known.emplace();
  known_reverse_unseen_ = std::move(known->reverse);
  given_names_ = std::move(known->names);
  denied_ = std::move(known->denied);
}

Known Book::known() const {
  Known known{known_reverse_unseen_, given_names_, {}};
  for (const auto& [email, contact] : present_.roster) {
    if (contact.lists.reverse) known.reverse.insert(email);
    if (contact.lists.reverse && is_denied(email)) known.denied.insert(email);
  }
  return known;
}

void Book::begin_sync() {
  abandon_sync();
  syncing_ = true;
}

void Book::abandon_sync() {
  fresh_ = {};
  syncing_ = false;
}

// That they have us on their list: told in an earlier session, or long ago by the look of it.
bool Book::is_old_news(const model::Contact& contact, const Card& card) const {
  return known_reverse_unseen_.contains(contact.email) ||
         (no_history_ && !card.pending && !unanswered(contact.lists));
}

void Book::judge(model::Contact& contact) const {
  contact.asks =
      may_ask_ && unanswered(contact.lists) && !contact.lists.forward && !is_denied(contact.email);
}

void Book::give_known_name(model::Contact& contact) const {
  const auto given = given_names_.find(contact.email);
  if (given != given_names_.end()) contact.nick = given->second;
}

Book::Changes Book::put(const ListEntry& entry) {
  Changes changes;
  auto& people = syncing_ ? fresh_ : present_;
  // "Pending" comes in the place of "reverse", or beside it.
  const model::Lists lists{entry.forward, entry.allow, entry.block, entry.reverse || entry.pending};
  if (!lists.any()) return changes;
  if (people.roster.size() >= limits::list_entries && !people.roster.contains(entry.email))
    return changes;
  // Servers send lists in any order; appending at the end is the cheap case.
  auto& contact = people.roster.try_emplace(people.roster.end(), entry.email)->second;
  auto& card = people.cards.try_emplace(people.cards.end(), entry.email)->second;
  contact.email = entry.email;
  if (entry.name != entry.email) contact.real_nick = entry.name;
  give_known_name(contact);
  if (!entry.id.empty()) card.id = entry.id;
  card.pending = entry.pending;
  const auto before = std::exchange(contact.lists, lists);
  judge(contact);
  if (syncing_) return changes;
  if (lists.forward && !before.forward) changes.added.push_back(entry.email);
  if (!lists.forward && before.forward) changes.removed.push_back(entry.email);
  if (!lists.forward) contact.status = model::Status::offline;
  if (lists.reverse && !before.reverse && !is_old_news(contact, card))
    changes.added_you.push_back(entry.email);
  if (!lists.reverse && before.reverse) changes.removed_you.push_back(entry.email);
  if (lists.reverse) known_reverse_unseen_.erase(entry.email);
  return changes;
}

Book::Changes Book::end_sync(bool first) {
  Changes changes;
  if (!std::exchange(syncing_, false)) return changes;
  const auto lists_of = [](const model::Roster& roster, std::string_view email) {
    const auto found = roster.find(email);
    return found == roster.end() ? model::Lists{} : found->second.lists;
  };
  for (auto& [email, contact] : fresh_.roster) {
    const auto before = lists_of(present_.roster, email);
    // Some servers' lists do not tell the name that people give themselves.
    if (const auto* old = find(email); !first && old && contact.real_nick.empty())
      contact.real_nick = old->real_nick;
    if (!first && contact.lists.forward && !before.forward) changes.added.push_back(email);
    if (contact.lists.reverse && !before.reverse && !is_old_news(contact, fresh_.cards[email]))
      changes.added_you.push_back(email);
  }
  for (const auto& [email, contact] : present_.roster) {
    const auto after = lists_of(fresh_.roster, email);
    if (contact.lists.forward && !after.forward) changes.removed.push_back(email);
    if (contact.lists.reverse && !after.reverse) changes.removed_you.push_back(email);
  }
  for (const auto& email : std::exchange(known_reverse_unseen_, {}))
    if (!lists_of(fresh_.roster, email).reverse) changes.removed_you.push_back(email);
  no_history_ = false;
  present_ = std::exchange(fresh_, {});
  return changes;
}

bool Book::set(List list, std::string_view email, bool on) {
  auto found = present_.roster.find(email);
  const bool listed = found != present_.roster.end();
  if (list == List::reverse) {
    const auto unseen = known_reverse_unseen_.find(email);
    const bool was = unseen != known_reverse_unseen_.end();
    if (was) known_reverse_unseen_.erase(unseen);
    if (was && !on && !listed) return true;
  }
  if (!listed && (!on || present_.roster.size() >= limits::list_entries)) return false;
  if (!listed) {
    found = present_.roster.try_emplace(std::string(email)).first;
    found->second.email = email;
    give_known_name(found->second);
  }
  auto& contact = found->second;
  auto& card = present_.cards[std::string(email)];
  if (list == List::pending) card.pending = on;
  // Off the pending list is not off the reverse list: they still have us on theirs.
  if (list == List::pending && !on) return false;
  const bool changed = std::exchange(flag(contact.lists, list), on) != on;
  if (list == List::reverse && !on) card.pending = false;
  if (list == List::forward && !on) {
    contact.status = model::Status::offline;
    card.id.clear();
  }
  judge(contact);
  if (!contact.lists.any()) {
    present_.cards.erase(found->first);
    present_.roster.erase(found);
  }
  return changed;
}

void Book::deny(std::string_view email, bool denied) {
  if (denied)
    denied_.emplace(email);
  else if (const auto found = denied_.find(email); found != denied_.end())
    denied_.erase(found);
  if (const auto found = present_.roster.find(email); found != present_.roster.end())
    judge(found->second);
}

void Book::let_ask(bool may_ask) {
  if (std::exchange(may_ask_, may_ask) == may_ask) return;
  for (auto* people : {&present_, &fresh_})
    for (auto& [email, contact] : people->roster) judge(contact);
}

void Book::set_id(std::string_view email, std::string_view id) {
  if (find(email) && !id.empty()) present_.cards[std::string(email)].id = id;
}

void Book::set_name(std::string_view email, std::string name) {
  const auto found = present_.roster.find(email);
  if (found == present_.roster.end()) return;
  if (name == email) name.clear();
  found->second.real_nick = std::move(name);
}

void Book::set_given_name(std::string_view email, std::string nick) {
  if (nick == email) nick.clear();
  if (nick.empty())
    given_names_.erase(std::string(email));
  else
    given_names_[std::string(email)] = nick;
  if (const auto found = present_.roster.find(email); found != present_.roster.end())
    found->second.nick = std::move(nick);
}

bool Book::set_phone(std::string_view email, std::string_view kind, std::string value) {
  auto& people = syncing_ ? fresh_ : present_;
  const auto found = people.roster.find(email);
  if (found == people.roster.end()) return false;
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
  const auto found = present_.roster.find(email);
  if (found == present_.roster.end()) return false;
  return std::exchange(found->second.status, status) != status;
}

void Book::set_caps(std::string_view email, std::uint64_t caps) {
  if (find(email)) present_.cards[std::string(email)].caps = caps;
}

void Book::everybody_offline() {
  for (auto& [email, contact] : present_.roster) contact.status = model::Status::offline;
}

}  // namespace msn::network::msnp
