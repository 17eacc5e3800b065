// SPDX-License-Identifier: MIT
// The one place that meets CLI11: words to options.
#pragma once
#include "cmd/msnc/arguments.hpp"
#include "cmd/msnc/command.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

class OptionParser {
 public:
  OptionParser();
  ~OptionParser();

  // Knows these from now on; they outlive the parser. A name that an earlier one has is theirs.
  void declare(std::span<const Option>);

  // Takes the options and their values off the front of the words and adds them to the arguments.
  // What is left begins with a word that is no option, with "--", or with an option that was not
  // declared. The error is a message, or nothing.
  std::optional<std::string> take(std::vector<std::string>& words, Arguments&);

 private:
  void declare_to_cli11();
  void declare(const Option&, const std::string& names);
  // An option that has this name already is declared again without it.
  void take_back(std::string_view name);

  struct App;
  std::vector<const Option*> undeclared_;  // until there is a word that may be an option
  std::unique_ptr<App> app_;
};

// Is it one of the option's names, "-n" or "--max"?
bool has_name(const Option&, std::string_view name);

// `-` and a letter, or `--` and more. "-", "--" and "-5" are not.
bool looks_like_option(std::string_view word);

}  // namespace msn::msnc
