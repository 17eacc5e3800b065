// SPDX-License-Identifier: MIT
// The kinds of events: their names in JSON and on the command line, and their keywords on the wire
// (msnc-json(7)). One table.
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
  std::string_view keyword;  // "UADD"; empty: cannot be asked for
};

// In the order of model::Event's alternatives.
std::span<const KindName> kinds();
std::string_view kind_name(const model::Event&);

// The keywords of all of them, as ONLY= takes them.
protocol::Keywords all_kinds();
// "message,typing" to MSG and TYPING; usage names the word that is no kind.
Result<protocol::Keywords> parse_kinds(std::string_view text);

}  // namespace msn::msnc
