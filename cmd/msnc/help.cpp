// SPDX-License-Identifier: MIT
#include "cmd/msnc/help.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace msn::msnc {
namespace {

constexpr std::array program_examples{
    "msnc login --register me@example.org --status online", "msnc send bob@example.org coffee?",
    "msnc poll --wait 60",
    "msnc contacts --json | jq -r '.contacts[]|select(.status==\"online\").email'"};

constexpr std::array groups{
    std::pair{Group::session, "Session"}, std::pair{Group::contacts, "People"},
    std::pair{Group::messages, "Messages and events"}, std::pair{Group::other, "The rest"}};

struct Entry {
  std::string left;
  std::string_view right;
};

std::string columns(const std::vector<Entry>& entries) {
  std::size_t widest = 0;
  for (const auto& entry : entries) widest = std::max(widest, entry.left.size());
  std::string text;
  for (const auto& [left, right] : entries) {
    text += "  " + left + std::string(widest - left.size() + 2, ' ');
    text += right;
    text += '\n';
  }
  return text;
}

std::string option_names(const Option& option) {
  std::string text;
  for (const char c : option.names) {
    text += c;
    if (c == ',') text += ' ';
  }
  if (option.takes_value()) (text += ' ') += option.value;
  if (option.kind == Option::Kind::rest) text += " [ARG...]";
  return text;
}

std::string options_help(std::span<const Option> options) {
  std::vector<Entry> entries;
  for (const auto& option : options) entries.push_back({option_names(option), option.help});
  return columns(entries);
}

}  // namespace

std::string command_help(const Command& command) {
  std::string text;
  for (const auto example : command.examples) (text += "  $ ") += std::string(example) + "\n";
  text += "\nusage:\n";
  for (const auto form : command.forms)
    text += "  msnc " + std::string(command.name) + (form.empty() ? "" : " ") + std::string(form) +
            "\n";
  if (!command.alias.empty())
    text +=
        "  (" + std::string(command.alias) + " is short for " + std::string(command.name) + ")\n";
  text += "\n  " + std::string(command.summary) + "\n";
  if (!command.note.empty()) text += "  " + std::string(command.note) + "\n";
  if (!command.options.empty()) text += "\noptions:\n" + options_help(command.options);
  text +=
      "\nGlobal options: msnc --help. The manual: msnc help " + std::string(command.name) + "\n";
  return text;
}

std::string program_help() {
  std::string text;
  for (const auto* example : program_examples) text += std::string("  $ ") + example + "\n";
  text += "\nusage:\n  msnc [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGS]\n";
  for (const auto& [group, title] : groups) {
    text += std::string("\n") + title + ":\n";
    std::vector<Entry> entries;
    for (const Command* command : commands())
      if (command->group == group && !command->hidden)
        entries.push_back({std::string(command->name), command->summary});
    text += columns(entries);
  }
  text += "\nGlobal options:\n" + options_help(global_options());
  text += "\nA command's help: msnc COMMAND -h. The manual: msnc help [COMMAND]\n";
  return text;
}

}  // namespace msn::msnc
