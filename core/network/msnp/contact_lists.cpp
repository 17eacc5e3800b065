// SPDX-License-Identifier: MIT
#include "core/network/msnp/contact_lists.hpp"

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
    case List::pending:  // users on the pending list are on the reverse list, too
      break;
  }
  return lists.reverse;
}

// Whether the user looks as if they wait for an answer. Without a pending list, this is the only
// sign of a request.
bool unanswered(const model::Lists& lists) {
  return lists.reverse && !lists.allow && !lists.block;
}

}  // namespace

std::string write_saved_lists(const SavedLists& saved) {
  std::string out;
  for (const auto& email : saved.reverse) out.append("reverse ").append(email).append("\n");
  for (const auto& [email, name] : saved.names)
    out.append("name ").append(email).append(" ").append(encode_word(name)).append("\n");
  for (const auto& email : saved.denied) out.append("denied ").append(email).append("\n");
  return out;
}

SavedLists read_saved_lists(std::string_view text) {
  SavedLists saved;
  for (const auto line : split(text, '\n')) {
    const Command words(line);
    auto email = model::parse_email(words.word(1));
    const auto lines = saved.reverse.size() + saved.names.size() + saved.denied.size();
    if (!email || lines > 3 * limits::list_entries) continue;
    if (words.verb() == "reverse")
      saved.reverse.insert(std::move(*email));
    else if (words.verb() == "denied")
      saved.denied.insert(std::move(*email));
    else if (words.verb() == "name" && words.size() == 3) {
      auto name = decode_name(words.word(2));
      if (!name.empty()) saved.names[std::move(*email)] = std::move(name);
    }
  }
  return saved;
}

const model::Contact* ContactLists::find(std::string_view email) const {
  const auto found = current_.roster.find(email);
  return found == current_.roster.end() ? nullptr : &found->second;
}

model::Lists ContactLists::lists(std::string_view email) const {
  const auto* contact = find(email);
  return contact ? contact->lists : model::Lists{};
}

const ContactLists::Details& ContactLists::details(std::string_view email) const {
  static const Details none;
  const auto found = current_.details.find(email);
  return found == current_.details.end() ? none : found->second;
}

bool ContactLists::is_unanswered(std::string_view email) const {
  const auto* contact = find(email);
  return contact && unanswered(contact->lists);
}

std::vector<std::string> ContactLists::with_given_name() const {
  std::vector<std::string> found;
  for (const auto& [email, name] : given_names_) found.push_back(email);
  return found;
}

std::string ContactLists::given_name(std::string_view email) const {
  const auto found = given_names_.find(email);
  return found == given_names_.end() ? std::string() : found->second;
}

std::string ContactLists::email_of(std::string_view id) const {
  if (!id.empty())
    for (const auto& [email, details] : current_.details)
      if (details.id == id) return email;
  return {};
}

void ContactLists::clear(std::optional<SavedLists> saved) {
  current_ = {};
  abandon_sync();
  may_ask_ = true;
  nothing_saved_ = !saved;
  if (!saved) saved.emplace();
  saved_reverse_unseen_ = std::move(saved->reverse);
  given_names_ = std::move(saved->names);
  denied_ = std::move(saved->denied);
}

SavedLists ContactLists::saved() const {
  SavedLists saved{saved_reverse_unseen_, given_names_, {}};
  for (const auto& [email, contact] : current_.roster) {
    if (contact.lists.reverse) saved.reverse.insert(email);
    if (contact.lists.reverse && is_denied(email)) saved.denied.insert(email);
  }
  return saved;
}

void ContactLists::begin_sync() {
  abandon_sync();
  syncing_ = true;
}

void ContactLists::abandon_sync() {
  incoming_ = {};
  syncing_ = false;
}

// Whether an earlier session has reported that this user is on the reverse list. Without a saved
// list, this is assumed of all users who do not wait for an answer.
bool ContactLists::already_reported(const model::Contact& contact, const Details& details) const {
  return saved_reverse_unseen_.contains(contact.email) ||
         (nothing_saved_ && !details.pending && !unanswered(contact.lists));
}

void ContactLists::update_asks(model::Contact& contact) const {
  contact.asks =
      may_ask_ && unanswered(contact.lists) && !contact.lists.forward && !is_denied(contact.email);
}

void ContactLists::use_given_name(model::Contact& contact) const {
  const auto given = given_names_.find(contact.email);
  if (given != given_names_.end()) contact.nick = given->second;
}

ContactLists::Changes ContactLists::put(const ListEntry& entry) {
  Changes changes;
  auto& users = syncing_ ? incoming_ : current_;
  // Servers set the pending bit with or without the reverse bit.
  const model::Lists lists{entry.forward, entry.allow, entry.block, entry.reverse || entry.pending};
  if (!lists.any()) return changes;
  if (users.roster.size() >= limits::list_entries && !users.roster.contains(entry.email))
    return changes;
  // The hint makes sorted lists cheap; unsorted ones work, too.
  auto& contact = users.roster.try_emplace(users.roster.end(), entry.email)->second;
  auto& details = users.details.try_emplace(users.details.end(), entry.email)->second;
  contact.email = entry.email;
  if (entry.name != entry.email) contact.real_nick = entry.name;
  use_given_name(contact);
  if (!entry.id.empty()) details.id = entry.id;
  details.pending = entry.pending;
  const auto before = std::exchange(contact.lists, lists);
  update_asks(contact);
  if (syncing_) return changes;
  if (lists.forward && !before.forward) changes.added.push_back(entry.email);
  if (!lists.forward && before.forward) changes.removed.push_back(entry.email);
  if (!lists.forward) contact.status = model::Status::offline;
  if (lists.reverse && !before.reverse && !already_reported(contact, details))
    changes.added_you.push_back(entry.email);
  if (!lists.reverse && before.reverse) changes.removed_you.push_back(entry.email);
  if (lists.reverse) saved_reverse_unseen_.erase(entry.email);
  return changes;
}

ContactLists::Changes ContactLists::end_sync(bool first) {
  Changes changes;
  if (!std::exchange(syncing_, false)) return changes;
  const auto lists_of = [](const model::Roster& roster, std::string_view email) {
    const auto found = roster.find(email);
    return found == roster.end() ? model::Lists{} : found->second.lists;
  };
  for (auto& [email, contact] : incoming_.roster) {
    const auto before = lists_of(current_.roster, email);
    // Some servers do not send users' own names in LST.
    if (const auto* old = find(email); !first && old && contact.real_nick.empty())
      contact.real_nick = old->real_nick;
    if (!first && contact.lists.forward && !before.forward) changes.added.push_back(email);
    if (contact.lists.reverse && !before.reverse &&
        !already_reported(contact, incoming_.details[email]))
      changes.added_you.push_back(email);
  }
  for (const auto& [email, contact] : current_.roster) {
    const auto after = lists_of(incoming_.roster, email);
    if (contact.lists.forward && !after.forward) changes.removed.push_back(email);
    if (contact.lists.reverse && !after.reverse) changes.removed_you.push_back(email);
  }
  for (const auto& email : std::exchange(saved_reverse_unseen_, {}))
    if (!lists_of(incoming_.roster, email).reverse) changes.removed_you.push_back(email);
  nothing_saved_ = false;
  current_ = std::exchange(incoming_, {});
  return changes;
}

bool ContactLists::set(List list, std::string_view email, bool on) {
  auto found = current_.roster.find(email);
  const bool listed = found != current_.roster.end();
  if (list == List::reverse) {
    const auto unseen = saved_reverse_unseen_.find(email);
    const bool was = unseen != saved_reverse_unseen_.end();
    if (was) saved_reverse_unseen_.erase(unseen);
    if (was && !on && !listed) return true;
  }
  if (!listed && (!on || current_.roster.size() >= limits::list_entries)) return false;
  if (!listed) {
    found = current_.roster.try_emplace(std::string(email)).first;
    found->second.email = email;
    use_given_name(found->second);
  }
  auto& contact = found->second;
  auto& details = current_.details[std::string(email)];
  if (list == List::pending) details.pending = on;
  // REM PL leaves the user on the reverse list.
  if (list == List::pending && !on) return false;
  const bool changed = std::exchange(flag(contact.lists, list), on) != on;
  if (list == List::reverse && !on) details.pending = false;
  if (list == List::forward && !on) {
    contact.status = model::Status::offline;
    details.id.clear();
  }
  update_asks(contact);
  if (!contact.lists.any()) {
    current_.details.erase(found->first);
    current_.roster.erase(found);
  }
  return changed;
}

void ContactLists::deny(std::string_view email, bool denied) {
  if (denied)
    denied_.emplace(email);
  else if (const auto found = denied_.find(email); found != denied_.end())
    denied_.erase(found);
  if (const auto found = current_.roster.find(email); found != current_.roster.end())
    update_asks(found->second);
}

void ContactLists::set_may_ask(bool may_ask) {
  if (std::exchange(may_ask_, may_ask) == may_ask) return;
  for (auto* users : {&current_, &incoming_})
    for (auto& [email, contact] : users->roster) update_asks(contact);
}

void ContactLists::set_id(std::string_view email, std::string_view id) {
  if (find(email) && !id.empty()) current_.details[std::string(email)].id = id;
}

void ContactLists::set_name(std::string_view email, std::string name) {
  const auto found = current_.roster.find(email);
  if (found == current_.roster.end()) return;
  if (name == email) name.clear();
  found->second.real_nick = std::move(name);
}

void ContactLists::set_given_name(std::string_view email, std::string nick) {
  if (nick == email) nick.clear();
  if (nick.empty())
    given_names_.erase(std::string(email));
  else
    given_names_[std::string(email)] = nick;
  if (const auto found = current_.roster.find(email); found != current_.roster.end())
    found->second.nick = std::move(nick);
}

bool ContactLists::set_phone(std::string_view email, std::string_view kind, std::string value) {
  auto& users = syncing_ ? incoming_ : current_;
  const auto found = users.roster.find(email);
  if (found == users.roster.end()) return false;
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

bool ContactLists::set_status(std::string_view email, model::Status status) {
  const auto found = current_.roster.find(email);
  if (found == current_.roster.end()) return false;
  return std::exchange(found->second.status, status) != status;
}

void ContactLists::set_caps(std::string_view email, std::uint64_t caps) {
  if (find(email)) current_.details[std::string(email)].caps = caps;
}

void ContactLists::set_all_offline() {
  for (auto& [email, contact] : current_.roster) contact.status = model::Status::offline;
}

}  // namespace msn::network::msnp
