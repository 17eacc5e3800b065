// SPDX-License-Identifier: MIT
// Our lists and settings on the notification server: reads what it says of them, and carries out
// what is wanted, one command about the same at a time. Wishes outlive the session they were
// accepted in; those that can never come about any more are reported.
#pragma once
#include "core/network/common/promises.hpp"
#include "core/network/msnp/book.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notices.hpp"
#include "core/network/msnp/transactions.hpp"
#include "core/network/msnp/wishes.hpp"
#include "core/network/network.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class ListDialogue {
 public:
  // All outlive it. Self: email is read; nick, status and privacy are kept current. `trid`: the
  // last transaction number of the connection.
  ListDialogue(Book& book, Self& self, const Timing& timing, std::uint32_t& trid, Notices& out)
      : book_(book), self_(self), timing_(timing), trid_(trid), out_(out) {}

  // In a session, also while it is reconnecting. Each is answered by Finish: when the
  // server has answered, or as accepted when that takes longer than Timing::patience, or when the
  // session is lost.
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
  // DEL, ALLOW, DENY, BLOCK and UNBLOCK: onto a list that we change, or off it.
  void change(Token, List, bool on, const std::string& email, SteadyTime now);

  // Asked for last and not refused.
  const std::optional<model::Status>& wanted_status() const { return status_.wanted; }
  // Will they be on our list once all that is wanted has come about? Nothing: the server knows.
  std::optional<bool> will_be_listed(std::string_view email) const;

  // The lists are complete: goes on with what is wanted. What changed meanwhile is in `changes`.
  void ready(const Dialect&, const Book::Changes& changes, SteadyTime now);
  // The session is lost; all that was asked for is accepted, for the next one.
  void lost();
  // There is no next one: tells what has not come about, and forgets it.
  void end();

  // A line that is about lists and settings, or an error. False: an error that answers nothing of
  // ours.
  bool received(const Command&, SteadyTime now);
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

 private:
  template <class T>
  struct Setting {
    std::string_view request;  // that changes it
    std::optional<T> wanted{};
    bool due = false;   // to be sent
    bool busy = false;  // a command about it waits for its answer
  };
  // A command that waits for its answer.
  struct Flight {
    enum class Kind { person, status, nick, open, ask };
    Kind kind{};
    std::string email{};
    std::string name{};  // asked for
    std::string id{};    // theirs then
    Step step{};
    model::Status status{};
    bool on = false;
    std::uint32_t trid = 0;
  };

  // `about`: what settles it, a setting's request or a list of a person.
  void promise(Token, const std::string& about);
  void settle(std::string_view about);
  void answer(const Tokens&, const Result<void>&);
  void tell_failure(std::string_view about, int number, const std::string& why,
                    const std::string& email, std::string_view request);
  void happened(model::Event event) { out_.emplace_back(notice::Happened{std::move(event)}); }
  std::string next_trid() { return std::to_string(++trid_); }
  void ask(Flight, std::string command);  // which has that number

  // Calls `use` with each setting, and with its value in self_.
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
    promise(token, std::string(setting.request));
    advance_settings();
  }
  void advance_settings();
  void setting_done(const Flight&);
  void setting_failed(const Flight&, int number, std::string why);

  const Wish& wish_for(std::string_view email) const;
  void advance(const std::string& email);
  void send(const std::string& email, Wish&, const Step&);
  bool finish(const Flight&);
  void done(const Flight&);
  void failed(const Flight&, int number, const std::string& why);
  bool tolerable(const Flight&, int number) const;
  bool put(List, const std::string& email, bool on);
  void give_name(const std::string& email, const std::string& name);
  void forget_name(const std::string& email);
  void deny_by_us(const std::string& email, bool denied);
  void no_doubt(List, const std::string& email, std::string_view trid);
  bool wants_to_be_asked() const;
  void accept_waiting();
  void answer_waiting(const std::string& email, bool news);

  void on_entry(const Command&);
  void on_mode(const Command&);
  void on_property(const Command&);
  void on_add(const Command&);
  void on_remove(const Command&);

  Book& book_;
  Self& self_;
  const Timing& timing_;
  std::uint32_t& trid_;
  Notices& out_;

  bool ready_ = false;
  SteadyTime now_{};
  Dialect dialect_;
  Promises promises_;
  Transactions<Flight> flights_;
  std::map<std::string, Wish, std::less<>> wishes_;
  Setting<model::Status> status_{"STATUS"};
  std::optional<model::Status> accepted_status_;  // the last one, also by an earlier server
  std::optional<model::Status> said_status_;      // as the server knows it
  Setting<std::string> nick_{"NICK"};
  Setting<model::Privacy> privacy_{"PRIV"};
  // A half of our privacy.
  struct Mode {
    std::optional<bool> said;  // as the server knows it
    std::uint32_t doubt = 0;   // the last command that it has not answered; 0: none
  };
  Mode open_, ask_;
  std::string last_listed_;  // whom a BPR without an address is about
};

}  // namespace msn::network::msnp
