// SPDX-License-Identifier: MIT
// Other users may write rows of the local network's database. No row, of any type of values, can
// forge a line of the protocol.
#include "core/base/text.hpp"
#include "core/daemon/records.hpp"
#include "core/network/local/store.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/answer_reader.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/support/temp_dir.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

using namespace msn;
using network::local::Me;
using network::local::Store;
using protocol::AnswerReader;
using protocol::AnswerShape;

namespace {

const Me victim{1, "v@x.org", std::string(32, '0')};
constexpr std::array kinds{"message",     "typing",          "look",    "added_you",
                           "removed_you", "contact_added",   "flushed", "sent",
                           "failed",      "contact_removed", "error"};

void claim(bool holds) {
  if (!holds) std::abort();
}

class Rows {
 public:
  Rows() {
    auto opened = Store::open(directory_ / "local.db", time_limit_);
    claim(opened.has_value());
    store = std::move(*opened);
    db_ = std::make_unique<SQLite::Database>(directory_ / "local.db", SQLite::OPEN_READWRITE);
    db_->exec("PRAGMA synchronous = OFF");
  }
  // The victim and another user are logged in and have each other on their lists.
  void begin() {
    db_->exec(
        "BEGIN; DELETE FROM inbox; DELETE FROM entry; DELETE FROM session; DELETE FROM account;"
        "INSERT INTO account(id, email, hash, since) VALUES(1, 'v@x.org', '', 0), (2, 'm@x.org', "
        "'', 0);"
        "INSERT INTO session VALUES(1, '00000000000000000000000000000000', 'online', 0),"
        " (2, '00000000000000000000000000000001', 'away', 0);"
        "INSERT INTO entry(owner, contact, forward) VALUES(1, 'm@x.org', 1), (2, 'v@x.org', 1)");
  }
  void commit() { db_->exec("COMMIT"); }
  // Writes each text, or a value of another type made from it, if the table accepts it.
  void put(fuzz::Input& input, const char* sql, std::size_t texts,
           std::initializer_list<const char*> first = {}) {
    SQLite::Statement statement(*db_, sql);
    int at = 0;
    for (const char* value : first) statement.bind(++at, value);
    for (std::size_t i = 0; i < texts; ++i) {
      const unsigned type = input.choice(4);
      const std::string value = input.text();
      if (type == 1)
        statement.bind(++at, value.data(), static_cast<int>(value.size()));
      else if (type == 2)
        statement.bind(++at, static_cast<double>(value.size()) * 1e300);
      else if (type == 3)
        statement.bind(++at);
      else
        statement.bind(++at, value);
    }
    try {
      statement.exec();
    } catch (const SQLite::Exception&) {
    }
  }
  std::unique_ptr<Store> store;

 private:
  test::TempDir directory_;
  network::local::TimeLimit time_limit_;
  std::unique_ptr<SQLite::Database> db_;
};

std::vector<model::Event> events_of(const network::local::Notice& notice) {
  const auto& [id, kind, other, token, text, request, view, denied, kept] = notice;
  return {model::Message{other, {{"MIME-Version", "1.0"}}, text, std::nullopt},
          model::Typing{other},
          model::StatusChange{view.email, std::string(model::status_name(view.status)), {}},
          model::AddedYou{other},
          model::Flushed{other},
          model::Sent{token, other},
          model::Failed{token, other, text},
          model::ErrorEvent{token, text, other, {}, request}};
}

// Checks that it is one unit, decodes to one event and contains only valid lines.
void check(const std::string& unit) {
  std::size_t events = 0;
  AnswerReader reader(AnswerShape::poll, AnswerReader::Binding::stream, true,
                      [&](const model::StampedEvent&) { ++events; });
  claim(reader.feed("TYPING a@b\n" + unit + "POLLEND\n") && reader.complete() && events == 2);
  claim(is_utf8(unit) && unit.find('\0') == unit.npos && unit.find('\r') == unit.npos);
  claim(protocol::units(unit).size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Rows rows;
  fuzz::Input input(data, size);
  rows.begin();
  rows.put(input, "UPDATE account SET public_nick = ? WHERE id = 2", 1);
  rows.put(input, "UPDATE session SET status = ? WHERE account = 2", 1);
  for (int count = 0; count < 8 && !input.empty(); ++count) {
    const unsigned kind = input.choice(kinds.size() + 2);
    if (kind == kinds.size())
      rows.put(input,
               "INSERT OR REPLACE INTO entry(owner, contact, nick, seen_nick, forward)"
               " VALUES(1, ?, ?, ?, 1)",
               3);
    else if (kind > kinds.size())
      rows.put(input,
               "INSERT OR REPLACE INTO inbox(recipient, kind, other, token, text, kept, time)"
               " VALUES(?, ?, ?, ?, ?, ?, 0)",
               5, {"v@x.org"});
    else
      rows.put(input,
               "INSERT OR REPLACE INTO inbox(recipient, kind, other, token, text, kept, time)"
               " VALUES(?, ?, ?, ?, ?, ?, 0)",
               4, {"v@x.org", kinds[kind]});
  }
  rows.commit();

  Store& store = *rows.store;
  claim(store.begin(Store::Mode::read).has_value());
  const auto inbox = store.read_inbox(victim, 0, 512);
  const auto roster = store.roster(victim);
  claim(inbox && roster && store.present(victim) && store.kept(victim) && store.denied(victim));
  claim(store.commit().has_value());

  std::vector<store::Record> records;
  for (const auto& notice : inbox->notices)
    for (auto& event : events_of(notice)) daemon::append_records(std::move(event), Time{}, records);
  for (const auto& record : records) {
    check(record.wire);
    check("EV 7 2026-01-01T00:00:00.000Z " + record.wire);
  }

  std::vector<const model::Contact*> people;
  for (const auto& [email, contact] : *roster) people.push_back(&contact);
  AnswerReader reader(AnswerShape::contact_list, AnswerReader::Binding::stream, true, [](auto) {});
  claim(reader.feed(protocol::contact_list(people)) && reader.complete() &&
        reader.answer().contacts.size() == people.size());
  return 0;
}
