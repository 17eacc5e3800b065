// SPDX-License-Identifier: MIT
// One account on an MSN server, without sockets, threads and clock: verbs, bytes, tickets and time
// go in, actions come out. Holds the lists, the conversations and the texts that wait for them;
// reconnects after a loss and tells only what changed meanwhile (protocol 13.9).
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
  std::string octets;
};
struct HangUp {  // after what was sent has gone; nothing of it is to be told any more
  ConnectionId id = 0;
};
struct FetchTicket {  // an earlier one is not wanted any more
  std::uint64_t number = 0;
  std::string challenge;
};
struct Emit {
  std::vector<model::Event> events;
  std::optional<std::string> remember;  // to be kept once the events are stored
};
struct Remember {
  std::string text;  // write_known's
};
struct Report {
  State state{};
};
using Action =
    std::variant<Connect, Send, HangUp, FetchTicket, Emit, Remember, Report, Finish, Note>;

struct SessionOptions {
  HostPort server;
  Timing timing;
  std::function<double()> random;  // 0 to 1, for the jitter
};

class Session {
 public:
  explicit Session(SessionOptions);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  State state() const { return state_; }
  const Self& self() const { return self_; }
  const model::Roster& roster() const { return book_.roster(); }
  // Whether it is the connection to the notification server; the others are conversations.
  bool is_notification(ConnectionId id) const { return id == ns_connection_; }

  // What is to be done after any call of the ones below, in order.
  std::vector<Action> take_actions();
  std::optional<SteadyTime> deadline() const;

  // The verbs of network.hpp; each token is finished once. Tokens rise.
  void login(Token, std::string email, std::optional<Known>, SteadyTime now);
  // What is known from earlier sessions, where login did not say; before the ticket is given.
  void recall(std::optional<Known> known) { book_.clear(std::move(known)); }
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
    Switchboard talk;
    // Of several conversations with a person the one used last carries our texts, since texts in
    // two of them may overtake each other.
    std::uint64_t last_used = 0;
    // As counted: whom it reaches in reach_, whether it is one of talking_, what waits in it.
    std::string whom{};
    bool talking = false;
    Outbox::Load queued{};
  };
  // On the way to a conversation with a person, for texts in the outbox or a typing notice.
  struct Call {
    bool typing = false;
    bool asking = false;     // for a switchboard
    ConnectionId board = 0;  // that calls them
  };
  struct Sending {
    std::string to, id;
  };

  // session.cpp
  template <class One>  // of Action's alternatives; made in place, or gcc 14 warns of the others
  void act(One action) {
    actions_.emplace_back(std::move(action));
  }
  void emit(model::Event);
  void finish(Token, Result<void>);
  void run();
  void run_board(ConnectionId);
  void end_session(State);
  void handle(notice::Dial&);
  void handle(notice::Say&);
  void handle(notice::HangUp&);
  void handle(notice::WantTicket&);
  void handle(notice::Ready&);
  void handle(notice::ListsChanged& changed) { tell(changed.changes); }
  void handle(notice::Happened&);
  void handle(Presence&);
  void handle(notice::WentOffline& who) { go_offline(who.email); }
  void handle(Finish& answer) { finish(answer.token, std::move(answer.result)); }
  void handle(notice::StatusAnswered&);
  void handle(notice::Pong&);
  void handle(notice::Remember&) { remember_ = true; }
  void handle(Note& note) { act(std::move(note)); }
  void tell(const Book::Changes&);
  void go_offline(const std::string& email);

  // session_verbs.cpp
  void change(Token, List, bool on, std::string_view address, SteadyTime now);
  bool needs_session(Token, bool reconnecting_too);
  std::optional<std::string> needs_other(Token, std::string_view address);
  void fail_add(Token, std::string_view address, int number);

  // session_return.cpp: the end, and the return
  void handle(notice::LoginFailed&);
  void handle(notice::SessionLost&);
  void throw_out(const model::ErrorEvent&);
  void try_again(std::string_view what, std::string_view why);
  void come_back(const Book::Changes&);
  void settle();

  // session_talk.cpp: conversations
  void handle(notice::Barred&);
  void handle(notice::Ring&);
  void handle(notice::Switchboard&);
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
  void count(ConnectionId, Board&);
  void touch(ConnectionId id) { touched_.push_back(id); }
  bool hidden() const;
  bool may_write_to_us(std::string_view email) const;
  bool make_room(std::size_t coming, std::size_t most = limits::conversations);
  ConnectionId open_board(const HostPort&, Switchboard);
  void ensure_board(const std::string& email);
  bool may_ask();
  bool ask_next();
  bool drop_call(const std::string& email);
  void flush(const std::string& email, ConnectionId);
  void send_to(ConnectionId, const std::string& email, Letter);
  void fail_with_number(const std::string& email, int number);
  std::uint64_t drop_outbox(const std::string& email, std::string_view why);
  void drop_outbox_and_tell(const std::string& email, std::string_view why);
  std::uint64_t fail_letters(const std::string& email, const Outbox::Letters&,
                             std::string_view why);
  void close_boards(const std::string& why);
  void expire_letters();

  SessionOptions options_;
  SteadyTime now_{};
  State state_ = State::offline;
  Self self_;
  Book book_;
  Notification ns_;
  std::vector<Action> actions_;
  bool remember_ = false;

  Token login_token_ = 0;  // a LOGIN is in progress
  ConnectionId last_connection_ = 0, ns_connection_ = 0;
  std::uint64_t ticket_number_ = 0;
  Backoff backoff_;           // of reconnecting
  bool maintenance_ = false;  // the server said so, and has not been back since
  SteadyTime online_since_{};
  std::optional<SteadyTime> retry_at_;
  ToldPresence told_;

  std::map<ConnectionId, Board> boards_;
  std::vector<ConnectionId> touched_;  // boards that may have something to tell
  Deadlines<ConnectionId> board_times_;
  std::multimap<std::string, ConnectionId, std::less<>> reach_;
  Deadlines<ConnectionId> idle_boards_;  // those that give way, in this order
  std::size_t talking_ = 0;              // boards that are not leaving
  Outbox outbox_{{limits::queued_messages, limits::queued_bytes}};
  Outbox::Load board_load_;  // what waits in the boards
  std::map<std::string, Call, std::less<>> calls_;
  std::size_t asking_ = 0;            // of them
  Deadlines<std::string> unasked_;    // readers to ask a switchboard for, by who has least time
  std::optional<SteadyTime> ask_at_;  // not before: the server was too busy
  std::map<board::Key, Sending> sending_;  // texts in a conversation
  board::Key last_key_ = 0;
  std::uint64_t last_use_ = 0;
};

}  // namespace msn::network::msnp
