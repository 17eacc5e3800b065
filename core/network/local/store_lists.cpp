// SPDX-License-Identifier: MIT
// Contact lists, and which user may see which.
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/local/store_inside.hpp"

namespace msn::network::local {

bool is_visible(model::Status status) {
  return status != model::Status::invisible && status != model::Status::offline;
}

std::optional<Store::Relation> Store::relation(const std::string& email,
                                               const std::string& towards) {
  Query query = inside_->query(
      "SELECT substr(a.public_nick, 1, 1000), a.open, s.id, s.status, coalesce(e.allow, 0), "
      "coalesce(e.block, 0) "
      "FROM account a LEFT JOIN session s ON s.account = a.id "
      "LEFT JOIN entry e ON e.owner = a.id AND e.contact = ?2 WHERE a.email = ?1",
      email, towards);
  if (!query.row()) return std::nullopt;
  Relation found;
  found.nick = without_controls(query.text(0));
  found.allows = email == towards || (!query.truth(5) && (query.truth(1) || query.truth(4)));
  found.session = query.text(2);
  if (const auto status = model::status_from_name(query.text(3)); status && is_visible(*status)) {
    found.looks_online = true;
    found.status = *status;
  }
  return found;
}

// Truncates names and lists that are longer than msncd writes them.
Result<model::Roster> Store::roster(const Me& me) {
  return guarded([&]() -> Result<model::Roster> {
    model::Roster roster;
    {
      Query query = inside_->query(
          "SELECT contact, substr(nick, 1, 1000), substr(seen_nick, 1, 1000), forward, allow, "
          "block FROM entry "
          "WHERE owner = ? AND (forward OR allow OR block) LIMIT 40000",
          me.account);
      while (query.row()) {
        const auto email = model::parse_email(query.text(0));
        if (!email) continue;
        auto& contact = roster[*email];
        contact.email = *email;
        contact.nick = without_controls(query.text(1));
        contact.real_nick = without_controls(query.text(2));
        contact.lists = {query.truth(3), query.truth(4), query.truth(5), false};
      }
    }
    // The reverse list, with the names of users who allow this account to see them.
    Query query = inside_->query(
        "SELECT a.email, CASE WHEN NOT e.block AND (a.open OR e.allow) "
        "THEN substr(a.public_nick, 1, 1000) ELSE '' END FROM "
        "entry e "
        "JOIN account a ON a.id = e.owner WHERE e.contact = ? AND e.forward = 1 LIMIT 40000",
        me.email);
    while (query.row()) {
      const auto email = model::parse_email(query.text(0));
      if (!email) continue;
      auto& contact = roster[*email];
      contact.email = *email;
      contact.lists.reverse = true;
      if (!contact.lists.forward) contact.real_nick = without_controls(query.text(1));
    }
    return roster;
  });
}

// Updates the contacts' seen_nick, except of those who do not allow this account to see them.
void Store::learn_names(const Me& me) {
  inside_->query.run(
      "UPDATE entry SET seen_nick = a.public_nick FROM account a "
      "LEFT JOIN entry e ON e.owner = a.id AND e.contact = ?2 "
      "WHERE entry.owner = ?1 AND entry.forward = 1 AND a.email = entry.contact "
      "AND entry.seen_nick <> a.public_nick AND NOT coalesce(e.block, 0) "
      "AND (a.open OR coalesce(e.allow, 0))",
      me.account, me.email);
}

Result<std::set<std::string, std::less<>>> Store::denied(const Me& me) {
  return guarded([&]() -> Result<std::set<std::string, std::less<>>> {
    std::set<std::string, std::less<>> all;
    Query query =
        inside_->query("SELECT contact FROM entry WHERE owner = ? AND denied = 1", me.account);
    while (query.row()) all.insert(query.text(0));
    return all;
  });
}

Result<std::vector<View>> Store::present(const Me& me) {
  return guarded([&]() -> Result<std::vector<View>> {
    std::vector<std::string> there;
    {
      Query query = inside_->query(
          "SELECT e.contact FROM entry e JOIN account a ON a.email = e.contact "
          "JOIN session s ON s.account = a.id WHERE e.owner = ? AND e.forward = 1",
          me.account);
      while (query.row()) there.push_back(query.text(0));
    }
    std::vector<View> views;
    for (const auto& email : there) {
      const auto found = relation(email, me.email);
      if (found && found->allows && found->looks_online) views.push_back(found->view(email));
    }
    return views;
  });
}

// Reports a refused request to its account, by an event with the user and the request.
void Store::refuse(const Me& me, const std::string& email, const std::string& code,
                   const std::string& request, const std::string& text, Time now) {
  notify(me.email, Kind::error, email, code + " " + request, text, false, now);
  wakes_.insert(me.session);
}

// Whether the list is full; if so, refuses the request. `count`: a string literal, the query that
// counts the other entries of the list.
bool Store::is_full(const Me& me, const char* count, const std::string& email,
                    const std::string& request, Time now) {
  Query query = inside_->query(count, me.account, email);
  if (!query.row() || query.number(0) < static_cast<std::int64_t>(max_entries)) return false;
  refuse(me, email, "210", request, "User list full", now);
  return true;
}

// Called when this account shows something else to a user: notifies the user, and sends receipts
// that the user may see now.
void Store::notify_changed(const Me& me, const std::string& email, Time now) {
  const auto found = relation(email, me.email);
  if (found && !found->session.empty()) {
    notify(email, Kind::presence, me.email, {}, {}, false, now);
    wakes_.insert(found->session);
  }
  release_receipts(me.email, now);
}

Result<std::optional<model::Contact>> Store::add(const Me& me, const std::string& email,
                                                 const std::string& nick, bool maybe_full,
                                                 Time now) {
  return guarded([&]() -> Result<std::optional<model::Contact>> {
    if (!current(me)) return displaced();
    const auto refused = [&](const char* code, const char* text) -> std::optional<model::Contact> {
      refuse(me, email, code, "ADD", text, now);
      return std::nullopt;
    };
    if (!model::parse_email(email)) return refused("205", "Invalid user");
    if (email == me.email) return refused("201", "Invalid parameter");
    if (inside_
            ->query("SELECT 1 FROM entry WHERE owner = ? AND contact = ? AND forward = 1",
                    me.account, email)
            .row()) {
      if (!nick.empty())
        inside_->query.run("UPDATE entry SET nick = ? WHERE owner = ? AND contact = ?", nick,
                           me.account, email);
      return refused("215", "User already there");
    }
    if (maybe_full && is_full(me,
                              "SELECT count(*) FROM entry WHERE owner = ? AND forward = 1 "
                              "AND contact <> ?",
                              email, "ADD", now))
      return std::nullopt;
    const auto found = relation(email, me.email);
    model::Contact contact;
    contact.email = email;
    contact.nick = nick;
    contact.real_nick = found && found->allows ? found->nick : std::string();
    inside_->query.run(
        "INSERT INTO entry(owner, contact, forward, allow, nick, seen_nick) VALUES(?, ?, 1, 1, ?, "
        "?) "
        "ON CONFLICT(owner, contact) DO UPDATE SET forward = 1, allow = 1 - block, denied = 0, "
        "nick = excluded.nick, seen_nick = excluded.seen_nick",
        me.account, email, contact.nick, contact.real_nick);
    {
      Query lists = inside_->query("SELECT allow, block FROM entry WHERE owner = ? AND contact = ?",
                                   me.account, email);
      lists.row();
      contact.lists = {true, lists.truth(0), lists.truth(1), false};
    }
    notify(me.email, Kind::contact_added, email, {}, {}, false, now);
    notify(me.email, Kind::presence, email, {}, {}, false, now);
    wakes_.insert(me.session);
    // The contact is asked again, even if it has denied before.
    inside_->query.run(
        "DELETE FROM entry WHERE owner = (SELECT id FROM account WHERE email = ?) AND contact = ? "
        "AND denied = 1 AND forward = 0 AND block = 0",
        email, me.email);
    const bool there = found && !found->session.empty();
    if (!there) cancel(email, Kind::removed_you, me.email);
    notify(email, Kind::added_you, me.email, {}, {}, !there, now);
    if (there) wakes_.insert(found->session);
    notify_changed(me, email, now);
    return contact;
  });
}

Result<void> Store::remove(const Me& me, const std::string& email, Time now) {
  return guarded([&]() -> Result<void> {
    if (!current(me)) return displaced();
    if (!inside_
             ->query("SELECT 1 FROM entry WHERE owner = ? AND contact = ? AND forward = 1",
                     me.account, email)
             .row())
      return fail(ErrorCode::unknown_contact, "not on the list");
    // A user who has this account as a contact is marked as denied; otherwise the user would ask
    // again.
    inside_->query.run(
        "UPDATE entry SET forward = 0, allow = 0, nick = '', denied = EXISTS (SELECT 1 FROM entry "
        "e "
        "JOIN account a ON a.id = e.owner WHERE a.email = ?2 AND e.contact = ?3 AND e.forward = 1) "
        "WHERE owner = ?1 AND contact = ?2",
        me.account, email, me.email);
    inside_->query.run(
        "DELETE FROM entry WHERE owner = ? AND contact = ? AND block = 0 AND denied = 0",
        me.account, email);
    notify(me.email, Kind::contact_removed, email, {}, {}, false, now);
    wakes_.insert(me.session);
    const auto found = relation(email, me.email);
    const bool there = found && !found->session.empty();
    if (!there) cancel(email, Kind::added_you, me.email);
    notify(email, Kind::removed_you, me.email, {}, {}, !there, now);
    notify_changed(me, email, now);
    return {};
  });
}

Result<void> Store::rename(const Me& me, const std::string& email, const std::string& nick) {
  return guarded([&]() -> Result<void> {
    if (!current(me)) return displaced();
    if (!inside_
             ->query("SELECT 1 FROM entry WHERE owner = ? AND contact = ? AND forward = 1",
                     me.account, email)
             .row())
      return fail(ErrorCode::unknown_contact, "not on the list");
    inside_->query.run("UPDATE entry SET nick = ? WHERE owner = ? AND contact = ?", nick,
                       me.account, email);
    return {};
  });
}

Result<bool> Store::allow(const Me& me, const std::string& email, Time now) {
  return guarded([&]() -> Result<bool> {
    if (!current(me)) return displaced();
    if (is_full(me,
                "SELECT count(*) FROM entry WHERE owner = ? AND allow = 1 AND forward = 0 "
                "AND contact <> ?",
                email, "ALLOW", now))
      return false;
    inside_->query.run(
        "INSERT INTO entry(owner, contact, allow) VALUES(?, ?, 1) "
        "ON CONFLICT(owner, contact) DO UPDATE SET allow = 1 - block, denied = 0",
        me.account, email);
    notify_changed(me, email, now);
    return true;
  });
}

Result<bool> Store::deny(const Me& me, const std::string& email, Time now) {
  return guarded([&]() -> Result<bool> {
    if (!current(me)) return displaced();
    if (is_full(me, "SELECT count(*) FROM entry WHERE owner = ? AND denied = 1 AND contact <> ?",
                email, "DENY", now))
      return false;
    inside_->query.run(
        "INSERT INTO entry(owner, contact, denied) VALUES(?, ?, 1) "
        "ON CONFLICT(owner, contact) DO UPDATE SET allow = 0, denied = 1",
        me.account, email);
    notify_changed(me, email, now);
    return true;
  });
}

Result<bool> Store::block(const Me& me, const std::string& email, Time now) {
  return guarded([&]() -> Result<bool> {
    if (!current(me)) return displaced();
    if (is_full(me, "SELECT count(*) FROM entry WHERE owner = ? AND block = 1 AND contact <> ?",
                email, "BLOCK", now))
      return false;
    inside_->query.run(
        "INSERT INTO entry(owner, contact, block) VALUES(?, ?, 1) "
        "ON CONFLICT(owner, contact) DO UPDATE SET block = 1, allow = 0",
        me.account, email);
    notify_changed(me, email, now);
    return true;
  });
}

Result<void> Store::unblock(const Me& me, const std::string& email, Time now) {
  return guarded([&]() -> Result<void> {
    if (!current(me)) return displaced();
    inside_->query.run(
        "UPDATE entry SET block = 0, allow = 1, denied = 0 "
        "WHERE owner = ? AND contact = ? AND block = 1",
        me.account, email);
    notify_changed(me, email, now);
    return {};
  });
}

}  // namespace msn::network::local
