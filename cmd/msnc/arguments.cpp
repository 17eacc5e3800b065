// SPDX-License-Identifier: MIT
#include "cmd/msnc/arguments.hpp"

#include "core/base/text.hpp"

namespace msn::msnc {

void Arguments::add(std::string_view key, std::vector<std::string> values) {
  for (auto& [name, known] : options_)
    if (name == key) {
      known.insert(known.end(), std::make_move_iterator(values.begin()),
                   std::make_move_iterator(values.end()));
      return;
    }
  options_.emplace_back(key, std::move(values));
}

const std::vector<std::string>* Arguments::find(std::string_view key) const {
  for (const auto& [name, values] : options_)
    if (name == key) return &values;
  return nullptr;
}

std::optional<std::string_view> Arguments::value(std::string_view key) const {
  const auto* values = find(key);
  if (values == nullptr || values->empty()) return std::nullopt;
  return values->back();
}

std::vector<std::string> Arguments::values(std::string_view key) const {
  const auto* values = find(key);
  return values == nullptr ? std::vector<std::string>{} : *values;
}

Result<std::optional<std::uint64_t>> Arguments::number(std::string_view key, std::uint64_t min,
                                                       std::uint64_t max,
                                                       std::string_view name) const {
  const auto text = value(key);
  if (!text) return std::nullopt;
  const auto number = parse_number(*text);
  if (!number || *number < min || *number > max) {
    const std::string option = (key.size() == 1 ? "-" : "--") + std::string(key);
    return fail(ErrorCode::usage, (name.empty() ? option : std::string(name)) +
                                      " takes a number from " + std::to_string(min) + " to " +
                                      std::to_string(max) + ", not '" + visible(*text) + "'");
  }
  return number;
}

bool Arguments::names_input(std::size_t at) const {
  return words.size() == at + 1 && words[at] == "-" && at < literal_from;
}

std::string Arguments::joined(std::size_t from) const {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) {
    if (i > from) text += ' ';
    text += words[i];
  }
  return text;
}

}  // namespace msn::msnc
