// SPDX-License-Identifier: MIT
// --since: a duration back from now, or a moment.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <string_view>

namespace msn::msnc {

// A duration before `now` (90s 30m 2h 7d), a date (2026-11-30) or a time (15:04 today,
// 2026-11-30T15:04, seconds if wanted) of the local time zone, or RFC 3339 with Z or an offset.
// Nothing is before 1970. usage: anything else, or a time of today that is yet to come.
Result<Time> parse_since(std::string_view text, Time now);

}  // namespace msn::msnc
