// SPDX-License-Identifier: MIT
#include "core/network/msnp/desired_state.hpp"

#include <algorithm>

namespace msn::network::msnp {

bool DesiredState::empty() const {
  return !answer_pending && !name &&
         std::all_of(memberships.begin(), memberships.end(),
                     [](const Membership& each) { return !each.wanted && each.unconfirmed == 0; });
}

void DesiredState::clear_wanted() {
  DesiredState rest;
  for (std::size_t i = 0; i < memberships.size(); ++i)
    rest.memberships[i].unconfirmed = memberships[i].unconfirmed;
  *this = rest;
}

std::string_view request_for(List list, bool on) {
  constexpr std::array<std::array<std::string_view, 2>, 3> requests{
      {{"DEL", "ADD"}, {"DENY", "ALLOW"}, {"UNBLOCK", "BLOCK"}}};
  return requests[static_cast<std::size_t>(list)][on ? 1 : 0];
}

std::string_view primary_request(const DesiredState& desired, List list, bool on) {
  if (list != List::allow) return request_for(list, on);
  const bool changes_allow = desired.request == "ALLOW" || desired.request == "DENY";
  return changes_allow ? desired.request : std::string_view();
}

std::optional<ListCommand> next_command(const DesiredState& desired, const model::Lists& has,
                                        bool pending, bool can_rename) {
  const auto missing = [](const DesiredState::Membership& membership, bool is) {
    return membership.wanted && (*membership.wanted != is || membership.unconfirmed != 0);
  };
  const auto& forward = desired[List::forward];
  const auto& allow = desired[List::allow];
  const auto& block = desired[List::block];
  const bool allow_missing = missing(allow, has.allow);
  if (missing(forward, has.forward)) return ListCommand{List::forward, *forward.wanted};
  // Servers refuse a user on both the allow and the block list: first REM, then ADC.
  if (allow_missing && !*allow.wanted) return ListCommand{List::allow, false};
  if (missing(block, has.block)) return ListCommand{List::block, *block.wanted};
  if (allow_missing && !has.block) return ListCommand{List::allow, true};
  // Servers close the connection if the user is not on the pending list.
  if (desired.answer_pending && pending)
    return desired.reverse_added ? ListCommand{List::pending, false}
                                 : ListCommand{List::reverse, true};
  return desired.name && can_rename ? std::make_optional<ListCommand>() : std::nullopt;
}

}  // namespace msn::network::msnp
