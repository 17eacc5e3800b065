// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli11.hpp"

#include "cmd/option_errors.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace msn::msnc {
namespace {

// CLI11 takes "-5" for an option, and continues after an option that it does not know. This
// character, which cannot occur in a program's argument, is put before words that are no options.
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

const Option* OptionParser::find(std::string_view name) const {
  for (auto options = known_.rbegin(); options != known_.rend(); ++options)
    for (const Option& one : *options)
      if (has_name(one, name)) return &one;
  return nullptr;
}

bool OptionParser::is_option(std::string_view word) const {
  if (!looks_like_option(word)) return false;
  if (word[1] == '-') return true;  // CLI11 stops at a long option that was not declared
  for (const char letter : word.substr(1)) {
    const Option* flag = find(std::string{'-', letter});
    if (flag == nullptr) return false;
    if (flag->takes_value()) return true;  // the rest is the value
  }
  return true;
}

std::string OptionParser::names_in(std::span<const std::string> words, const Option& option) const {
  const auto occurs = [&](std::string_view name) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      if (name.size() > 2) return word.substr(0, word.find('=')) == name;
      return word.size() > 1 && word[0] == '-' && word[1] != '-' &&
             word.find(name[1], 1) != word.npos;
    });
  };
  std::string names;
  for (const auto name : split(option.names, ','))
    if (occurs(name) && find(name) == &option)
      names += (names.empty() ? "" : ",") + std::string(name);
  return names;
}

std::optional<std::string> OptionParser::take(std::vector<std::string>& words,
                                              Arguments& arguments) const {
  if (words.empty() || !looks_like_option(words[0])) return std::nullopt;
  CLI::App parser;
  parser.set_help_flag();
  parser.prefix_command();
  // Only options that may occur are declared, because declaring is the slow part of CLI11.
  std::vector<std::pair<const Option*, CLI::Option*>> declared;
  for (const auto options : known_) {
    for (const Option& option : options) {
      if (option.kind == Option::Kind::rest) continue;  // the caller has removed it
      const auto names = names_in(words, option);
      if (names.empty()) continue;
      declared.emplace_back(&option,
                            option.takes_value()
                                ? parser.add_option(names)->expected(1)->allow_extra_args(false)
                                : parser.add_flag(names)->disable_flag_override());
      declared.back().second->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  for (auto& word : reversed)
    if (word != "--" && !is_option(word)) word.insert(0, 1, plain);
  std::optional<std::string> wrong;
  try {
    parser.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    wrong = option_error(error);
  }
  for (const auto& [option, it] : declared) {
    auto values = it->count() > 0 ? it->results() : std::vector<std::string>{};
    if (values.empty()) continue;
    std::for_each(values.begin(), values.end(), unmark);
    arguments.add(option->key(), std::move(values));
  }
  words = parser.remaining();
  std::for_each(words.begin(), words.end(), unmark);
  return wrong;
}

}  // namespace msn::msnc
