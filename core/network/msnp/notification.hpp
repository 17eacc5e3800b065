// SPDX-License-Identifier: MIT
// The dialogue with the notification server (NS), without its socket: functions pass it received
// bytes, tickets and the time, and it returns events. Routes commands to the login (Login) and the
// lists (ListDialogue), and handles presence, RNG, XFR SB, CHL, PNG and OUT itself. One object
// serves many sessions, one at a time.
#pragma once
#include "core/network/msnp/list_dialogue.hpp"
#include "core/network/msnp/login.hpp"
#include "core/network/msnp/notification_events.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class Notification {
 public:
  // All must outlive the object. Reads `self.email` and updates nick, status and privacy of `self`.
  Notification(ContactLists& contact_lists, Self& self, const Timing& timing)
      : contact_lists_(contact_lists),
        timing_(timing),
        login_(contact_lists, self, timing, trid_, out_),
        lists_(contact_lists, self, timing, trid_, out_) {}
  Notification(const Notification&) = delete;
  Notification& operator=(const Notification&) = delete;

  // The events since the last call, in order.
  NsEvents take() { return std::exchange(out_, {}); }
  // For requests about lists and settings.
  ListDialogue& lists() { return lists_; }
  const ListDialogue& lists() const { return lists_; }
  bool ready() const { return ready_; }

  // Starts a login; `first`: false after a connection was lost (see ContactLists::end_sync).
  void login(const HostPort& server, bool first, SteadyTime now);
  // Logs off (OUT) and closes the connection. Reports requests that were not carried out
  // (ListDialogue::end()).
  void end();

  void connected(SteadyTime now);
  // feed() stores bytes. step() handles one command of them, so that the caller can act on its
  // events before the next one; it returns false if no complete command is left.
  void feed(std::string_view bytes);
  bool step(SteadyTime now);
  void closed(std::string_view why, SteadyTime now);
  void ticket(Result<std::string> ticket, SteadyTime now) { login_.ticket(std::move(ticket), now); }
  // When on_time must be called.
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

  // XFR SB; only while ready(). Answered by ns::Switchboard.
  void ask_switchboard(std::string email, SteadyTime now);
  // PNG. Answered by ns::Pong, or the session is lost.
  void ping(SteadyTime now);

 private:
  void clear();
  void become_ready();
  void lose_session(Loss, std::string why);
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

  ContactLists& contact_lists_;
  const Timing& timing_;
  NsEvents out_;
  std::uint32_t trid_ = 0;
  Login login_;
  ListDialogue lists_;

  bool ready_ = false;
  SteadyTime now_{};
  CommandReader reader_{CommandReader::From::server};
  std::optional<SteadyTime> ping_at_, pong_deadline_;
  // Unanswered commands XFR SB and QRY. The value: the contact to call; empty for a QRY.
  Transactions<std::string> questions_;
  std::string early_;  // list changes that arrived before the lists were complete, line by line
};

}  // namespace msn::network::msnp
