// SPDX-License-Identifier: MIT
#include "core/model/status.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace msn::model {
namespace {

constexpr std::array table{
    StatusName{Status::online, "online", "NLN"},       StatusName{Status::away, "away", "AWY"},
    StatusName{Status::busy, "busy", "BSY"},           StatusName{Status::brb, "brb", "BRB"},
    StatusName{Status::phone, "phone", "PHN"},         StatusName{Status::lunch, "lunch", "LUN"},
    StatusName{Status::invisible, "invisible", "HDN"}, StatusName{Status::idle, "idle", "IDL"},
    StatusName{Status::offline, "offline", "FLN"},
};

// The table is indexed by the status, so its order is the enum's.
constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].status) != i) return false;
  return table.size() == static_cast<std::size_t>(Status::offline) + 1;
}
static_assert(in_order());

std::optional<Status> find(std::string_view wanted, std::string_view StatusName::*column) {
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const StatusName& each) { return each.*column == wanted; });
  if (row == table.end()) return std::nullopt;
  return row->status;
}

}  // namespace

std::span<const StatusName> statuses() {
  return table;
}
std::string_view status_name(Status status) {
  return table[static_cast<std::size_t>(status)].name;
}
std::string_view status_code(Status status) {
  return table[static_cast<std::size_t>(status)].code;
}
std::optional<Status> status_from_name(std::string_view name) {
  return find(name, &StatusName::name);
}
std::optional<Status> status_from_code(std::string_view code) {
  return find(code, &StatusName::code);
}

}  // namespace msn::model
