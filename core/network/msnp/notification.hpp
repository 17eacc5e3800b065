// SPDX-License-Identifier: MIT
// The dialogue with the notification server, without its socket: octets, tickets and time go in;
// what is to be done comes out through the Owner. From the login with its redirects and version
// offers to the changes of lists and presence; one object serves one session after the other.
//
// Every question has a deadline, because servers do not answer bad requests.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"
#include "core/network/msnp/book.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/dialect.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/network.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::network::msnp {

using SteadyTime = std::chrono::steady_clock::time_point;
// Names a verb that waits to be answered; 0: nobody waits.
using Token = std::uint64_t;

// Where a conversation takes place, and the right to enter it.
struct SwitchboardTicket {
  HostPort at;
  std::string ticket;
};
// Somebody calls us.
struct Ring {
  SwitchboardTicket board;
  std::string session;  // opaque; the same for each ring of one conversation
  std::string caller;   // lower case
};
enum class Loss {
  broken,
  silent,  // the server does not answer, so that nothing else of it can be trusted
  elsewhere,
  maintenance,
};

class Notification {
 public:
  // Settings that were answered as accepted and of which the server has said nothing.
  struct Unsettled {
    std::optional<model::Status> status;
    std::optional<std::string> nick;
    std::optional<model::Privacy> privacy;
  };
  class Owner {
   public:
    virtual ~Owner() = default;
    // Takes the place of the present connection, if there is one.
    virtual void ns_connect(const HostPort&) = 0;
    virtual void ns_send(std::string octets) = 0;
    // After what was sent has gone. Nothing of that connection is told any more.
    virtual void ns_hang_up() = 0;
    virtual void ns_fetch_ticket(std::string challenge) = 0;
    // Logged in and the lists are complete.
    virtual void ns_ready(const Book::Changes&) = 0;
    // List lines that came later.
    virtual void ns_changes(const Book::Changes&) = 0;
    // The login came to nothing: login_refused or network.
    virtual void ns_failed(Error, Loss) = 0;
    // The session is gone. Changes of the lists that were accepted are gone on with in the next
    // one.
    virtual void ns_lost(Loss, std::string why, Unsettled) = 0;
    virtual void ns_event(model::Event) = 0;
    virtual void ns_presence(const Presence&) = 0;
    virtual void ns_offline(const std::string& email) = 0;
    virtual void ns_blocked(const std::string& email) = 0;
    virtual void ns_ring(Ring) = 0;
    // Fails with login_refused and the server's number, or network.
    virtual void ns_switchboard(const std::string& email, Result<SwitchboardTicket>) = 0;
    virtual void ns_finished(Token, Result<void>) = 0;
    virtual void ns_status_refused(model::Status) = 0;  // or not answered
    virtual void ns_status_settled() = 0;               // the server has answered, or never will
    // The names we gave have changed.
    virtual void ns_remember() = 0;
    virtual void ns_note(std::string text) = 0;  // for the log, safe to print
  };

  // All outlive it. Self: email is read; nick, status and privacy are kept current.
  Notification(Owner& owner, Book& book, Self& self, const Timing& timing)
      : owner_(owner), book_(book), self_(self), timing_(timing) {}

  // Begins a login; `first`: of a session, not a return (see Book::end_sync).
  void login(const HostPort& server, bool first, SteadyTime now);
  // Says goodbye, if there is somebody to say it to, and forgets the session without a word.
  void leave();
  // There is no next session for what the last one left undone: tells so.
  void give_up_unfinished();
  bool ready() const { return phase_ == Phase::ready; }

  void connected(SteadyTime now);
  void received(std::string_view octets, SteadyTime now);
  void closed(std::string_view why, SteadyTime now);
  void ticket(Result<std::string> ticket, SteadyTime now);
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

  // Only while ready. Each is answered by ns_finished: when the server has answered, or as accepted
  // when that takes longer than Timing::patience.
  void set_status(Token, model::Status, SteadyTime now);
  void set_nick(Token, std::string name, SteadyTime now);
  void set_privacy(Token, model::Privacy, SteadyTime now);
  void add(Token, std::string email, std::string name, SteadyTime now);
  void remove(Token, std::string email, SteadyTime now);
  void rename(Token, std::string email, std::string name, SteadyTime now);
  void block(Token, std::string email, SteadyTime now);
  void unblock(Token, std::string email, SteadyTime now);
  // Answered by ns_switchboard.
  void ask_switchboard(std::string email, SteadyTime now);

 private:
  enum class Phase { idle, connecting, version, client, user, ticket, password, lists, ready };
  enum class Kind {
    status,
    nick,
    mode_open,
    mode_ask,
    add,
    remove,
    rename,
    switchboard,
    challenge
  };
  // One command of an operation on the lists.
  struct Step {
    Kind kind{};
    List list{};
    bool essential = false;  // the operation fails with it
    bool follows = false;    // only if the step before it was sent
  };
  // A verb under way: its steps are sent one after the other's answer.
  struct Operation {
    Token token = 0;
    std::string email, name;
    model::Status status{};
    model::Privacy privacy;
    std::vector<Step> steps;
    std::size_t at = 0;
    bool sent = false;         // the step before this one was
    bool interrupted = false;  // by a loss, with this step under way
    std::uint64_t number = 0;  // in the order they were asked for
  };
  struct Transaction {
    Operation operation;
    SteadyTime deadline;
  };
  using Handler = void (Notification::*)(const Command&);
  struct Row {
    std::string_view verb;
    Handler handler;
  };
  static const Row rows[];

  // notification.cpp: the login, and what comes unasked
  void ask(std::string octets);
  std::string next_trid();
  void offer_versions();
  void restart(const HostPort& server);
  void fail_login(Error, Loss = Loss::broken);
  void lose(Loss, std::string why);
  void clear_dialogue();
  void reset();
  void on_command(const Command&);
  void on_error(const Command&, int number);
  void on_version(const Command&);
  void on_client(const Command&);
  void on_user(const Command&);
  void on_transfer(const Command&);
  void on_challenge(const Command&);
  void on_pong(const Command&);
  void on_out(const Command&);
  void on_ring(const Command&);
  void on_message(const Command&);
  void on_online(const Command&);
  void on_offline(const Command&);

  // notification_lists.cpp: lists and settings
  void on_sync(const Command&);
  void on_group(const Command&);
  void on_list_entry(const Command&);
  void on_mode(const Command&);
  void on_property(const Command&);
  void on_add(const Command&);
  void on_remove(const Command&);
  void on_answer(const Command&);
  bool keep_for_later(const Command&);
  void count_list_line();
  void end_lists(bool complete);
  bool will_ask() const;
  void accept_waiting();
  void answer_waiting(const std::string& email, bool news);

  // notification_steps.cpp: the verbs of notification_verbs.cpp, step by step
  void start(Operation);
  void begin(Operation);
  void go_on(Operation);
  bool send_next(Operation&);
  static std::string subject(const Operation&);
  std::optional<Operation> next_behind(const Operation&);
  Unsettled set_aside();
  void resume(Operation);
  void forget_name(const Operation&);
  bool needed(const Operation&, const Step&) const;
  std::string write(const Operation&, const Step&, std::string_view trid);
  void apply(const Operation&, const Step&);
  void step_done(Operation);
  void step_failed(Operation, int number, std::string why);
  void fail_operation(const Operation&, int number, const std::string& code,
                      const std::string& text);
  void settled(const Operation&);
  void finish(Token, Result<void>);
  static bool answers(std::string_view verb, Kind);
  std::optional<Operation> take(const Command&);
  bool tolerable(const Step&, int number) const;

  Owner& owner_;
  Book& book_;
  Self& self_;
  const Timing& timing_;

  Phase phase_ = Phase::idle;
  bool first_ = true;
  HostPort server_;
  Dialect dialect_;
  std::size_t offer_ = 0, good_offer_ = 0;  // which versions; what worked is tried first
  int redirects_ = 0;
  bool had_ticket_ = false;
  CommandReader reader_{CommandReader::From::server};
  std::uint32_t trid_ = 0;
  SteadyTime now_{};
  std::optional<SteadyTime> login_deadline_, step_deadline_, ping_at_, pong_deadline_;
  std::uint64_t lists_left_ = 0, groups_left_ = 0;
  std::optional<bool> said_open_, said_ask_;  // our privacy, as the server knows it
  std::string last_listed_;                   // whom a BPR without an address is about
  std::string early_;  // lines of others' changes to lists that are not there yet
  std::uint64_t last_number_ = 0, answered_status_ = 0, answered_nick_ = 0;  // Operation::number
  std::map<std::uint32_t, Transaction> transactions_;
  // What waits until an earlier operation about the same has ended, by subject; the key is there as
  // long as one is under way.
  std::map<std::string, std::deque<Operation>> behind_;
  std::vector<Operation> unfinished_;    // accepted in a session that was lost
  std::map<Token, SteadyTime> waiting_;  // until when each verb waits for the server
  std::uint32_t generation_ = 0;         // changes when the session ends inside a handler
};

}  // namespace msn::network::msnp
