// SPDX-License-Identifier: MIT
// What stood on the command line, as the commands ask for it.
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
  // Filled by the parser (cli.cpp); tests fill it by hand.
  void add(std::string_view key, std::vector<std::string> values);

  bool has(std::string_view key) const { return find(key) != nullptr; }
  // The last value given; a view that lives as long as this.
  std::optional<std::string_view> value(std::string_view key) const;
  std::vector<std::string> values(std::string_view key) const;
  // A decimal number in the range, or usage. `name`: what the message calls the option, if it is
  // not --KEY.
  Result<std::optional<std::uint64_t>> number(std::string_view key, std::uint64_t min,
                                              std::uint64_t max, std::string_view name = {}) const;

  std::vector<std::string> words;  // the positional ones
  // The words from this one on stood after "--": they mean nothing but themselves.
  std::size_t literal_from = std::string::npos;
  // The one word from `at` on is "-": standard input is meant.
  bool names_input(std::size_t at) const;
  // The positional words from `from` on, joined by one space.
  std::string joined(std::size_t from = 0) const;

 private:
  const std::vector<std::string>* find(std::string_view key) const;
  std::vector<std::pair<std::string_view, std::vector<std::string>>> options_;
};

}  // namespace msn::msnc
