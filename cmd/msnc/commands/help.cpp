// SPDX-License-Identifier: MIT
#include "cmd/msnc/help.hpp"

#include "cmd/msnc/child_process.hpp"
#include "cmd/msnc/context.hpp"
#include "core/base/similar.hpp"
#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 2> forms{"[COMMAND]",
                                                "config|exit-codes|json|msncd|protocol"};
constexpr std::array<std::string_view, 2> examples{"msnc help send", "msnc help json"};
constexpr std::array arguments{Argument{"COMMAND", false, false, Offer::manual}};

struct Page {
  std::string section = "1", name = "msnc";
};

const HelpTopic* find_topic(std::string_view word) {
  const auto topics = help_topics();
  const auto it = std::find_if(topics.begin(), topics.end(),
                               [&](const HelpTopic& topic) { return topic.name == word; });
  return it == topics.end() ? nullptr : &*it;
}

Error unknown_topic(std::string_view word) {
  auto known = command_words();
  std::string names;
  for (const auto& topic : help_topics()) {
    known.push_back(topic.name);
    names += (names.empty() ? "" : ", ") + std::string(topic.name);
  }
  const auto similar = most_similar(word, known);
  return {ErrorCode::usage, "help: no command or topic is called '" + visible(word) + "'; " +
                                (similar ? "did you mean '" + std::string(*similar) + "'?"
                                         : "commands: msnc --help; topics: " + names)};
}

// Whether the page is installed. If not, msnc prints something more useful than the error of man.
bool has_page(const std::string& man, const Page& page) {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return false;
  auto child =
      start_child({{man, "-w", page.section, page.name}, {}, null.get(), null.get(), null.get()});
  return child && wait_for_exit(*child).empty();
}

// Replaces this program by man; returns if the page cannot be shown.
void open_page(const Environment& environment, const Page& page) {
  const auto man = find_program(environment, "man");
  if (!man || !has_page(*man, page)) return;
  std::vector<std::string> words{*man, page.section, page.name};
  std::signal(SIGPIPE, SIG_DFL);
  ::execv(man->c_str(), argv_of(words).data());
  std::signal(SIGPIPE, SIG_IGN);
}

Result<void> run(Context& context) {
  const auto& words = context.arguments.words;
  const Command* command = nullptr;
  Page page;
  if (!words.empty()) {
    command = find_command(words[0]);
    const HelpTopic* topic = command == nullptr ? find_topic(words[0]) : nullptr;
    if (command == nullptr && topic == nullptr) return fail(unknown_topic(words[0]));
    if (topic != nullptr)
      page = {std::string(topic->section), std::string(topic->page)};
    else
      page.name += "-" + std::string(command->name);
    open_page(context.environment, page);
    if (topic != nullptr)
      return fail(ErrorCode::refused, "cannot show the manual page " + page.name + "(" +
                                          page.section +
                                          "): install man and the manual pages of msnc");
  } else {
    open_page(context.environment, page);
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
