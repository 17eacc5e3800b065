// SPDX-License-Identifier: MIT
// The hidden command for the scripts in completions/. `msnc complete -- WORDS...` prints one
// candidate on each line, followed by a TAB and its description. A line "TAB files" or "TAB
// programs" asks the shell to complete the last word with names of files or programs; if another
// TAB follows, the text after it is the part of the last word that is not part of the name. `msnc
// complete --bash -- LINE TYPED` prints replacements of TYPED, quoted for bash.
#include "cmd/msnc/bash_line.hpp"
#include "cmd/msnc/completion.hpp"
#include "cmd/msnc/context.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/pipe/locate.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <memory>
#include <sys/time.h>
#include <unistd.h>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 2> forms{"-- WORD...", "--bash -- LINE TYPED"};
constexpr std::array options{
    Option{"--bash", Option::Kind::flag, "", "quote the candidates for bash"}};
constexpr std::array arguments{Argument{"WORD", false, true}};
constexpr int longest_ms = 200;

// Exits silently after longest_ms, because the user waits for the completion.
void exit_in_time() {
  std::signal(SIGALRM, [](int) { ::_exit(0); });
  itimerval timer{};
  timer.it_value.tv_usec = longest_ms * 1000;
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

// Parses as many of the words as are valid, to find the global options.
CommandLine parse_valid_words(const std::vector<std::string>& words) {
  for (std::size_t count = words.size(); count-- > 0;) {
    CommandLine line =
        parse_unfinished({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count)});
    if (!line.error) return line;
  }
  return {};
}

class Live {
 public:
  Live(Context& outer, const std::vector<std::string>& words)
      : line_(parse_valid_words(words)), no_output_(make_json_output(outer.out, -1, {})) {
    auto config = load_config(line_.arguments, outer.environment);
    if (!config) return;
    auto settings = read_settings(line_.arguments, outer.environment, std::move(*config));
    if (!settings) return;
    settings->timeout = std::chrono::milliseconds(longest_ms);
    settings->trace = settings->verbose = settings->dry_run = settings->autostart = false;
    context_ = std::make_unique<Context>(line_, std::move(*settings), outer.environment, outer.out,
                                         *no_output_);
  }

  std::vector<Candidate> words(Offer what) {
    if (!context_) return {};
    exit_in_time();
    if (what == Offer::account) return accounts();
    if (what == Offer::own_address) return own_address();
    auto connection = context_->connect();
    if (!connection) return {};
    if (what == Offer::queue || what == Offer::own_queue)
      return queues(**connection, what == Offer::queue);
    if (what == Offer::asking) return asking(**connection);
    return contacts(**connection, what == Offer::contact);
  }

 private:
  std::vector<Candidate> accounts() const {
    std::vector<Candidate> result;
    for (const auto& one : pipe::account_sockets(context_->environment))
      if (result.empty() || result.back().word != one.account) result.push_back({one.account, {}});
    return result;
  }

  std::vector<Candidate> own_address() const {
    const auto& email = context_->settings.config.email;
    return email ? std::vector<Candidate>{{*email, {}}} : std::vector<Candidate>{};
  }

  static std::vector<Candidate> queues(client::Connection& connection, bool default_too) {
    std::vector<Candidate> result;
    if (auto lines = client::queue_list(connection))
      for (const auto& line : *lines)
        if (default_too || line.name != "-")
          result.push_back({line.name, std::to_string(line.pending) + " pending"});
    return result;
  }

  static std::vector<Candidate> asking(client::Connection& connection) {
    std::vector<Candidate> result;
    if (auto entries = client::contacts(connection, client::List::reverse))
      for (const auto& entry : *entries)
        if (entry.asks && visible(entry.email) == entry.email)
          result.push_back({entry.email, visible(entry.nick)});
    return result;
  }

  static std::vector<Candidate> contacts(client::Connection& connection, bool nicks_too) {
    std::vector<Candidate> result;
    auto entries = client::contacts(connection, client::List::forward);
    if (!entries) return result;
    std::map<std::string_view, int> count_of_nick;
    for (const auto& entry : *entries) {
      ++count_of_nick[entry.nick];
      if (visible(entry.email) == entry.email)
        result.push_back({entry.email, visible(entry.nick) + ", " + visible(entry.status)});
    }
    for (const auto& entry : *entries)
      if (nicks_too && count_of_nick[entry.nick] == 1 && entry.nick != entry.email &&
          entry.nick.find('@') == std::string::npos && visible(entry.nick) == entry.nick)
        result.push_back({entry.nick, entry.email + ", " + visible(entry.status)});
    return result;
  }

  CommandLine line_;
  std::unique_ptr<Output> no_output_;
  std::unique_ptr<Context> context_;
};

void ask_shell(Context& context, std::string_view what, const std::string& before) {
  context.out.write('\t' + std::string(what) + (before.empty() ? "" : '\t' + before) + '\n');
}

Result<void> run(Context& context) {
  auto words = context.arguments.words;
  std::optional<BashLine> line;
  if (context.arguments.has("bash")) {
    words.resize(2);
    line = read_bash_line(words[0], words[1]);
    words = line->words;
    if (line->redirects || words.size() < 2) return ask_shell(context, "files", {}), Result<void>();
    words.erase(words.begin());
  }
  const auto completion =
      complete(words, [&](Offer what) { return Live(context, words).words(what); });
  for (const auto& [word, about] : completion.candidates)
    if (line)
      context.out.write(bash_replacement(*line, word) + '\n');
    else
      context.out.write(word + (about.empty() ? "" : "\t" + about) + '\n');
  if (completion.files) ask_shell(context, "files", completion.before);
  if (completion.programs) ask_shell(context, "programs", completion.before);
  return {};
}

}  // namespace

extern const Command complete_command;
constinit const Command complete_command{.name = "complete",
                                         .alias = "",
                                         .group = Group::other,
                                         .summary = "print candidates for the completion scripts",
                                         .request = "",
                                         .forms = forms,
                                         .examples = {},
                                         .options = options,
                                         .arguments = arguments,
                                         .run = run,
                                         .hidden = true};

}  // namespace msn::msnc
