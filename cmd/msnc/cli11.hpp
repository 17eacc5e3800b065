// SPDX-License-Identifier: MIT
// The one place that meets CLI11: words to options.
#pragma once
#include "cmd/msnc/arguments.hpp"
#include "cmd/msnc/command.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace msn::msnc {

class OptionParser {
 public:
  OptionParser();
  ~OptionParser();

  // Knows these from now on. Both outlive the parser.
  void declare(std::span<const Option>);

  // Takes the options and their values off the front of the words and adds them to the arguments.
  // What is left begins with a word that is no option, with "--", or with an option that was not
  // declared. The error is a message, or nothing.
  std::optional<std::string> take(std::vector<std::string>& words, Arguments&);

 private:
  struct App;
  std::unique_ptr<App> app_;
};

// `-` and a letter, or `--` and more. "-", "--" and "-5" are not.
bool looks_like_option(std::string_view word);

}  // namespace msn::msnc
