// SPDX-License-Identifier: MIT
// Opening, transactions, accounts and sessions.
#include "core/network/local/store.hpp"

#include "core/network/local/store_inside.hpp"

#include <sqlite3.h>

namespace msn::network::local {

Store::Store(std::string path, TimeLimit& time_limit, std::unique_ptr<Inside> inside)
    : path_(std::move(path)), time_limit_(time_limit), inside_(std::move(inside)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path, TimeLimit& time_limit,
                                           IfMissing if_missing) {
  auto db = open_database(path, if_missing, time_limit);
  if (!db) return fail(db.error());
  std::unique_ptr<Store> store(
      new Store(path, time_limit, std::make_unique<Inside>(std::move(*db))));
  const auto read = store->guarded([&]() -> Result<void> {
    Query query = store->inside_->query("SELECT value FROM meta WHERE name = 'name'");
    if (query.row()) store->name_ = query.text(0);
    Query version = store->inside_->query("PRAGMA schema_version");
    if (version.row()) store->tables_version_ = version.number(0);
    return {};
  });
  if (!read) return fail(read.error());
  return store;
}

bool Store::replaced() const {
  int moved = 0;
  return sqlite3_file_control(inside_->db->getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
             SQLITE_OK &&
         moved != 0;
}

Result<void> Store::begin(Mode mode) {
  return guarded([&]() -> Result<void> {
    wakes_.clear();
    // First: the progress handler may run in the first statement, because SQLite counts the steps
    // of a prepared statement over all its executions.
    time_limit_.begin_job();
    const bool synced = mode != Mode::write_unsynced;
    if (mode != Mode::read && synced != synced_) {
      inside_->db->exec(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
      synced_ = synced;
    }
    inside_->query.run(mode == Mode::read ? "BEGIN" : "BEGIN IMMEDIATE");
    Query version = inside_->query("PRAGMA schema_version");
    if (version.row() && version.number(0) == tables_version_) return {};
    // Another program changed the tables: they are checked when the file is opened again.
    damaged_ = true;
    return fail(path_error(path_, "another program changed its tables"));
  });
}

Result<void> Store::commit() {
  return guarded([&]() -> Result<void> {
    inside_->query.run("COMMIT");
    return {};
  });
}

void Store::rollback() {
  wakes_.clear();
  time_limit_.begin_job();
  // SQLite has already rolled back after a full disk.
  if (sqlite3_get_autocommit(inside_->db->getHandle()) != 0) return;
  (void)guarded([&]() -> Result<void> {
    inside_->query.run("ROLLBACK");
    return {};
  });
}

Result<void> Store::savepoint() {
  time_limit_.begin_job();
  return guarded([&]() -> Result<void> {
    inside_->query.run("SAVEPOINT job");
    return {};
  });
}

Result<void> Store::release_savepoint() {
  return guarded([&]() -> Result<void> {
    inside_->query.run("RELEASE job");
    return {};
  });
}

Result<void> Store::rollback_to_savepoint() {
  // SQLite has already rolled back the transaction after an interrupt or a full disk.
  if (sqlite3_get_autocommit(inside_->db->getHandle()) != 0)
    return fail(path_error(path_, "the transaction was rolled back"));
  return guarded([&]() -> Result<void> {
    inside_->query.run("ROLLBACK TO job");
    inside_->query.run("RELEASE job");
    return {};
  });
}

Result<std::optional<Account>> Store::find_account(std::string_view email) {
  return guarded([&]() -> Result<std::optional<Account>> {
    Query query = inside_->query(
        "SELECT id, email, hash, nick, open, ask FROM account WHERE email = ?", email);
    if (!query.row()) return std::nullopt;
    return Account{query.number(0), query.text(1), query.text(2), query.text(3),
                   model::Privacy{query.truth(4), query.truth(5)}};
  });
}

Result<Account> Store::create_account(const std::string& email, const std::string& hash, Time now) {
  return guarded([&]() -> Result<Account> {
    inside_->query.run("INSERT INTO account(email, hash, since) VALUES(?, ?, ?)", email, hash,
                       milliseconds(now));
    return Account{inside_->db->getLastInsertRowid(), email, hash, {}, {}};
  });
}

Result<bool> Store::change_hash(const Me& me, const std::string& old, const std::string& next) {
  return guarded([&]() -> Result<bool> {
    if (!current(me)) return displaced();
    inside_->query.run("UPDATE account SET hash = ? WHERE id = ? AND hash = ?", next, me.account,
                       old);
    return inside_->db->getChanges() == 1;
  });
}

bool Store::current(const Me& me) {
  return inside_
      ->query("SELECT 1 FROM session WHERE account = ? AND id = ?", me.account, me.session)
      .row();
}

Result<void> Store::begin_session(const Me& me, Time now) {
  return guarded([&]() -> Result<void> {
    std::string former;
    {
      Query query = inside_->query("SELECT id FROM session WHERE account = ?", me.account);
      if (query.row()) former = query.text(0);
    }
    if (!former.empty()) close_session(former, me.email, now);
    delete_transient(me.email);
    inside_->query.run(
        "UPDATE inbox SET kept = 0 WHERE recipient = ? AND kind IN ('added_you', 'removed_you')",
        me.email);
    learn_names(me);
    inside_->query.run("INSERT INTO session(account, id, since) VALUES(?, ?, ?)", me.account,
                       me.session, milliseconds(now));
    return {};
  });
}

Result<void> Store::end_session(const Me& me, Time now) {
  return guarded([&]() -> Result<void> {
    if (current(me)) close_session(me.session, me.email, now);
    return {};
  });
}

// The session is woken, so that its daemon, if it is alive, notices that it was displaced.
void Store::close_session(const std::string& session, const std::string& email, Time now) {
  const bool was_seen = looks_online(email);
  inside_->query.run("DELETE FROM session WHERE id = ?", session);
  delete_transient(email);
  wakes_.insert(session);
  if (was_seen) notify_watchers(email, now);
}

Result<std::vector<std::string>> Store::sessions() {
  return guarded([&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> all;
    Query query = inside_->query("SELECT id FROM session");
    while (query.row()) all.push_back(query.text(0));
    return all;
  });
}

Result<void> Store::reap(const std::string& session, Time now) {
  return guarded([&]() -> Result<void> {
    std::string email;
    {
      Query query = inside_->query(
          "SELECT a.email FROM session s JOIN account a ON a.id = s.account WHERE s.id = ?",
          session);
      if (query.row()) email = query.text(0);
    }
    if (!email.empty()) close_session(session, email, now);
    return {};
  });
}

bool Store::looks_online(const std::string& email) {
  Query query = inside_->query(
      "SELECT s.status FROM account a JOIN session s ON s.account = a.id WHERE a.email = ?", email);
  if (!query.row() || query.null(0)) return false;
  const auto status = model::status_from_name(query.text(0));
  return status && is_visible(*status);
}

void Store::delete_transient(const std::string& email) {
  inside_->query.run("DELETE FROM inbox WHERE recipient = ? AND kind IN ('look', 'typing')", email);
}

Result<void> Store::set_status(const Me& me, model::Status status, Time now) {
  return guarded([&]() -> Result<void> {
    std::string before;
    {
      Query query = inside_->query("SELECT status FROM session WHERE account = ? AND id = ?",
                                   me.account, me.session);
      if (!query.row()) return displaced();
      before = query.text(0);
    }
    const std::string after(model::status_name(status));
    if (before == after) return {};
    const auto former = model::status_from_name(before);
    inside_->query.run("UPDATE session SET status = ? WHERE id = ?", after, me.session);
    if (is_visible(status)) publish_name(me, now);
    if (is_visible(status) || (former && is_visible(*former))) notify_watchers(me.email, now);
    if (is_visible(status)) release_receipts(me.email, now);
    return {};
  });
}

Result<void> Store::set_nick(const Me& me, const std::string& nick, Time now) {
  return guarded([&]() -> Result<void> {
    if (!current(me)) return displaced();
    inside_->query.run("UPDATE account SET nick = ? WHERE id = ?", nick, me.account);
    if (!looks_online(me.email)) return {};
    publish_name(me, now);
    notify_watchers(me.email, now);
    return {};
  });
}

Result<void> Store::set_privacy(const Me& me, model::Privacy privacy, Time now) {
  return guarded([&]() -> Result<void> {
    if (!current(me)) return displaced();
    inside_->query.run("UPDATE account SET open = ?, ask = ? WHERE id = ?", privacy.open,
                       privacy.ask, me.account);
    if (looks_online(me.email)) notify_watchers(me.email, now);
    release_receipts(me.email, now);
    return {};
  });
}

}  // namespace msn::network::local
