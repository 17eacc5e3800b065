// SPDX-License-Identifier: MIT
// One account on an MSN server, without sockets, threads and clock: functions pass it requests,
// received bytes, tickets and the time, and it returns actions to perform. Owns the lists, the
// switchboards and the queued texts. Reconnects after a lost connection and then reports only what
// has changed (msncd-protocol(7) 13.9).
#pragma once
#include "core/base/backoff.hpp"
#include "core/network/common/deadlines.hpp"
#include "core/network/common/outbox.hpp"
#include "core/network/common/presence.hpp"
#include "core/network/msnp/notification.hpp"
#include "core/network/msnp/switchboard.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace msn::network::msnp {

using ConnectionId = std::uint32_t;

struct Connect {
  ConnectionId id = 0;
  HostPort to;
};
struct Send {
  ConnectionId id = 0;
  std::string bytes;
};
struct HangUp {  // close after all bytes are sent; report nothing more about this connection
  ConnectionId id = 0;
};
struct FetchTicket {         // start the HTTPS login; cancels an earlier one
  std::uint64_t number = 0;  // for Session::ticket
  std::string challenge;
};
struct Emit {
  std::vector<model::Event> events;
  std::optional<std::string> remember;  // text for Remember, once the events are stored
};
struct Remember {  // save the text of write_saved_lists() in the state directory
  std::string text;
};
struct Report {
  State state{};
};
using Action =
    std::variant<Connect, Send, HangUp, FetchTicket, Emit, Remember, Report, Finish, Note>;

struct SessionOptions {
  HostPort server;
  Timing timing;
  std::function<double()> random;  // 0 to 1: jitter of the back-off
};

class Session {
 public:
  explicit Session(SessionOptions);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  State state() const { return state_; }
  const Self& self() const { return self_; }
  const model::Roster& roster() const { return contact_lists_.roster(); }
  // Whether this is the connection to the notification server; false: to a switchboard.
  bool is_notification(ConnectionId id) const { return id == ns_connection_; }

  // The actions since the last call, to be performed in order. Call it after each function below.
  std::vector<Action> take_actions();
  // When on_time must be called.
  std::optional<SteadyTime> deadline() const;

  // The requests of network.hpp. Exactly one Finish completes each token. Tokens must increase.
  void login(Token, std::string email, std::optional<SavedLists>, SteadyTime now);
  // The saved lists, if login was called without them; must be called before ticket().
  void restore(std::optional<SavedLists> saved) { contact_lists_.clear(std::move(saved)); }
  void logoff(Token, SteadyTime now);
  void set_status(Token, model::Status, SteadyTime now);
  void set_nick(Token, std::string nick, SteadyTime now);
  void set_privacy(Token, model::Privacy, SteadyTime now);
  void add(Token, std::string_view email, std::string_view nick, SteadyTime now);
  void remove(Token, std::string_view email, SteadyTime now);
  void rename(Token, std::string_view email, std::string_view nick, SteadyTime now);
  void allow(Token token, std::string_view email, SteadyTime now) {
    change(token, List::allow, true, email, now);
  }
  void deny(Token token, std::string_view email, SteadyTime now) {
    change(token, List::allow, false, email, now);
  }
  void block(Token token, std::string_view email, SteadyTime now) {
    change(token, List::block, true, email, now);
  }
  void unblock(Token token, std::string_view email, SteadyTime now) {
    change(token, List::block, false, email, now);
  }
  void send(Token, const OutgoingMessage&, SteadyTime now);
  void typing(Token, std::string_view email, SteadyTime now);

  void connected(ConnectionId, SteadyTime now);
  void received(ConnectionId, std::string_view bytes, SteadyTime now);
  void closed(ConnectionId, std::string_view why, SteadyTime now);
  void ticket(std::uint64_t number, Result<std::string>, SteadyTime now);
  void on_time(SteadyTime now);

 private:
  using Letter = Outbox::Letter;
  struct Board {
    Switchboard switchboard;
    // Number of the last text that this account sent here. Of several switchboards with a contact,
    // the one with the highest number gets the next text, because texts in different switchboards
    // can overtake each other.
    std::uint64_t last_used = 0;
    // The state of the switchboard when update_indexes() was last called.
    std::string sole_contact{};
    bool active = false;
    Outbox::Load queued{};
  };
  // An attempt to open a conversation with a contact, for texts in the outbox or a typing notice.
  struct Call {
    bool typing = false;           // send a typing notice once it is open
    bool xfr_outstanding = false;  // XFR SB is not answered yet
    ConnectionId board = 0;        // the switchboard that calls the contact; 0: none yet
  };
  // Recipient and ID of a text.
  struct Sending {
    std::string to, id;
  };

  // session.cpp
  template <class One>  // an alternative of Action: constructing an Action makes gcc 14 warn
  void act(One action) {
    actions_.emplace_back(std::move(action));
  }
  void emit(model::Event);
  void finish(Token, Result<void>);
  void run();
  void run_board(ConnectionId);
  void end_session(State);
  void handle(ns::Dial&);
  void handle(ns::Say&);
  void handle(ns::HangUp&);
  void handle(ns::WantTicket&);
  void handle(ns::Ready&);
  void handle(ns::ListsChanged& changed) { report(changed.changes); }
  void handle(ns::Happened&);
  void handle(Presence&);
  void handle(ns::WentOffline& who) { go_offline(who.email); }
  void handle(Finish& answer) { finish(answer.token, std::move(answer.result)); }
  void handle(ns::StatusAnswered&);
  void handle(ns::Pong&);
  void handle(ns::Remember&) { remember_ = true; }
  void handle(Note& note) { act(std::move(note)); }
  void report(const ContactLists::Changes&);
  void go_offline(const std::string& email);

  // session_requests.cpp
  void change(Token, List, bool on, std::string_view address, SteadyTime now);
  bool needs_session(Token, bool reconnecting_too);
  std::optional<std::string> parse_other_user(Token, std::string_view address);
  void fail_add(Token, std::string_view address, int number);

  // session_reconnect.cpp
  void handle(ns::LoginFailed&);
  void handle(ns::SessionLost&);
  void end_with_error(const model::ErrorEvent&);
  void schedule_reconnect(std::string_view what, std::string_view why);
  void resume(const ContactLists::Changes&);
  void end_presence_grace();

  // session_conversations.cpp
  void handle(ns::Barred&);
  void handle(ns::Ring&);
  void handle(ns::Switchboard&);
  void handle(ConnectionId, board::Say&);
  void handle(ConnectionId, board::Opened&);
  void handle(ConnectionId, board::Text&);
  void handle(ConnectionId, board::Typing&);
  void handle(ConnectionId, board::Delivered&);
  void handle(ConnectionId, board::Undelivered&);
  void handle(ConnectionId, board::Unsent&);
  void handle(ConnectionId, board::Ended&);
  Board* find_board(ConnectionId);
  Board* board_with(std::string_view email, ConnectionId* id = nullptr);
  void update_indexes(ConnectionId, Board&);
  void mark_changed(ConnectionId id) { changed_boards_.push_back(id); }
  bool hidden() const;
  bool is_sender_allowed(std::string_view email) const;
  bool make_room(std::size_t expected, std::size_t most = limits::conversations);
  ConnectionId open_board(const HostPort&, Switchboard);
  void ensure_board(const std::string& email);
  bool may_request_board();
  bool request_next_board();
  bool drop_call(const std::string& email);
  void flush(const std::string& email, ConnectionId);
  void send_to(ConnectionId, const std::string& email, Letter);
  void fail_with_number(const std::string& email, int number);
  std::uint64_t drop_outbox(const std::string& email, std::string_view why);
  void drop_outbox_and_report(const std::string& email, std::string_view why);
  std::uint64_t fail_letters(const std::string& email, const Outbox::Letters&,
                             std::string_view why);
  void close_boards(const std::string& why);
  void expire_letters();

  SessionOptions options_;
  SteadyTime now_{};
  State state_ = State::offline;
  Self self_;
  ContactLists contact_lists_;
  Notification ns_;
  std::vector<Action> actions_;
  bool remember_ = false;

  Token login_token_ = 0;  // of the LOGIN in progress; 0: none
  ConnectionId last_connection_ = 0, ns_connection_ = 0;
  std::uint64_t ticket_number_ = 0;
  Backoff backoff_;           // of reconnecting
  bool maintenance_ = false;  // since OUT SSD, until the next login succeeds
  SteadyTime online_since_{};
  std::optional<SteadyTime> retry_at_;
  ReportedPresence told_;

  std::map<ConnectionId, Board> boards_;
  std::vector<ConnectionId> changed_boards_;  // may have events
  Deadlines<ConnectionId> board_times_;
  std::multimap<std::string, ConnectionId, std::less<>> boards_by_contact_;
  Deadlines<ConnectionId> idle_boards_;  // closed in this order if there are too many
  std::size_t active_boards_ = 0;        // neither closing nor ended
  Outbox outbox_{{limits::queued_messages, limits::queued_bytes}};
  Outbox::Load board_load_;  // texts queued in boards
  std::map<std::string, Call, std::less<>> calls_;
  std::size_t xfr_outstanding_ = 0;           // the number of calls_ with an unanswered XFR SB
  Deadlines<std::string> xfr_queue_;          // contacts that need XFR SB, by deadline
  std::optional<SteadyTime> xfr_not_before_;  // set because the server was busy
  std::map<board::Key, Sending> sending_;     // texts handed to a switchboard
  board::Key last_key_ = 0;
  std::uint64_t last_use_ = 0;
};

}  // namespace msn::network::msnp
