// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli11.hpp"

#include "cmd/option_errors.hpp"

#include <algorithm>

namespace msn::msnc {
namespace {

// CLI11 takes "-5" for an option, and goes on with the words after an option that it does not know.
// Behind this character, which no argument of a program can hold, it takes any word as it is.
constexpr char plain = '\0';

void unmark(std::string& word) {
  if (!word.empty() && word[0] == plain) word.erase(0, 1);
}

}  // namespace

bool looks_like_option(std::string_view word) {
  if (word.size() < 2 || word[0] != '-') return false;
  if (word[1] == '-') return word.size() > 2;
  return (word[1] >= 'a' && word[1] <= 'z') || (word[1] >= 'A' && word[1] <= 'Z');
}

struct OptionParser::App {
  CLI::App cli;
  std::vector<std::pair<const Option*, CLI::Option*>> options;
};

OptionParser::OptionParser() : app_(std::make_unique<App>()) {
  app_->cli.set_help_flag();
  app_->cli.prefix_command();
}

OptionParser::~OptionParser() = default;

void OptionParser::declare(std::span<const Option> options) {
  for (const Option& option : options) {
    if (option.kind == Option::Kind::rest) continue;  // the caller cuts it off
    const std::string names(option.names);
    CLI::Option* declared = option.takes_value()
                                ? app_->cli.add_option(names)->expected(1)->allow_extra_args(false)
                                : app_->cli.add_flag(names)->disable_flag_override();
    declared->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app_->options.emplace_back(&option, declared);
  }
}

std::optional<std::string> OptionParser::take(std::vector<std::string>& words,
                                              Arguments& arguments) {
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  for (auto& word : reversed)
    if (word != "--" && !looks_like_option(word)) word.insert(0, 1, plain);
  std::optional<std::string> wrong;
  try {
    app_->cli.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    wrong = option_error(error);
  }
  for (const auto& [option, declared] : app_->options) {
    auto values = declared->count() > 0 ? declared->results() : std::vector<std::string>{};
    if (values.empty()) continue;
    std::for_each(values.begin(), values.end(), unmark);
    arguments.add(option->key(), std::move(values));
  }
  words = app_->cli.remaining();
  std::for_each(words.begin(), words.end(), unmark);
  return wrong;
}

}  // namespace msn::msnc
