// SPDX-License-Identifier: MIT
// The one place that meets CLI11: words to options.
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
  // Knows these from now on; they outlive the parser. A name that an earlier one has is theirs.
  void declare(std::span<const Option> options) { known_.push_back(options); }

  // Takes the options and their values off the front of the words and adds them to the arguments.
  // What is left begins with a word that is no option, with "--", or with an option that was not
  // declared. The error is a message, or nothing.
  std::optional<std::string> take(std::vector<std::string>& words, Arguments&) const;

 private:
  const Option* find(std::string_view name) const;
  // CLI11 takes the -n of "-n5" and leaves "-5", though nothing of it may be an option.
  bool is_option(std::string_view word) const;
  // Those of the option's names that may be among the words and are not a later one's.
  std::string names_in(std::span<const std::string> words, const Option&) const;

  std::vector<std::span<const Option>> known_;
};

// Is it one of the option's names, "-n" or "--max"?
bool has_name(const Option&, std::string_view name);

// `-` and a letter, or `--` and more. "-", "--" and "-5" are not.
bool looks_like_option(std::string_view word);

}  // namespace msn::msnc
