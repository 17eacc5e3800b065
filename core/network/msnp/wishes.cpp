// SPDX-License-Identifier: MIT
#include "core/network/msnp/wishes.hpp"

#include <algorithm>

namespace msn::network::msnp {

bool Wish::empty() const {
  return !answer && !name && std::all_of(parts.begin(), parts.end(), [](const Part& part) {
    return !part.wanted && part.doubt == 0;
  });
}

void Wish::settle() {
  Wish rest;
  for (std::size_t i = 0; i < parts.size(); ++i) rest.parts[i].doubt = parts[i].doubt;
  *this = rest;
}

std::string_view request_for(List list, bool on) {
  constexpr std::array<std::array<std::string_view, 2>, 3> requests{
      {{"DEL", "ADD"}, {"DENY", "ALLOW"}, {"UNBLOCK", "BLOCK"}}};
  return requests[static_cast<std::size_t>(list)][on ? 1 : 0];
}

std::string_view aim(const Wish& wish, List list, bool on) {
  if (list != List::allow) return request_for(list, on);
  const bool of_its_own = wish.consent == "ALLOW" || wish.consent == "DENY";
  return of_its_own ? wish.consent : std::string_view();
}

std::optional<Step> next(const Wish& wish, const model::Lists& has, bool pending, bool renames) {
  const auto missing = [](const Wish::Part& part, bool is) {
    return part.wanted && (*part.wanted != is || part.doubt != 0);
  };
  const auto& forward = wish[List::forward];
  const auto& allow = wish[List::allow];
  const auto& block = wish[List::block];
  const bool consent = missing(allow, has.allow);
  if (missing(forward, has.forward)) return Step{List::forward, *forward.wanted};
  // Never on both lists: off the one before onto the other.
  if (consent && !*allow.wanted) return Step{List::allow, false};
  if (missing(block, has.block)) return Step{List::block, *block.wanted};
  if (consent && !has.block) return Step{List::allow, true};
  // Servers close the connection on an answer that is not waited for.
  if (wish.answer && pending)
    return wish.answered ? Step{List::pending, false} : Step{List::reverse, true};
  return wish.name && renames ? std::make_optional<Step>() : std::nullopt;
}

}  // namespace msn::network::msnp
