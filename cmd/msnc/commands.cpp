// SPDX-License-Identifier: MIT
// The command table. To add a command, add its file in commands/ and a row here.
#include "cmd/msnc/command.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {

extern const Command accounts_command, ack_command, add_command, allow_command, block_command,
    complete_command, completion_command, contacts_command, del_command, deny_command, help_command,
    info_command, log_command, login_command, logoff_command, nick_command, passwd_command,
    ping_command, poll_command, priv_command, queue_command, raw_command, ren_command,
    schema_command, send_command, status_command, type_command, unblock_command, watch_command;

namespace {

struct Row {
  std::string_view name;
  std::string_view alias;
  const Command* command;
};

constexpr std::array rows{
    Row{"accounts", "", &accounts_command},
    Row{"ack", "", &ack_command},
    Row{"add", "", &add_command},
    Row{"allow", "", &allow_command},
    Row{"block", "", &block_command},
    Row{"complete", "", &complete_command},
    Row{"completion", "", &completion_command},
    Row{"contacts", "ls", &contacts_command},
    Row{"del", "rm", &del_command},
    Row{"deny", "", &deny_command},
    Row{"help", "", &help_command},
    Row{"info", "", &info_command},
    Row{"log", "", &log_command},
    Row{"login", "", &login_command},
    Row{"logoff", "", &logoff_command},
    Row{"nick", "", &nick_command},
    Row{"passwd", "", &passwd_command},
    Row{"ping", "", &ping_command},
    Row{"poll", "", &poll_command},
    Row{"priv", "", &priv_command},
    Row{"queue", "", &queue_command},
    Row{"raw", "", &raw_command},
    Row{"ren", "", &ren_command},
    Row{"schema", "", &schema_command},
    Row{"send", "", &send_command},
    Row{"status", "", &status_command},
    Row{"type", "", &type_command},
    Row{"unblock", "", &unblock_command},
    Row{"watch", "", &watch_command},
};

constexpr bool strictly_ascending() {
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (!(rows[i - 1].name < rows[i].name)) return false;
  return true;
}
static_assert(strictly_ascending(), "the rows are searched by bisection, and each name is unique");

constexpr bool aliases_are_free() {
  for (const auto& row : rows)
    for (const auto& other : rows)
      if (!row.alias.empty() &&
          (row.alias == other.name || (&row != &other && row.alias == other.alias)))
        return false;
  return true;
}
static_assert(aliases_are_free());

constexpr auto list = [] {
  std::array<const Command*, rows.size()> all{};
  for (std::size_t i = 0; i < rows.size(); ++i) all[i] = rows[i].command;
  return all;
}();

}  // namespace

std::span<const Command* const> commands() {
  return list;
}

const Command* find_command(std::string_view word) {
  const auto row = std::lower_bound(rows.begin(), rows.end(), word,
                                    [](const Row& a, std::string_view b) { return a.name < b; });
  if (row != rows.end() && row->name == word) return row->command;
  for (const auto& other : rows)
    if (!other.alias.empty() && other.alias == word) return other.command;
  return nullptr;
}

std::vector<std::string_view> command_words() {
  std::vector<std::string_view> words;
  for (const auto& row : rows) {
    if (row.command->hidden) continue;
    words.push_back(row.name);
    if (!row.alias.empty()) words.push_back(row.alias);
  }
  return words;
}

}  // namespace msn::msnc
