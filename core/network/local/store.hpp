// SPDX-License-Identifier: MIT
// The embedded network's rules on its database: accounts, lists, sessions, inboxes (msncd(8)).
//
// Synchronous, for one thread (the worker's). A function that changes something is called between
// begin() and commit(); what it returns counts only once that has succeeded, and then the
// sessions in wakes() are to be woken. Errors besides those named: ErrorCode::network.
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

// Of the contact list, of those blocked, of those allowed and of those denied.
inline constexpr std::size_t max_entries = 10'000;
// What one sender may have in the inbox of one holder who does not look online.
inline constexpr std::int64_t max_kept_messages = 10'000, max_kept_bytes = 64 << 20;

struct Account {
  std::int64_t id = 0;
  std::string email;
  std::string hash;
  std::string nick;
  model::Privacy privacy;
};

// One logged-in session; what every verb of a session acts for.
struct Me {
  std::int64_t account = 0;
  std::string email;
  std::string session;  // also its lease's file name
};

// What waits in an inbox.
enum class Kind {
  message,  // other wrote text
  typing,   // other is typing; only for who is there
  look,     // other's state may have changed; only for who is there
  added_you,
  removed_you,
  contact_added,
  contact_removed,
  flushed,  // other has our kept messages
  sent,     // token
  failed,   // token, text: the reason
  error,    // token: the code and, after a space, the request; text; other: whom it is about
};

// How one account looks to another.
struct View {
  std::string email;
  model::Status status = model::Status::offline;  // what they let us see
  std::string nick;                               // the name they let us see
  bool operator==(const View&) const = default;
};

struct Notice {
  std::int64_t id = 0;
  Kind kind{};
  std::string other, token, text;
  std::string request;     // error
  View view;               // look, added_you: how other looks now
  bool denied = false;     // added_you: we have denied them since
  std::uint64_t kept = 0;  // flushed: our messages that are kept for other all the same
};

// A row of an inbox that outlives sessions, known again even in a copy of the file.
struct Mark {
  std::int64_t row = 0;  // 0: none
  std::int64_t stamp = 0;
};

struct Inbox {
  bool displaced = false;       // the session is not the account's any more
  std::int64_t after = 0;       // where the reading began
  std::int64_t seen_up_to = 0;  // the last row looked at, given or not
  Mark mark;                    // the last of these that outlives the session
  std::vector<Notice> notices;
  bool more = false;
  bool owes_receipts = false;  // some sender is to be told when these are stored
};

// What was read is where it cannot be lost.
struct Acknowledgement {
  std::string email;  // whose inbox
  std::int64_t first = 0, last = 0;
  Mark mark{};               // the last lasting row of them; if it is not there, nothing is done
  std::vector<View> seen{};  // the names by which this account has seen its contacts
  bool synced = false;       // some sender is to be told
};

// What became of a message.
enum class Sending { on_its_way, kept, refused };

class Query;

class Store {
 public:
  // `patience` outlives the store.
  static Result<std::unique_ptr<Store>> open(const std::string& path, Patience& patience,
                                             IfMissing = IfMissing::make);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::string& path() const { return path_; }
  const std::string& name() const { return name_; }  // random, tells this database from others
  // An error said that the file is not what it was, or its path leads to another: to be opened
  // again.
  bool damaged() const { return damaged_ || replaced(); }

  // Not synced: what is done survives the daemon's death, a crash of the machine may undo it (never
  // more than that: the file stays sound).
  enum class Mode { read, write, write_unsynced };
  Result<void> begin(Mode);
  Result<void> commit();
  void rollback();
  // One job of several in a transaction: what it did can be undone alone.
  Result<void> save();
  Result<void> keep();
  Result<void> undo();
  // Sessions that what was done concerns; emptied by commit's caller and by rollback.
  std::set<std::string>& wakes() { return wakes_; }

  // Accounts.
  Result<std::optional<Account>> find_account(std::string_view email);
  Result<Account> create_account(const std::string& email, const std::string& hash, Time now);
  // The password's hash of our account, if it is still `old`; says whether it was. not_logged_in if
  // the session was displaced.
  Result<bool> change_hash(const Me&, const std::string& old, const std::string& next);

  // Sessions. Beginning one ends the account's former one, which finds itself displaced.
  Result<void> begin_session(const Me&, Time now);
  Result<void> end_session(const Me&, Time now);
  Result<std::vector<std::string>> sessions();
  // The same for one whose daemon died.
  Result<void> reap(const std::string& session, Time now);

  // Whether this is a row of our inbox as it is, or the last that was acknowledged.
  Result<bool> knows(const Me&, Mark);

  // What a login begins with; `asks` is left to the caller. `denied`: those whom we have denied.
  // `kept`: our messages that wait, as far as we may know, by holder.
  Result<model::Roster> roster(const Me&);
  Result<std::set<std::string, std::less<>>> denied(const Me&);
  Result<std::map<std::string, std::uint64_t, std::less<>>> kept(const Me&);
  // The tokens of our messages whose outcome we have not been told yet.
  Result<std::vector<std::string>> open_tokens(const Me&);
  // How our contacts look, those only who are not offline.
  Result<std::vector<View>> present(const Me&);

  // Verbs. All fail with not_logged_in if the session was displaced.
  Result<void> set_status(const Me&, model::Status, Time now);
  Result<void> set_nick(const Me&, const std::string& nick, Time now);
  Result<void> set_privacy(const Me&, model::Privacy, Time now);
  // The entry as it is then; nothing if it was refused, which a notice to ourselves says. A contact
  // who is there already (215) gets the new nick, unless it is empty.
  Result<std::optional<model::Contact>> add(const Me&, const std::string& email,
                                            const std::string& nick, bool maybe_full, Time now);
  Result<void> remove(const Me&, const std::string& email, Time now);  // unknown_contact
  Result<void> rename(const Me&, const std::string& email, const std::string& nick);  // the same
  // False: refused as the list is full, which a notice to ourselves says.
  Result<bool> allow(const Me&, const std::string& email, Time now);
  Result<bool> deny(const Me&, const std::string& email, Time now);
  Result<bool> block(const Me&, const std::string& email, Time now);
  Result<void> unblock(const Me&, const std::string& email, Time now);
  Result<Sending> send(const Me&, const OutgoingMessage&, Time now);  // unknown_contact
  Result<void> typing(const Me&, const std::string& email, Time now);

  // The inbox of a session after row `after`, at most about `limit` rows.
  Result<Inbox> read_inbox(const Me&, std::int64_t after, std::size_t limit);
  // Forgets the rows and lets the senders know.
  Result<void> acknowledge(const Acknowledgement&, Time now);

 private:
  struct Inside;
  struct Standing;
  Store(std::string path, Patience& patience, std::unique_ptr<Inside> inside);
  bool replaced() const;  // the path leads to another file, or to none
  template <class Work>
  auto guarded(Work&& work) -> decltype(work());

  // These throw SQLite::Exception.
  bool current(const Me&);
  std::optional<Standing> standing(const std::string& email, const std::string& towards);
  void tell(const std::string& recipient, Kind, const std::string& other, const std::string& token,
            const std::string& text, bool kept, Time now);
  void tell_watchers(const std::string& email, Time now);
  void publish_name(const Me&, Time now);
  void let_look(const std::string& email, Query viewers, Time now);
  void wake(const std::string& email);
  void forget_fleeting(const std::string& email);
  void cancel(const std::string& recipient, Kind, const std::string& other);
  void refuse(const Me&, const std::string& email, const std::string& code,
              const std::string& request, const std::string& text, Time now);
  bool is_full(const Me&, const char* count, const std::string& email, const std::string& request,
               Time now);
  void tell_changed(const Me&, const std::string& email, Time now);
  void learn_names(const Me&);
  bool keep_message(const std::string& sender, const std::string& holder, std::size_t bytes);
  bool forget_taken(const std::string& sender, const std::string& holder);
  void release_receipts(const std::string& holder, Time now);
  bool looks_online(const std::string& email);
  void close_session(const std::string& session, const std::string& email, Time now);

  std::string path_;
  Patience& patience_;
  std::string name_;
  std::int64_t tables_version_ = 0;
  std::unique_ptr<Inside> inside_;
  std::set<std::string> wakes_;
  bool damaged_ = false;
  bool synced_ = true;
};

}  // namespace msn::network::local
