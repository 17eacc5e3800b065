// SPDX-License-Identifier: MIT
#include "cmd/msnc/help.hpp"

#include <unistd.h>

#include "cmd/msnc/context.hpp"
#include "cmd/msnc/program.hpp"
#include "core/base/text.hpp"

#include <array>
#include <csignal>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[COMMAND]"};
constexpr std::array<std::string_view, 1> examples{"msnc help send"};
constexpr std::array arguments{Argument{"COMMAND", false, false, Offer::command}};

Result<void> run(Context& context) {
  const Command* command = nullptr;
  std::string page = "msnc";
  if (!context.arguments.words.empty()) {
    command = find_command(context.arguments.words[0]);
    if (command == nullptr)
      return fail(ErrorCode::usage, "help: there is no command '" + visible(context.arguments.words[0]) + "'");
    page += "-" + std::string(command->name);
  }
  if (const auto man = find_program(context.environment, "man")) {
    std::vector<std::string> words{*man, page};
    std::signal(SIGPIPE, SIG_DFL);
    ::execv(man->c_str(), pointers(words).data());
    std::signal(SIGPIPE, SIG_IGN);
  }
  context.out.write(command != nullptr ? command_help(*command) : program_help());
  return {};
}

}  // namespace

extern const Command help_command;
constinit const Command help_command{
    .name = "help", .alias = "", .group = Group::other, .summary = "open the manual",
    .request = "", .forms = forms, .examples = examples, .options = {}, .arguments = arguments, .run = run};

}  // namespace msn::msnc
