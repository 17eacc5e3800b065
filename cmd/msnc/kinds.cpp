// SPDX-License-Identifier: MIT
#include "cmd/msnc/kinds.hpp"

#include "core/base/similar.hpp"
#include "core/base/text.hpp"

#include <array>
#include <variant>

namespace msn::msnc {
namespace {

constexpr std::array table{
    KindName{"message", "MSG"},         KindName{"status", "STCH"},
    KindName{"added_you", "UADD"},      KindName{"removed_you", "UDEL"},
    KindName{"contact_added", "ADDFL"}, KindName{"contact_removed", "DELFL"},
    KindName{"flushed", "MFLUSH"},      KindName{"typing", "TYPING"},
    KindName{"closed", "SCLOSE"},       KindName{"opened", "SOPEN"},
    KindName{"error", "ERR"},           KindName{"gap", "GAP"},
    KindName{"sent", "SENT"},           KindName{"failed", "FAILED"},
    KindName{"said", "SAID"},           KindName{"unknown", ""},
};
static_assert(table.size() == std::variant_size_v<model::Event>);

}  // namespace

std::span<const KindName> kinds() {
  return table;
}

std::string_view kind_name(const model::Event& event) {
  return table[event.index()].name;
}

protocol::Keywords all_kinds() {
  protocol::Keywords keywords;
  for (const auto& kind : table)
    if (!kind.keyword.empty()) keywords.emplace_back(kind.keyword);
  return keywords;
}

Result<protocol::Keywords> parse_kinds(std::string_view text) {
  protocol::Keywords keywords;
  for (const auto word : split(text, ',')) {
    std::string_view keyword;
    std::vector<std::string_view> names;
    for (const auto& kind : table) {
      if (kind.keyword.empty()) continue;
      names.push_back(kind.name);
      if (kind.name == word) keyword = kind.keyword;
    }
    if (keyword.empty()) {
      std::string message = "'" + visible(word) + "' is not a kind of event";
      if (const auto similar = most_similar(word, names))
        message += "; did you mean '" + std::string(*similar) + "'?";
      else
        message += "; to list the kinds, run: msnc poll --help";
      return fail(ErrorCode::usage, std::move(message));
    }
    keywords.emplace_back(keyword);
  }
  return keywords;
}

}  // namespace msn::msnc
