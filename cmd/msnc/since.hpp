// SPDX-License-Identifier: MIT
// Parses the value of --since.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <string_view>

namespace msn::msnc {

// A duration before `now` (90s 30m 2h 7d); a date (2026-11-30) or a time (15:04, which is today, or
// 2026-11-30T15:04; both also with seconds) in the local time zone; or RFC 3339. Results before
// 1970 become 1970. Error usage: anything else, or a time of today that is in the future.
Result<Time> parse_since(std::string_view text, Time now);

}  // namespace msn::msnc
