// SPDX-License-Identifier: MIT
// What derives from the table: help for every row, and nothing in a row forgotten.
#include "cmd/msnc/command.hpp"
#include "cmd/msnc/help.hpp"
#include "core/base/text.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::msnc;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("a row knows all that others derive from it") {
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
    // an argument that takes many can only be the last, and none is required behind an optional one
    bool optional = false;
    for (const auto& argument : command->arguments) {
      CHECK_FALSE((argument.many && &argument != &command->arguments.back()));
      CHECK_FALSE((optional && argument.required));
      optional = optional || !argument.required;
    }
  }
}

TEST_CASE("each option stands in the synopsis and in the help of its command") {
  for (const Command* command : commands()) {
    std::string forms;
    for (const auto form : command->forms) forms += std::string(form) + "\n";
    const std::string help = command_help(*command);
    for (const auto& option : command->options) {
      CAPTURE(command->name, option.names);
      bool stands = false;
      for (const auto name : split(option.names, ',')) {
        stands = stands || forms.find(name) != std::string::npos;
        CHECK_THAT(help, Contains(std::string(name)));
      }
      CHECK(stands);
      CHECK_THAT(help, Contains(std::string(option.help)));
    }
  }
}

TEST_CASE("a command's help begins with examples, and names the manual") {
  const std::string help = command_help(*find_command("contacts"));
  CHECK_THAT(help, StartsWith("  $ msnc contacts --json | jq"));
  CHECK_THAT(help, Contains("usage:\n  msnc contacts [--online] [--reverse | --blocked] [-e]\n"));
  CHECK_THAT(help, Contains("(ls is short for contacts)"));
  CHECK_THAT(help, Contains("msnc help contacts"));
}

TEST_CASE("what is more than one exchange says so in its help") {
  for (const char* name : {"log", "watch"}) {
    const Command* command = find_command(name);
    CHECK_FALSE(command->note.empty());
    CHECK_THAT(command_help(*command), Contains(std::string(command->note)));
  }
}

TEST_CASE("the program's help lists every command but the hidden one") {
  const std::string help = program_help();
  CHECK_THAT(help, StartsWith("  $ msnc login"));
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    const bool listed = help.find("\n  " + std::string(command->name) + " ") != std::string::npos;
    CHECK(listed == !command->hidden);
  }
  for (const auto& option : global_options())
    for (const auto name : split(option.names, ',')) CHECK_THAT(help, Contains(std::string(name)));
}
