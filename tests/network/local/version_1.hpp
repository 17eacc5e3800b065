// SPDX-License-Identifier: MIT
// A database of version 1 of the format.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>

#include <array>
#include <string>

namespace msn::test {

// Alice, Bob and Carol have the password "secret". Alice and Bob are contacts of each other. Two
// messages from Alice to Bob are pending; Carol has taken one from her while she looked offline.
inline void make_version_1(const std::string& path) {
  SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE account(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  nick TEXT NOT NULL DEFAULT '',
  open INTEGER NOT NULL DEFAULT 1,
  ask INTEGER NOT NULL DEFAULT 1,
  since INTEGER NOT NULL);
CREATE TABLE entry(
  owner INTEGER NOT NULL REFERENCES account(id),
  contact TEXT NOT NULL,
  forward INTEGER NOT NULL DEFAULT 0,
  allow INTEGER NOT NULL DEFAULT 0,
  block INTEGER NOT NULL DEFAULT 0,
  nick TEXT NOT NULL DEFAULT '',
  seen_nick TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(owner, contact)) WITHOUT ROWID;
CREATE INDEX entry_reverse ON entry(contact, owner) WHERE forward = 1;
CREATE TABLE session(
  account INTEGER PRIMARY KEY REFERENCES account(id),
  id TEXT NOT NULL UNIQUE,
  status TEXT,
  since INTEGER NOT NULL);
CREATE TABLE inbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  other TEXT NOT NULL DEFAULT '',
  token TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  kept INTEGER NOT NULL DEFAULT 0,
  time INTEGER NOT NULL);
CREATE INDEX inbox_order ON inbox(recipient, id);
CREATE INDEX inbox_kept ON inbox(other, recipient) WHERE kept = 1;
CREATE UNIQUE INDEX inbox_fleeting ON inbox(recipient, other, kind) WHERE kind IN ('look', 'typing');
CREATE TABLE receipt(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  holder TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL);
CREATE INDEX receipt_order ON receipt(holder, id);
CREATE UNIQUE INDEX receipt_flushed ON receipt(holder, sender) WHERE kind = 'flushed';

PRAGMA application_id = 1836281452;
PRAGMA user_version = 1;
INSERT INTO meta VALUES('name', '0123456789abcdef');
)sql");
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), "secret", 6, crypto_pwhash_OPSLIMIT_MIN,
                        crypto_pwhash_MEMLIMIT_MIN) != 0)
    return;
  for (const char* name : {"Alice", "Bob", "Carol"}) {
    SQLite::Statement account(db,
                              "INSERT INTO account(email, hash, nick, since) "
                              "VALUES(lower(?1) || '@example.org', ?2, ?1, 0)");
    account.bind(1, name);
    account.bind(2, hash.data());
    account.exec();
  }
  db.exec(R"sql(
INSERT INTO entry(owner, contact, forward, allow, nick) VALUES
  (1, 'bob@example.org', 1, 1, 'Bob'), (2, 'alice@example.org', 1, 1, '');
INSERT INTO inbox(recipient, kind, other, token, text, kept, time) VALUES
  ('bob@example.org', 'message', 'alice@example.org', '', 'one', 1, 0),
  ('bob@example.org', 'message', 'alice@example.org', 'b', 'two', 1, 0);
INSERT INTO receipt(holder, sender, kind, token) VALUES
  ('carol@example.org', 'alice@example.org', 'flushed', ''),
  ('carol@example.org', 'alice@example.org', 'sent', 'c');
)sql");
}

}  // namespace msn::test
