// SPDX-License-Identifier: MIT
// Converts the exceptions of CLI11 to the messages of both programs.
#pragma once
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace msn {

// Names the option, begins in lower case, and has no internal terms of CLI11.
inline std::string option_error(const CLI::ParseError& error) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    // "--max: 1 required TEXT missing", "--config: At Most 1 required but received 2",
    // "json was given a disallowed flag override"
    const std::string name = text.substr(0, text.find_first_of(": "));
    if (!name.starts_with('-')) return "--" + name + " takes no value";
    return name + (text.find("At Most") == text.npos ? " needs a value" : ": given twice");
  }
  std::string plain = visible(text);
  if (!plain.empty() && plain[0] >= 'A' && plain[0] <= 'Z')
    plain[0] = static_cast<char>(plain[0] + 32);
  return plain;
}

// The message for an argument that is neither an option nor expected.
inline std::string unexpected_word(const std::string& word) {
  return (word.size() > 1 && word[0] == '-' ? "unknown option '" : "unexpected argument '") +
         visible(word.substr(0, word.starts_with("--") ? word.find('=') : word.npos)) + "'";
}

}  // namespace msn
