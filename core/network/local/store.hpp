// SPDX-License-Identifier: MIT
// The data of the embedded network and its rules: accounts, lists, sessions, inboxes (msncd(8)).
//
// Synchronous; used on the worker's thread only. Functions that change data are called between
// begin() and commit(); their results are valid after a successful commit(), and then the caller
// wakes the sessions in wakes(). All functions can fail with ErrorCode::network, besides the errors
// named.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/contact.hpp"
#include "core/network/local/schema.hpp"
#include "core/network/network.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network::local {

// The limit of each list: contacts, blocked, allowed, denied.
inline constexpr std::size_t max_entries = 10'000;
// The limit of pending messages from one sender to one recipient who does not look online.
inline constexpr std::int64_t max_kept_messages = 10'000, max_kept_bytes = 64 << 20;

struct Account {
  std::int64_t id = 0;
  std::string email;
  std::string hash;
  std::string nick;
  model::Privacy privacy;
};

// The logged-in session that calls a function of the store.
struct Me {
  std::int64_t account = 0;
  std::string email;
  std::string session;  // a random name, also the name of its lease
};

// The kinds of inbox rows. `other`, `token` and `text` are the members of Notice.
enum class Kind {
  message,   // other sent text; token: the identity of the message, or empty
  typing,    // other is typing; deleted when the recipient's session ends
  presence,  // other's status or name may have changed; deleted when the recipient's session ends
  added_you,
  removed_you,
  contact_added,
  contact_removed,
  flushed,  // other has received the pending messages of this account
  sent,     // token: the identity of the message
  failed,   // token: the identity of the message; text: the reason
  error,    // token: the code, a space, the request; text: of the error; other: the user concerned
};

// What one account sees of another.
struct View {
  std::string email;
  model::Status status = model::Status::offline;
  std::string nick;
  bool operator==(const View&) const = default;
};

// An inbox row.
struct Notice {
  std::int64_t id = 0;
  Kind kind{};
  std::string other, token, text;
  std::string request;     // error
  View view;               // presence, added_you: what this account sees of other now
  bool denied = false;     // added_you: this account has denied other after the row was written
  std::uint64_t kept = 0;  // flushed: messages of this account still pending for other
};

// Identifies an inbox row that outlives sessions. The random stamp tells it from a row of the same
// number that was written after a restore of the file from a backup.
struct Mark {
  std::int64_t row = 0;  // 0: none
  std::int64_t stamp = 0;
};

// The result of reading an inbox.
struct Inbox {
  bool displaced = false;       // another login has replaced this session; nothing was read
  std::int64_t after = 0;       // the row after which the read began
  std::int64_t seen_up_to = 0;  // the last row that was read, also if it gave no notice
  Mark mark;                    // the last row read that outlives the session
  std::vector<Notice> notices;
  bool more = false;           // there may be more rows
  bool owes_receipts = false;  // acknowledging these rows sends MFLUSH or SENT to their senders
};

// Inbox rows whose events the listener has stored.
struct Acknowledgement {
  std::string email;                 // the owner of the inbox
  std::int64_t first = 0, last = 0;  // the rows
  Mark mark{};  // Inbox::mark; if the row does not exist with this stamp, nothing is done
  std::vector<View> seen{};  // contacts whose names were reported
  bool synced = false;       // Inbox::owes_receipts; true: the commit needs a sync
};

// What send() did with a message.
enum class Sending {
  forwarded,  // the recipient looks online and gets it now
  kept,     // the recipient looks offline: the message is kept until the recipient acknowledges it
  refused,  // it failed; a notice to the sender reports that
};

class Query;

class Store {
 public:
  // Opens the database. `time_limit` outlives the store.
  static Result<std::unique_ptr<Store>> open(const std::string& path, TimeLimit& time_limit,
                                             IfMissing = IfMissing::create);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::string& path() const { return path_; }
  const std::string& name() const { return name_; }  // random, identifies the database
  // Whether the database must be opened again: the file is damaged or its tables were changed, or
  // the path now leads to another file.
  bool damaged() const { return damaged_ || replaced(); }

  // A transaction. write_unsynced: the commit survives the death of the daemon, but a crash of the
  // machine may undo it; the file stays consistent.
  enum class Mode { read, write, write_unsynced };
  Result<void> begin(Mode);
  Result<void> commit();
  void rollback();
  // Savepoints, so that one of several jobs in a transaction can be undone.
  Result<void> savepoint();
  Result<void> release_savepoint();
  Result<void> rollback_to_savepoint();
  // The sessions to wake after the commit. Cleared by the caller of commit() and by rollback().
  std::set<std::string>& wakes() { return wakes_; }

  // Accounts.
  Result<std::optional<Account>> find_account(std::string_view email);
  Result<Account> create_account(const std::string& email, const std::string& hash, Time now);
  // Replaces the password hash if it is still `old`; returns whether it was. Error: not_logged_in
  // if the session was displaced.
  Result<bool> change_hash(const Me&, const std::string& old, const std::string& next);

  // Sessions. A new session displaces the former one of the account, which notices that at its next
  // read or write.
  Result<void> begin_session(const Me&, Time now);
  Result<void> end_session(const Me&, Time now);
  Result<std::vector<std::string>> sessions();
  // Ends a session whose daemon died.
  Result<void> reap(const std::string& session, Time now);

  // Whether the mark is a row of this inbox, or the last acknowledged one.
  Result<bool> is_valid_mark(const Me&, Mark);

  // The state at login. The caller sets Contact::asks.
  Result<model::Roster> roster(const Me&);
  // The users whom this account has denied.
  Result<std::set<std::string, std::less<>>> denied(const Me&);
  // The number of messages of this account that it believes to be pending, by recipient. Messages
  // that were received by a user who looks offline still count.
  Result<std::map<std::string, std::uint64_t, std::less<>>> kept(const Me&);
  // The identities of messages of this account whose outcome is not reported yet.
  Result<std::vector<std::string>> open_tokens(const Me&);
  // The contacts that do not look offline.
  Result<std::vector<View>> present(const Me&);

  // Operations. Error of all: not_logged_in, if the session was displaced.
  Result<void> set_status(const Me&, model::Status, Time now);
  Result<void> set_nick(const Me&, const std::string& nick, Time now);
  Result<void> set_privacy(const Me&, model::Privacy, Time now);
  // Returns the new contact; nullopt: refused, which a notice to this account reports. An existing
  // contact (error 215) gets the new nick, unless it is empty. `maybe_full`: check the limit of the
  // list, which counts its entries.
  Result<std::optional<model::Contact>> add(const Me&, const std::string& email,
                                            const std::string& nick, bool maybe_full, Time now);
  Result<void> remove(const Me&, const std::string& email, Time now);  // error: unknown_contact
  // Error: unknown_contact.
  Result<void> rename(const Me&, const std::string& email, const std::string& nick);
  // Each returns false if the list is full; a notice to this account reports that.
  Result<bool> allow(const Me&, const std::string& email, Time now);
  Result<bool> deny(const Me&, const std::string& email, Time now);
  Result<bool> block(const Me&, const std::string& email, Time now);
  Result<void> unblock(const Me&, const std::string& email, Time now);
  Result<Sending> send(const Me&, const OutgoingMessage&, Time now);  // error: unknown_contact
  Result<void> typing(const Me&, const std::string& email, Time now);

  // Reads at most `limit` rows of the inbox after row `after`.
  Result<Inbox> read_inbox(const Me&, std::int64_t after, std::size_t limit);
  // Deletes the rows and notifies the senders of messages.
  Result<void> acknowledge(const Acknowledgement&, Time now);

 private:
  struct Inside;
  struct Relation;
  Store(std::string path, TimeLimit& time_limit, std::unique_ptr<Inside> inside);
  bool replaced() const;  // the path leads to another file or does not exist
  template <class Work>
  auto guarded(Work&& work) -> decltype(work());

  // These throw SQLite::Exception.
  bool current(const Me&);
  std::optional<Relation> relation(const std::string& email, const std::string& towards);
  void notify(const std::string& recipient, Kind, const std::string& other,
              const std::string& token, const std::string& text, bool kept, Time now);
  void notify_watchers(const std::string& email, Time now);
  void publish_name(const Me&, Time now);
  void notify_viewers(const std::string& email, Query viewers, Time now);
  void wake(const std::string& email);
  void delete_transient(const std::string& email);
  void cancel(const std::string& recipient, Kind, const std::string& other);
  void refuse(const Me&, const std::string& email, const std::string& code,
              const std::string& request, const std::string& text, Time now);
  bool is_full(const Me&, const char* count, const std::string& email, const std::string& request,
               Time now);
  void notify_changed(const Me&, const std::string& email, Time now);
  void learn_names(const Me&);
  bool count_kept_message(const std::string& sender, const std::string& holder, std::size_t bytes);
  bool remove_taken(const std::string& sender, const std::string& holder);
  void release_receipts(const std::string& holder, Time now);
  bool looks_online(const std::string& email);
  void close_session(const std::string& session, const std::string& email, Time now);

  std::string path_;
  TimeLimit& time_limit_;
  std::string name_;
  std::int64_t tables_version_ = 0;
  std::unique_ptr<Inside> inside_;
  std::set<std::string> wakes_;
  bool damaged_ = false;
  bool synced_ = true;
};

}  // namespace msn::network::local
