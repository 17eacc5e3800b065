// SPDX-License-Identifier: MIT
#include "core/model/status.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace msn::model {
namespace {

constexpr std::array table{
    StatusName{Status::online, "online"},       StatusName{Status::away, "away"},
    StatusName{Status::busy, "busy"},           StatusName{Status::brb, "brb"},
    StatusName{Status::phone, "phone"},         StatusName{Status::lunch, "lunch"},
    StatusName{Status::invisible, "invisible"}, StatusName{Status::idle, "idle"},
    StatusName{Status::offline, "offline"},
};

// The table is indexed by the status, so it must have the order of the enum.
constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].status) != i) return false;
  return table.size() == static_cast<std::size_t>(Status::offline) + 1;
}
static_assert(in_order());

}  // namespace

std::span<const StatusName> statuses() {
  return table;
}
std::string_view status_name(Status status) {
  return table[static_cast<std::size_t>(status)].name;
}
std::optional<Status> status_from_name(std::string_view name) {
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const StatusName& each) { return each.name == name; });
  if (row == table.end()) return std::nullopt;
  return row->status;
}

}  // namespace msn::model
