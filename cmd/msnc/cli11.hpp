// SPDX-License-Identifier: MIT
// Parses options with CLI11, which no other file of msnc uses.
#pragma once
#include "cmd/msnc/arguments.hpp"
#include "cmd/msnc/command.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

class OptionParser {
 public:
  // Adds options, which must outlive the parser. If an option declared earlier has the same name,
  // the name belongs to the new option.
  void declare(std::span<const Option> options) { known_.push_back(options); }

  // Moves the options at the front of the words, with their values, to the arguments. It stops at a
  // word that is no option, at "--", and at an undeclared option. Returns an error message, if any.
  std::optional<std::string> take(std::vector<std::string>& words, Arguments&) const;

 private:
  const Option* find(std::string_view name) const;
  // Whether the whole word is made of declared options. (Of "-n5", where -n is a flag, CLI11 would
  // take the -n and leave "-5".)
  bool is_option(std::string_view word) const;
  // The option's names that may occur in the words and were not declared again by a later option.
  std::string names_in(std::span<const std::string> words, const Option&) const;

  std::vector<std::span<const Option>> known_;
};

// Whether `name`, such as "-n" or "--max", is one of the option's names.
bool has_name(const Option&, std::string_view name);

// Whether the word is `-` and a letter, or `--` and at least one character. "-", "--" and "-5" are
// not.
bool looks_like_option(std::string_view word);

}  // namespace msn::msnc
