// SPDX-License-Identifier: MIT
// The login dialogue with a notification server: VER, CVR, USR, the HTTPS ticket, and SYN until all
// announced list entries are received. Follows redirects (XFR NS). Every command has a deadline,
// because servers do not answer invalid commands.
#pragma once
#include "core/network/msnp/contact_lists.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/notification_events.hpp"
#include "core/network/network.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class Login {
 public:
  // All must outlive the object. Reads `self.email` and sets `self.nick`. `trid`: the last
  // transaction number. `out`: receives the events.
  Login(ContactLists& contact_lists, Self& self, const Timing& timing, std::uint32_t& trid,
        NsEvents& out)
      : contact_lists_(contact_lists), self_(self), timing_(timing), trid_(trid), out_(out) {}

  // `first`: false for a reconnect, which keeps the protocol version that has worked, and whose
  // errors count as temporary unless the server refuses the account.
  void begin(const HostPort& server, bool first, SteadyTime now);
  // Ends the login without an event.
  void give_up();
  // Ends the login with ns::HangUp and ns::LoginFailed.
  void fail(Error, Loss = Loss::broken);

  bool in_progress() const { return phase_ != Phase::idle; }
  // Connected: commands can be received.
  bool listens() const { return phase_ > Phase::connecting; }
  // The server has accepted the account (USR OK) and sends the lists.
  bool receives_lists() const { return phase_ == Phase::lists; }
  // All lists are received; the caller then calls finish().
  bool complete() const {
    return receives_lists() && contact_lists_.syncing() && left_ == 0 && groups_left_ == 0;
  }
  void finish();
  const Dialect& dialect() const { return dialect_; }
  bool first() const { return first_; }
  const HostPort& server() const { return server_; }  // the last one connected to

  void connected(SteadyTime now);
  void closed(std::string_view why);
  // The result of ns::WantTicket.
  void ticket(Result<std::string>, SteadyTime now);
  // VER, CVR, USR, XFR and SYN. LST and LSG are only counted here.
  void received(const Command&, SteadyTime now);
  // Fails the login because the server answered with an error number. The error is `network` for an
  // is_temporary() number of a first login, and for a number of a reconnect that is not
  // is_refusal(). Otherwise it is `login_refused`, which ends reconnecting. In a reconnect after
  // the HTTPS server accepted the password, only the third refusal in a row counts.
  void refused(int number);
  std::optional<SteadyTime> deadline() const;
  void on_time(SteadyTime now);

 private:
  // What is outstanding: the connection; the answer to VER, CVR, USR TWN I; the HTTPS ticket; the
  // answer to USR TWN S; SYN and the lists.
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

  ContactLists& contact_lists_;
  Self& self_;
  const Timing& timing_;
  std::uint32_t& trid_;
  NsEvents& out_;

  Phase phase_ = Phase::idle;
  bool first_ = true;
  SteadyTime now_{};
  HostPort server_;
  Dialect dialect_;
  std::uint32_t asked_ = 0;      // transaction of the outstanding command
  std::size_t offer_ = 0;        // which versions VER offers: index in `offers`
  bool offered_others_ = false;  // the other versions were already offered in this login
  int redirects_ = 0;
  bool had_ticket_ = false;  // the HTTPS server accepted the password
  int refusals_ = 0;         // refusals in a row although the HTTPS server accepted the password
  std::uint64_t left_ = 0, groups_left_ = 0;  // LST and LSG that are missing
  std::optional<SteadyTime> deadline_, step_deadline_;
};

}  // namespace msn::network::msnp
