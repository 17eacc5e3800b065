// SPDX-License-Identifier: MIT
#include "cmd/msnc/output.hpp"

#include "core/base/text.hpp"
#include "core/protocol/request.hpp"

namespace msn::msnc {

DryRun dry_run(const std::vector<std::string>& units) {
  DryRun result;
  for (const auto& unit : units) {
    const std::string shown = protocol::masked(unit);
    std::string_view rest = shown;
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    for (const auto line : split(rest, '\n')) result.lines.emplace_back(line);
  }
  return result;
}

bool is_action(const CommandResult& result) {
  if (const auto* sent = std::get_if<SendDone>(&result)) return !sent->failure;
  return result.index() < CommandResult(State{}).index();
}

bool is_left_out_by_quiet(const CommandResult& result) {
  return is_action(result) || std::holds_alternative<Pong>(result);
}

std::string_view info_key(std::string_view wire_name) {
  if (wire_name == "homep") return "home_phone";
  if (wire_name == "workp") return "work_phone";
  if (wire_name == "mobilep") return "mobile_phone";
  return wire_name;
}

bool is_flag(std::string_view wire_name) {
  for (const std::string_view flag : {"public", "auth", "invisible", "offline_messages", "consent",
                                      "forward", "reverse", "blocked", "asks", "awaited"})
    if (flag == wire_name) return true;
  return false;
}

}  // namespace msn::msnc
