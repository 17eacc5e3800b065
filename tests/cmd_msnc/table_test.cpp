// SPDX-License-Identifier: MIT
// The command table: each row is complete, and the help has all of it.
#include "cmd/msnc/command.hpp"
#include "cmd/msnc/help.hpp"
#include "core/base/text.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::msnc;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

// The text with one space in place of each run of white space.
std::string unwrapped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space || !result.ends_with(' ')) result += space ? ' ' : c;
  }
  return result;
}

}  // namespace

TEST_CASE("each row of the table is complete") {
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    CHECK_FALSE(command->summary.empty());
    CHECK(command->summary.find('\n') == std::string_view::npos);
    CHECK(command->run != nullptr);
    CHECK(command->timeout > 0);
    REQUIRE_FALSE(command->forms.empty());
    if (!command->hidden) CHECK_FALSE(command->examples.empty());
    for (const auto example : command->examples)
      CHECK_THAT(std::string(example), Contains("msnc " + std::string(command->name)));
    // Only the last argument may take many words, and none is required after an optional one.
    bool optional = false;
    for (const auto& argument : command->arguments) {
      CHECK_FALSE((argument.many && &argument != &command->arguments.back()));
      CHECK_FALSE((optional && argument.required));
      optional = optional || !argument.required;
    }
  }
}

TEST_CASE("each option is in the synopsis and in the help of its command") {
  for (const Command* command : commands()) {
    std::string forms;
    for (const auto form : command->forms) forms += std::string(form) + "\n";
    const std::string help = command_help(*command);
    for (const auto& option : command->options) {
      CAPTURE(command->name, option.names);
      bool in_synopsis = false;
      for (const auto name : split(option.names, ',')) {
        in_synopsis = in_synopsis || forms.find(name) != std::string::npos;
        CHECK_THAT(help, Contains(std::string(name)));
      }
      CHECK(in_synopsis);
      CHECK_THAT(unwrapped(help), Contains(unwrapped(std::string(option.help))));
    }
  }
}

TEST_CASE("a command's help says what it does, then how it is used") {
  CHECK(command_help(*find_command("contacts")) ==
        "List contacts with their status, address and name.\n"
        "Short form: msnc ls\n"
        "\nUsage:\n  msnc contacts [--online] [--reverse | --blocked] [-e]\n"
        "\nExamples:\n"
        "  $ msnc contacts --json | jq -r '.contacts[]|select(.status==\"online\").email'\n"
        "\nOptions:\n"
        "  --online   only contacts who are not offline\n"
        "  --reverse  list the users who have you as a contact\n"
        "  --blocked  list the users that you have blocked\n"
        "  -e         exit with 8 if there was nothing to show\n"
        "\nGlobal options: msnc -h. Manual: msnc help contacts\n");
}

TEST_CASE("the help of a command with --only lists the kinds") {
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    const auto lists = command_help(*command).find("\nKinds:\n  message, status, added_you, ");
    bool takes_kinds = false;
    for (const auto& option : command->options)
      takes_kinds = takes_kinds || option.names == "--only";
    CHECK((lists != std::string::npos) == takes_kinds);
  }
}

TEST_CASE("the note of a command is in its help") {
  for (const char* name : {"accounts", "log", "watch"}) {
    const Command* command = find_command(name);
    CHECK_FALSE(command->note.empty());
    CHECK_THAT(command_help(*command), Contains(std::string(command->note)));
  }
}

TEST_CASE("a command's help is at most 80 columns wide except for examples") {
  for (const Command* command : commands()) {
    const std::string help = command_help(*command);
    CHECK(help.find("[--queue NAME\n") == std::string::npos);
    for (const auto line : split(help, '\n')) {
      CAPTURE(line);
      CHECK((line.size() <= 80 || line.starts_with("  $ ")));
    }
  }
  CHECK_THAT(command_help(*find_command("login")), Contains("(default of --timeout: 90)"));
}

TEST_CASE("the synopsis of help names all topics") {
  std::string names;
  for (const auto& topic : help_topics())
    names += (names.empty() ? "" : "|") + std::string(topic.name);
  CHECK(find_command("help")->forms[1] == names);
  for (const auto& topic : help_topics()) CHECK(find_command(topic.name) == nullptr);
}

TEST_CASE("the program's help lists every command but the hidden one") {
  const std::string help = program_help();
  CHECK_THAT(help, StartsWith("Send and receive messages from the shell, through the daemon "
                              "msncd.\n\nUsage:\n  msnc "));
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    const bool listed = help.find("\n  " + std::string(command->name) + " ") != std::string::npos;
    CHECK(listed == !command->hidden);
  }
  for (const auto& option : global_options())
    for (const auto name : split(option.names, ',')) CHECK_THAT(help, Contains(std::string(name)));
  for (const auto& topic : help_topics()) CHECK_THAT(help, Contains(std::string(topic.name)));
  for (const auto line : split(help, '\n')) CHECK(line.size() <= 80);
}
