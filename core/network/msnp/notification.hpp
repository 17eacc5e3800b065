// SPDX-License-Identifier: MIT
// The dialogue with the notification server, without its socket: bytes, tickets and time go in,
// notices come out. Takes each command to the login, to our lists, or to those who speak to us; one
// object serves one session after the other.
#pragma once
#include "core/network/msnp/lists.hpp"
#include "core/network/msnp/login.hpp"
#include "core/network/msnp/notices.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class Notification {
 public:
  // All outlive it. Self: email is read; nick, status and privacy are kept current.
  Notification(Book& book, Self& self, const Timing& timing)
      : book_(book),
        timing_(timing),
        login_(book, self, timing, trid_, out_),
        lists_(book, self, timing, trid_, out_) {}
  Notification(const Notification&) = delete;
  Notification& operator=(const Notification&) = delete;

  // What came of the last calls, in order.
  Notices take() { return std::exchange(out_, {}); }
  // What is wanted of our lists and settings.
  ListDialogue& lists() { return lists_; }
  const ListDialogue& lists() const { return lists_; }
  bool ready() const { return ready_; }

  // Begins a login; `first`: of a session, not a return (see Book::end_sync).
  void login(const HostPort& server, bool first, SteadyTime now);
  // Says goodbye, if there is a session, and hangs up; there is no next session.
  void end();

  void connected(SteadyTime now);
  // Bytes are kept until step() takes one command of them, so that what it tells can be acted upon
  // before the next one is read. False: no whole command is left.
  void feed(std::string_view bytes);
  bool step(SteadyTime now);
  void closed(std::string_view why, SteadyTime now);
  void ticket(Result<std::string> ticket, SteadyTime now) { login_.ticket(std::move(ticket), now); }
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

  // Only while ready. Answered by notice::Switchboard.
  void ask_switchboard(std::string email, SteadyTime now);
  // Answered by notice::Pong, or the session is lost.
  void ping(SteadyTime now);

 private:
  void clear();
  void become_ready();
  void lose(Loss, std::string why);
  void on_command(const Command&);
  void on_error(const Command&, int number);
  void on_transfer(const Command&);
  void on_challenge(const Command&);
  void on_pong(const Command&);
  void on_out(const Command&);
  void on_ring(const Command&);
  void on_message(const Command&);
  void ask(std::string email, std::string command);
  std::optional<HostPort> switchboard_at(std::string_view word) const;

  Book& book_;
  const Timing& timing_;
  Notices out_;
  std::uint32_t trid_ = 0;
  Login login_;
  ListDialogue lists_;

  bool ready_ = false;
  SteadyTime now_{};
  CommandReader reader_{CommandReader::From::server};
  std::optional<SteadyTime> ping_at_, pong_deadline_;
  // For whom a switchboard is asked for; empty: of a challenge that we have answered.
  Transactions<std::string> questions_;
  std::string early_;  // lines of others' changes to lists that are not there yet
};

}  // namespace msn::network::msnp
