// SPDX-License-Identifier: MIT
#include "core/network/msnp/wishes.hpp"

namespace msn::network::msnp {

std::optional<Step> next(const Wish& wish, const model::Lists& has, bool pending, bool renames) {
  using Kind = Step::Kind;
  const auto missing = [](std::optional<bool> wanted, bool is, bool doubtful) {
    return wanted && (*wanted != is || doubtful);
  };
  const auto change = [](bool on, List list) { return Step{on ? Kind::add : Kind::remove, list}; };
  const bool allowed = missing(wish.allowed, has.allow, wish.doubt.allow);
  if (missing(wish.listed, has.forward, wish.doubt.forward))
    return change(*wish.listed, List::forward);
  // Never on both lists: off the one before onto the other.
  if (allowed && !*wish.allowed) return change(false, List::allow);
  if (missing(wish.blocked, has.block, wish.doubt.block)) return change(*wish.blocked, List::block);
  if (allowed && !has.block) return change(true, List::allow);
  // Servers close the connection on an answer that is not waited for.
  if (wish.answer && pending)
    return wish.answered ? change(false, List::pending) : change(true, List::reverse);
  if (wish.name && renames) return Step{Kind::rename, List::forward};
  return std::nullopt;
}

}  // namespace msn::network::msnp
