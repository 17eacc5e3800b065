// SPDX-License-Identifier: MIT
// The table of event kinds: their names in JSON and on the command line (msnc-json(7)), and their
// keywords in the protocol.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"
#include "core/protocol/request.hpp"

#include <span>
#include <string>
#include <string_view>

namespace msn::msnc {

struct KindName {
  std::string_view name;     // "added_you"
  std::string_view keyword;  // "UADD"; empty: cannot be selected with --only
};

// All kinds, in the order of the alternatives of model::Event.
std::span<const KindName> kinds();
std::string_view kind_name(const model::Event&);

// The keywords of all kinds, for ONLY=.
protocol::Keywords all_kinds();
// Parses names separated by commas: "message,typing" gives MSG and TYPING. Error usage: a word that
// is not a kind.
Result<protocol::Keywords> parse_kinds(std::string_view text);

}  // namespace msn::msnc
