// SPDX-License-Identifier: MIT
#include "cmd/msnc/help.hpp"

#include "cmd/msnc/context.hpp"
#include "cmd/msnc/child_process.hpp"
#include "core/base/text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[COMMAND]"};
constexpr std::array<std::string_view, 1> examples{"msnc help send"};
constexpr std::array arguments{Argument{"COMMAND", false, false, Offer::command}};

// Is it installed? man itself would only say that it is not.
bool has_page(const std::string& man, const std::string& page) {
  std::vector<std::string> words{man, "-w", page};
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  for (int fd = 0; fd < 3; ++fd)
    posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
  pid_t child = -1;
  const int error =
      ::posix_spawn(&child, man.c_str(), &files, nullptr, argv_of(words).data(), environ);
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  if (error != 0) return false;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Result<void> run(Context& context) {
  const Command* command = nullptr;
  std::string page = "msnc";
  if (!context.arguments.words.empty()) {
    command = find_command(context.arguments.words[0]);
    if (command == nullptr)
      return fail(ErrorCode::usage,
                  "help: there is no command '" + visible(context.arguments.words[0]) + "'");
    page += "-" + std::string(command->name);
  }
  if (const auto man = find_program(context.environment, "man"); man && has_page(*man, page)) {
    std::vector<std::string> words{*man, page};
    std::signal(SIGPIPE, SIG_DFL);
    ::execv(man->c_str(), argv_of(words).data());
    std::signal(SIGPIPE, SIG_IGN);
  }
  context.out.write(command != nullptr ? command_help(*command) : program_help());
  return {};
}

}  // namespace

extern const Command help_command;
constinit const Command help_command{.name = "help",
                                     .alias = "",
                                     .group = Group::other,
                                     .summary = "open the manual",
                                     .request = "",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = {},
                                     .arguments = arguments,
                                     .run = run};

}  // namespace msn::msnc
