// SPDX-License-Identifier: MIT
// Lists and settings of the account on the notification server: handles what the server sends about
// them, and carries out client requests with ADC/ADD, REM, SBP/REA, CHG, PRP, BLP and GTC.
//
// A request changes the desired state of a user or a setting. Commands are sent until the server
// has that state; at most one about each user and each setting is outstanding. The desired state
// survives a lost connection. If the session ends first, an error event reports what was not
// carried out.
#pragma once
#include "core/network/common/pending_operations.hpp"
#include "core/network/msnp/contact_lists.hpp"
#include "core/network/msnp/desired_state.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notification_events.hpp"
#include "core/network/msnp/transactions.hpp"
#include "core/network/network.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class ListDialogue {
 public:
  // All must outlive the object. Reads `self.email` and updates nick, status and privacy of `self`.
  // `trid`: the last transaction number of the connection. `out`: receives the events.
  ListDialogue(ContactLists& contact_lists, Self& self, const Timing& timing, std::uint32_t& trid,
               NsEvents& out)
      : contact_lists_(contact_lists), self_(self), timing_(timing), trid_(trid), out_(out) {}

  // Client requests, online or reconnecting. Each is completed by Finish: with the server's answer;
  // as accepted after Timing::accept_after, or when the connection is lost. A failure that is known
  // only after that is reported by an ErrorEvent.
  void set_status(Token token, model::Status status, SteadyTime now) {
    set(status_, self_.status, token, status, now);
  }
  void set_nick(Token token, std::string name, SteadyTime now) {
    set(nick_, self_.nick, token, std::move(name), now);
  }
  void set_privacy(Token token, model::Privacy privacy, SteadyTime now) {
    set(privacy_, self_.privacy, token, privacy, now);
  }
  void add(Token, const std::string& email, const std::string& name, SteadyTime now);
  void rename(Token, const std::string& email, const std::string& name, SteadyTime now);
  // DEL, ALLOW, DENY, BLOCK and UNBLOCK: adds to or removes from the forward, allow or block list.
  void change(Token, List, bool on, const std::string& email, SteadyTime now);

  // The last status that was requested and not refused.
  const std::optional<model::Status>& wanted_status() const { return status_.wanted; }
  // Whether the user will be on the forward list once all requests are carried out; nullopt: it
  // depends on whether the server has carried out a command that it did not answer.
  std::optional<bool> will_be_listed(std::string_view email) const;

  // Call it when a login is complete: sends what is missing. `changes`: from end_sync().
  void ready(const Dialect&, const ContactLists::Changes& changes, SteadyTime now);
  // Call it when the connection is lost: completes all requests as accepted; they are carried out
  // after ready().
  void lost();
  // Call it when the session has ended for good: reports and discards what was not carried out.
  void end();

  // Handles a command about lists and settings, or an error. Returns false for an error that
  // answers no command of this object.
  bool received(const Command&, SteadyTime now);
  // When on_time must be called.
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

 private:
  template <class T>
  struct Setting {
    std::string_view request;  // the client request that changes it
    std::optional<T> wanted{};
    bool due = false;        // to be sent
    bool in_flight = false;  // a command about it is not answered yet
  };
  // A command that the server has not answered yet.
  struct SentCommand {
    enum class Kind { user, status, nick, open, ask };  // open: BLP; ask: GTC
    Kind kind{};
    std::string email{};
    std::string name{};  // in the command
    std::string id{};    // contact ID of the user when the command was sent
    ListCommand step{};
    model::Status status{};
    bool on = false;
    std::uint32_t trid = 0;
  };

  // Completing client requests. `about` is the key of promises_: the request of a setting, or a
  // user and a list.
  void complete_later(Token, const std::string& about);
  void complete(std::string_view about);
  void complete_all(const Tokens&, const Result<void>&);
  void report_failure(std::string_view about, int number, const std::string& why,
                      const std::string& email, std::string_view request);
  void happened(model::Event event) { out_.emplace_back(ns::Happened{std::move(event)}); }
  std::string next_trid() { return std::to_string(++trid_); }
  void send_command(SentCommand, std::string command);  // `command` has transaction trid_

  // Calls `use` with each setting and its value in self_.
  template <class Use>
  void each_setting(Use use) {
    use(nick_, self_.nick);
    use(privacy_, self_.privacy);
    use(status_, self_.status);
  }
  template <class T, class Shown>
  void set(Setting<T>& setting, Shown& shown, Token token, T value, SteadyTime now) {
    now_ = now;
    if (!ready_) shown = value;
    setting.wanted = std::move(value);
    setting.due = true;
    complete_later(token, std::string(setting.request));
    advance_settings();
  }
  void advance_settings();
  void setting_done(const SentCommand&);
  void setting_failed(const SentCommand&, int number, std::string why);

  const DesiredState& desired_for(std::string_view email) const;
  void advance(const std::string& email);
  void send(const std::string& email, DesiredState&, const ListCommand&);
  bool record_answer(const SentCommand&);
  void on_success(const SentCommand&);
  void on_failure(const SentCommand&, int number, const std::string& why);
  bool is_already_so(const SentCommand&, int number) const;
  bool record_membership(List, const std::string& email, bool on);
  void give_name(const std::string& email, const std::string& name);
  void forget_name(const std::string& email);
  void set_denied(const std::string& email, bool denied);
  void on_late_answer(List, const std::string& email, std::string_view trid);
  bool wants_to_be_asked() const;
  void answer_all_pending();
  void answer_pending(const std::string& email, bool news);

  void on_entry(const Command&);
  void on_mode(const Command&);
  void on_property(const Command&);
  void on_add(const Command&);
  void on_remove(const Command&);

  ContactLists& contact_lists_;
  Self& self_;
  const Timing& timing_;
  std::uint32_t& trid_;
  NsEvents& out_;

  bool ready_ = false;
  SteadyTime now_{};
  Dialect dialect_;
  PendingOperations promises_;
  Transactions<SentCommand> sent_;
  std::map<std::string, DesiredState, std::less<>> desired_;  // by address
  Setting<model::Status> status_{"STATUS"};
  std::optional<model::Status> accepted_status_;  // the last one that a server accepted
  std::optional<model::Status> server_status_;    // on the present connection
  Setting<std::string> nick_{"NICK"};
  Setting<model::Privacy> privacy_{"PRIV"};
  // One half of the privacy setting: BLP or GTC.
  struct Mode {
    std::optional<bool> on_server{};  // nullopt: unknown
    std::uint32_t unconfirmed = 0;    // the last command that the server did not answer; 0: none
  };
  Mode open_, ask_;
  std::string last_listed_;  // the user of the last LST; a BPR without an address is about them
};

}  // namespace msn::network::msnp
