// SPDX-License-Identifier: MIT
// The options and words of a parsed command line.
#pragma once
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::msnc {

class Arguments {
 public:
  // Called by the parser (cli11.cpp). Adds values of an option. `key` must outlive the object.
  void add(std::string_view key, std::vector<std::string> values);

  bool has(std::string_view key) const { return find(key) != nullptr; }
  // The last value that was given. The view is valid as long as this object.
  std::optional<std::string_view> value(std::string_view key) const;
  std::vector<std::string> values(std::string_view key) const;
  // The option's last value as a decimal number. Error usage: it is not a number, or out of range.
  // `name`: the option's name in the message; default --KEY.
  Result<std::optional<std::uint64_t>> number(std::string_view key, std::uint64_t min,
                                              std::uint64_t max, std::string_view name = {}) const;

  std::vector<std::string> words;  // the positional arguments
  // Index of the first word after "--". From there on a word "-" is not standard input.
  std::size_t literal_from = std::string::npos;
  // Whether the only word from index `at` on is "-", which means standard input.
  bool names_input(std::size_t at) const;
  // The words from index `from` on, joined by one space.
  std::string joined(std::size_t from = 0) const;

 private:
  const std::vector<std::string>* find(std::string_view key) const;
  std::vector<std::pair<std::string_view, std::vector<std::string>>> options_;
};

}  // namespace msn::msnc
