// SPDX-License-Identifier: MIT
// The table of event keywords (protocol 7 and 13.8). Internal to core/protocol.
#pragma once
#include "core/model/event.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>

namespace msn::protocol {

struct EventKind {
  std::string_view keyword;
  // Is it sent in the answer to a plain POLL in its stored form? GAP has another form there (13.8).
  bool in_plain_poll = true;
};

// In the order of the alternatives of model::Event. The last alternative, Unknown, has no keyword.
inline constexpr std::array<EventKind, 15> event_kinds{{{"MSG"},
                                                        {"STCH"},
                                                        {"UADD"},
                                                        {"UDEL"},
                                                        {"ADDFL"},
                                                        {"DELFL"},
                                                        {"MFLUSH"},
                                                        {"TYPING"},
                                                        {"SCLOSE"},
                                                        {"SOPEN", false},
                                                        {"ERR"},
                                                        {"GAP", false},
                                                        {"SENT", false},
                                                        {"FAILED", false},
                                                        {"SAID", false}}};
static_assert(std::variant_size_v<model::Event> == event_kinds.size() + 1);

// Null: unknown keyword.
constexpr const EventKind* find_event_kind(std::string_view keyword) {
  for (const EventKind& kind : event_kinds)
    if (kind.keyword == keyword) return &kind;
  return nullptr;
}

// Does the word have the form of a keyword: [A-Z][A-Z0-9_]*?
constexpr bool is_keyword_form(std::string_view word) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (word.empty() || !upper(word.front())) return false;
  for (const char c : word)
    if (!upper(c) && !(c >= '0' && c <= '9') && c != '_') return false;
  return true;
}

template <class Event, std::size_t index = 0>
constexpr std::string_view keyword_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<index, model::Event>, Event>)
    return event_kinds[index].keyword;
  else
    return keyword_of<Event, index + 1>();
}

// The words after the text of an ERR event, in this order (13.8).
struct ErrorWord {
  std::string_view key;
  std::string model::ErrorEvent::*field;
};
inline constexpr std::array<ErrorWord, 3> error_words{{{"WHO=", &model::ErrorEvent::email},
                                                       {"ID=", &model::ErrorEvent::id},
                                                       {"REQUEST=", &model::ErrorEvent::request}}};

// Removes these words from the end of `line` and returns their values, which are views into it.
constexpr std::array<std::string_view, error_words.size()> take_error_words(
    std::string_view& line) {
  std::array<std::string_view, error_words.size()> values{};
  for (std::size_t i = error_words.size(); i-- > 0;) {
    const std::size_t begin = line.rfind(' ') + 1;
    const std::string_view word = line.substr(begin);
    if (begin == 0 || !word.starts_with(error_words[i].key)) continue;
    values[i] = word.substr(error_words[i].key.size());
    line.remove_suffix(word.size() + 1);
  }
  return values;
}

// Events that consist of a keyword and a contact.
template <class Event>
inline constexpr bool is_about_contact =
    std::is_same_v<Event, model::AddedYou> || std::is_same_v<Event, model::RemovedYou> ||
    std::is_same_v<Event, model::ContactAdded> || std::is_same_v<Event, model::ContactRemoved> ||
    std::is_same_v<Event, model::Flushed> || std::is_same_v<Event, model::Typing>;

}  // namespace msn::protocol
