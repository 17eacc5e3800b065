// SPDX-License-Identifier: MIT
// The desired state of one user on the lists of the account, and the next command towards it.
//
// Client requests (ADD, DEL, ALLOW, DENY, BLOCK, UNBLOCK, REN) change the desired state. It is
// compared with what the server has, so it survives a reconnect: only missing commands are sent.
#pragma once
#include "core/model/contact.hpp"
#include "core/network/msnp/dialect.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

struct DesiredState {
  // Membership of the forward, allow or block list.
  struct Membership {
    std::optional<bool> wanted{};  // nullopt: leave it as it is
    // Transaction of the last command that the server did not answer, so that the membership on the
    // server is uncertain; 0: none.
    std::uint32_t unconfirmed = 0;
  };
  std::array<Membership, 3> memberships{};  // by List: forward, allow, block
  // Answer a pending request of this user: ADC RL, then REM PL.
  bool answer_pending = false;
  bool reverse_added = false;         // ADC RL is done, REM PL is missing
  std::optional<std::string> name{};  // to be stored by the server as the contact's name
  // The client request that the changes of allow and pending list belong to; empty: none.
  std::string_view request{};
  bool in_flight = false;  // a command about this user is not answered yet

  Membership& operator[](List list) { return memberships[static_cast<std::size_t>(list)]; }
  const Membership& operator[](List list) const {
    return memberships[static_cast<std::size_t>(list)];
  }
  // Nothing is wanted, and nothing is unconfirmed.
  bool empty() const;
  // Clears what is wanted, because the server has it; keeps what is unconfirmed.
  void clear_wanted();
};

// The client request that adds a user to a list (forward, allow, block) or removes them: "ADD".
std::string_view request_for(List, bool on);
// The client request to report as failed if this membership cannot be changed; empty if the change
// only accompanies another request.
std::string_view primary_request(const DesiredState&, List, bool on);

struct ListCommand {
  std::optional<List> list{};  // nullopt: set the contact's name
  bool on = false;             // add to the list, or remove from it
};

// The next command; nullopt if the server has all that is wanted. `has`, `pending`: the user's
// lists on the server. `can_rename`: the server accepts a name for this user.
std::optional<ListCommand> next_command(const DesiredState&, const model::Lists& has, bool pending,
                                        bool can_rename);

}  // namespace msn::network::msnp
