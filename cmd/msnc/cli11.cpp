// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli11.hpp"

#include "cmd/option_errors.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

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

bool has_name(const Option& option, std::string_view name) {
  std::string_view rest = option.names;
  for (auto comma = rest.find(','); comma != rest.npos; comma = rest.find(',')) {
    if (rest.substr(0, comma) == name) return true;
    rest.remove_prefix(comma + 1);
  }
  return rest == name;
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
  for (const Option& option : options)
    if (option.kind != Option::Kind::rest)  // the caller cuts it off
      undeclared_.push_back(&option);
}

void OptionParser::declare_to_cli11() {
  for (const Option* option : std::exchange(undeclared_, {})) {
    // CLI11 would throw, and the first exception of a static program takes milliseconds.
    for (const auto name : split(option->names, ',')) take_back(name);
    declare(*option, std::string(option->names));
  }
}

void OptionParser::declare(const Option& option, const std::string& names) {
  CLI::Option* declared = option.takes_value()
                              ? app_->cli.add_option(names)->expected(1)->allow_extra_args(false)
                              : app_->cli.add_flag(names)->disable_flag_override();
  declared->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app_->options.emplace_back(&option, declared);
}

void OptionParser::take_back(std::string_view name) {
  const auto it = std::find_if(app_->options.begin(), app_->options.end(),
                               [&](const auto& one) { return has_name(*one.first, name); });
  if (it == app_->options.end()) return;
  const Option& option = *it->first;
  app_->cli.remove_option(it->second);
  app_->options.erase(it);
  std::string names;
  for (const auto other : split(option.names, ','))
    if (other != name) names += (names.empty() ? "" : ",") + std::string(other);
  if (!names.empty()) declare(option, names);
}

std::optional<std::string> OptionParser::take(std::vector<std::string>& words,
                                              Arguments& arguments) {
  if (words.empty() || !looks_like_option(words[0])) return std::nullopt;
  declare_to_cli11();
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
