// SPDX-License-Identifier: MIT
#include "cmd/msnc/help.hpp"

#include "cmd/msnc/kinds.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace msn::msnc {
namespace {

constexpr std::size_t width = 80;

constexpr std::array<std::string_view, 5> program_examples{
    "msnc login --register me@example.org --status online   # the first login",
    "msnc send bob@example.org coffee?",
    "df -h | msnc send ops@example.org -   # from cron or a pipe", "msnc poll --wait 60",
    "msnc poll --queue backup --create   # a second job, with a queue of its own"};

constexpr std::array groups{
    std::pair{Group::session, "Session"}, std::pair{Group::contacts, "Contacts"},
    std::pair{Group::messages, "Messages and events"}, std::pair{Group::other, "Other commands"}};

constexpr std::array topics{
    HelpTopic{"config", "5", "msnc", "the configuration file"},
    HelpTopic{"exit-codes", "1", "msnc", "exit status of each kind of error"},
    HelpTopic{"json", "7", "msnc-json", "the JSON output"},
    HelpTopic{"msncd", "8", "msncd", "the daemon"},
    HelpTopic{"protocol", "7", "msncd-protocol", "the protocol between msnc and msncd"}};

struct Entry {
  std::string left;
  std::string_view right;
};

// The text, wrapped at the width between words, but not within [brackets]. The first line begins
// after `indent` columns that the caller has written; the following lines begin with as many
// spaces.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result, group;
  std::size_t column = indent;
  std::ptrdiff_t depth = 0;
  for (const auto word : split(text, ' ')) {
    (group += group.empty() ? "" : " ") += word;
    depth += std::count(word.begin(), word.end(), '[') - std::count(word.begin(), word.end(), ']');
    if (depth > 0) continue;
    if (column > indent && column + 1 + group.size() > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += group;
    column += group.size();
    group.clear();
  }
  return result + '\n';
}

std::string columns(const std::vector<Entry>& entries) {
  std::size_t widest = 0;
  for (const auto& entry : entries) widest = std::max(widest, entry.left.size());
  std::string text;
  for (const auto& [left, right] : entries)
    text += "  " + left + std::string(widest - left.size() + 2, ' ') + wrapped(right, widest + 4);
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
  return "\nOptions:\n" + columns(entries);
}

std::string examples_help(std::span<const std::string_view> examples) {
  std::string text = "\nExamples:\n";
  for (const auto example : examples) text += "  $ " + std::string(example) + "\n";
  return text;
}

// "send a message" to "Send a message."
std::string sentence(std::string_view summary) {
  std::string text(summary);
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text + ".\n";
}

bool takes_kinds(const Command& command) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [](const Option& option) { return option.offer == Offer::kind; });
}

std::string kinds_help() {
  std::string names;
  for (const auto& kind : kinds())
    if (!kind.keyword.empty()) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return "\nKinds:\n  " + wrapped(names, 2);
}

}  // namespace

std::span<const HelpTopic> help_topics() {
  return topics;
}

std::string command_help(const Command& command) {
  const std::string name(command.name);
  std::string text = sentence(command.summary);
  if (!command.note.empty()) text += wrapped(command.note, 0);
  if (!command.alias.empty()) text += "Short form: msnc " + std::string(command.alias) + "\n";
  text += "\nUsage:\n";
  for (const auto form : command.forms) {
    const std::string begin = "  msnc " + name + (form.empty() ? "" : " ");
    text += begin + wrapped(form, begin.size());
  }
  if (!command.examples.empty()) text += examples_help(command.examples);
  if (!command.options.empty()) text += options_help(command.options);
  if (takes_kinds(command)) text += kinds_help();
  text += "\nGlobal options: msnc -h";
  if (command.timeout != Command{}.timeout)
    text += " (default of --timeout: " + std::to_string(command.timeout) + ")";
  return text + ". Manual: msnc help " + name + "\n";
}

std::string program_help() {
  std::string text =
      "Send and receive messages from the shell, through the daemon msncd.\n"
      "\nUsage:\n  msnc [OPTIONS] COMMAND [ARGUMENTS]\n";
  text += examples_help(program_examples) + "\n";
  for (const auto& [group, title] : groups) {
    text += std::string(title) + ":\n";
    std::vector<Entry> entries;
    for (const Command* command : commands())
      if (command->group == group && !command->hidden)
        entries.push_back({std::string(command->name), command->summary});
    text += columns(entries);
  }
  text += options_help(global_options());
  text +=
      "\nDaemon:\n"
      "  start: msncd --detach, or systemctl --user enable --now msncd.socket\n"
      "  stop:  msncd --stop, or systemctl --user stop msncd.socket msncd.service\n"
      "More help:\n"
      "  msnc COMMAND -h, msnc help [COMMAND";
  for (const auto& topic : topics) text += '|' + std::string(topic.name);
  return text + "]\n";
}

}  // namespace msn::msnc
