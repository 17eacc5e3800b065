// SPDX-License-Identifier: MIT
// One account on an MSN server, without sockets, threads and clock: verbs, octets, tickets and time
// go in, actions come out. Holds the lists, the conversations and what waits for them; finds its
// way back after a loss and tells only what changed meanwhile (protocol 13.9).
#pragma once
#include "core/base/backoff.hpp"
#include "core/network/msnp/notification.hpp"
#include "core/network/msnp/switchboard.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
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
struct Finish {
  Token token = 0;
  Result<void> result;
};
struct Note {
  std::string text;  // about the account, for the log, safe to print
};
using Action =
    std::variant<Connect, Send, HangUp, FetchTicket, Emit, Remember, Report, Finish, Note>;

struct SessionOptions {
  HostPort server;
  Timing timing;
  std::function<double()> random;  // 0 to 1, for the jitter
};

class Session final : Notification::Owner, Switchboard::Owner {
 public:
  explicit Session(SessionOptions);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  State state() const { return state_; }
  const Self& self() const { return self_; }
  const model::Roster& roster() const { return book_.roster(); }

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
  void block(Token, std::string_view email, SteadyTime now);
  void unblock(Token, std::string_view email, SteadyTime now);
  void send(Token, const OutgoingMessage&, SteadyTime now);
  void typing(Token, std::string_view email, SteadyTime now);

  void connected(ConnectionId, SteadyTime now);
  void received(ConnectionId, std::string_view octets, SteadyTime now);
  void closed(ConnectionId, std::string_view why, SteadyTime now);
  void ticket(std::uint64_t number, Result<std::string>, SteadyTime now);
  void on_time(SteadyTime now);

 private:
  // One of our messages that waits for its conversation.
  struct Letter {
    Switchboard::Key key = 0;
    std::string id, text;
    SteadyTime deadline;
  };
  struct Outbox {
    std::deque<Letter> letters;
    std::size_t octets = 0;  // of their texts
    bool typing = false;
    bool asking = false;     // for a switchboard
    ConnectionId board = 0;  // that calls them
    std::optional<SteadyTime> ask_again;
    bool idle() const { return letters.empty() && !typing; }
  };
  struct Sending {
    std::string to, id;
  };
  using Outboxes = std::map<std::string, Outbox, std::less<>>;

  // session.cpp; the verbs are in session_verbs.cpp
  template <class One>  // of Action's alternatives; made in place, or gcc 14 warns of the others
  void act(One action) { actions_.emplace_back(std::move(action)); }
  void emit(model::Event);
  void finish(Token, Result<void>);
  bool needs_session(Token, bool reconnecting_too);
  void end_session(State);

  void ns_connect(const HostPort&) override;
  void ns_send(std::string) override;
  void ns_hang_up() override;
  void ns_fetch_ticket(std::string) override;
  void ns_ready(const Book::Changes&) override;
  void ns_changes(const Book::Changes&) override;
  void ns_event(model::Event) override;
  void ns_presence(const Presence&) override;
  void ns_offline(const std::string&) override;
  void ns_finished(Token, Result<void>) override;
  void ns_status_refused(model::Status) override;
  void ns_status_settled() override;
  void ns_remember() override { remember_ = true; }
  void ns_note(std::string text) override { act(Note{std::move(text)}); }

  // session_return.cpp: the end and the way back
  void ns_failed(Error, Loss) override;
  void ns_lost(Loss, std::string why, Notification::Unsettled) override;
  void throw_out(const model::ErrorEvent&);
  void try_again(std::string_view what, std::string_view why);
  void come_back(const Book::Changes&);
  void settle();

  // session_talk.cpp: conversations
  void ns_blocked(const std::string&) override;
  void ns_ring(Ring) override;
  void ns_switchboard(const std::string& email, Result<SwitchboardTicket>) override;
  void sb_send(Switchboard&, std::string) override;
  void sb_open(Switchboard&) override;
  void sb_text(Switchboard&, const std::string&, Headers, std::string) override;
  void sb_typing(Switchboard&, const std::string&) override;
  void sb_delivered(Switchboard&, Switchboard::Key) override;
  void sb_undelivered(Switchboard&, Switchboard::Key, std::string) override;
  void sb_unsent(Switchboard&, const std::string& to, std::vector<Switchboard::Unsent>) override;
  void sb_end(Switchboard&, Switchboard::End, int, std::string,
              std::vector<Switchboard::Key>) override;
  bool hidden() const;
  bool awaited(std::string_view email) const;
  bool may_write_to_us(std::string_view email) const;
  Switchboard* board_with(std::string_view email);
  ConnectionId id_of(const Switchboard&) const;
  void open_board(const HostPort&, std::unique_ptr<Switchboard>, ConnectionId*);
  void converse(const std::string& email);
  void flush(const std::string& email, Switchboard&);
  void refuse(const std::string& email, int number);
  std::uint64_t give_up(const std::string& email, std::string_view why);
  void lose(const std::string& email, std::string_view why);
  void leave_boards(const std::string& why);
  void drop_boards(const std::string& why);
  void expire_letters();
  void send_to(Switchboard&, const std::string& email, Letter);

  SessionOptions options_;
  SteadyTime now_{};
  State state_ = State::offline;
  Self self_;
  Book book_;
  Notification ns_;
  std::vector<Action> actions_;
  bool remember_ = false;

  Token login_token_ = 0;  // a LOGIN is under way
  ConnectionId last_connection_ = 0, ns_connection_ = 0;
  std::uint64_t ticket_number_ = 0;
  Backoff backoff_;           // of the way back
  bool maintenance_ = false;  // the server said so, and has not been back since
  SteadyTime online_since_{};
  std::optional<SteadyTime> retry_at_, settle_at_;
  bool settling_ = false;                       // the server is to tell us who is there
  std::optional<model::Status> wanted_status_;  // asked for last and not refused
  std::optional<std::string> wanted_nick_;
  std::optional<model::Privacy> wanted_privacy_;
  std::map<std::string, model::Status, std::less<>> told_;  // the last status told of each contact

  std::map<ConnectionId, std::unique_ptr<Switchboard>> boards_;
  std::vector<std::unique_ptr<Switchboard>> ended_;  // may still be on the stack
  Outboxes outboxes_;
  std::size_t queued_octets_ = 0;                // of the texts in Self::queued
  bool leaving_ = false;                         // conversations are given up: none is begun
  std::map<Switchboard::Key, Sending> sending_;  // in a conversation
  Switchboard::Key last_key_ = 0;
  std::uint64_t last_use_ = 0;
};

}  // namespace msn::network::msnp
