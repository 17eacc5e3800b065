// SPDX-License-Identifier: MIT
// The way into a notification server: versions, account, ticket, and the lists up to their count;
// servers may pass us on. Each question has a deadline, because servers do not answer bad ones.
#pragma once
#include "core/network/msnp/book.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notices.hpp"
#include "core/network/network.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class Login {
 public:
  // All outlive it. Self: email is read, nick is set. `trid`: the last transaction number.
  Login(Book& book, Self& self, const Timing& timing, std::uint32_t& trid, Notices& out)
      : book_(book), self_(self), timing_(timing), trid_(trid), out_(out) {}

  // `first`: of a session, not a return, on which the version that has worked is kept.
  void begin(const HostPort& server, bool first, SteadyTime now);
  // Without a word: another login begins, or the session ends.
  void give_up();
  // Hangs up and tells.
  void fail(Error, Loss = Loss::broken);

  bool in_progress() const { return phase_ != Phase::idle; }
  // Commands of a connection that is not made yet cannot come.
  bool listens() const { return phase_ > Phase::connecting; }
  // The server has let us in, and the lists come.
  bool lists_come() const { return phase_ == Phase::lists; }
  // All of them have come: the login is over, and so is this object's part.
  bool complete() const {
    return lists_come() && book_.syncing() && left_ == 0 && groups_left_ == 0;
  }
  void finish();
  const Dialect& dialect() const { return dialect_; }
  bool first() const { return first_; }
  const HostPort& server() const { return server_; }  // asked last

  void connected(SteadyTime now);
  void closed(std::string_view why);
  void ticket(Result<std::string>, SteadyTime now);
  // VER, CVR, USR, XFR, SYN; LST and LSG only to be counted, after they were read.
  void received(const Command&, SteadyTime now);
  // By an error. On a return only what the server means of the account is login_refused.
  void refused(int number);
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

 private:
  enum class Phase { idle, connecting, version, client, user, ticket, password, lists };

  void dial(const HostPort&);
  std::string next_trid() { return std::to_string(++trid_); }
  void ask(std::string bytes);
  void offer_versions();
  bool offer_others();
  void on_version(const Command&);
  void on_user(const Command&);
  void on_transfer(const Command&);
  void on_sync(const Command&);

  Book& book_;
  Self& self_;
  const Timing& timing_;
  std::uint32_t& trid_;
  Notices& out_;

  Phase phase_ = Phase::idle;
  bool first_ = true;
  SteadyTime now_{};
  HostPort server_;
  Dialect dialect_;
  std::uint32_t asked_ = 0;      // the number of the question
  std::size_t offer_ = 0;        // which versions
  bool offered_others_ = false;  // in this login
  int redirects_ = 0;
  bool had_ticket_ = false;                   // the password was right
  int refusals_ = 0;                          // in a row, of returns whose password was right
  std::uint64_t left_ = 0, groups_left_ = 0;  // lines of the lists
  std::optional<SteadyTime> deadline_, step_deadline_;
};

}  // namespace msn::network::msnp
