// SPDX-License-Identifier: MIT
#include "cmd/msnc/since.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>

namespace msn::msnc {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

// Whether the text matches a shape such as "dddd-dd-dd", where d stands for a digit.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char wanted) {
    return wanted == 'd' ? c >= '0' && c <= '9' : c == wanted;
  });
}

int number(std::string_view text, std::size_t at, std::size_t digits) {
  return static_cast<int>(parse_number(text.substr(at, digits)).value_or(0));
}

std::optional<Milliseconds> duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto count = parse_number(text.substr(0, text.size() - 1));
  if (!count) return std::nullopt;
  const auto n = static_cast<std::int64_t>(*count);
  switch (text.back()) {
    case 's':
      return seconds(n);
    case 'm':
      return std::chrono::minutes(n);
    case 'h':
      return std::chrono::hours(n);
    case 'd':
      return std::chrono::days(n);
    default:
      return std::nullopt;
  }
}

bool set_date(std::tm& parts, std::string_view text) {
  if (!has_shape(text, "dddd-dd-dd")) return false;
  const int year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  return std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

bool set_clock(std::tm& parts, std::string_view text) {
  if (!has_shape(text, "dd:dd") && !has_shape(text, "dd:dd:dd")) return false;
  parts.tm_hour = number(text, 0, 2);
  parts.tm_min = number(text, 3, 2);
  parts.tm_sec = text.size() > 5 ? number(text, 6, 2) : 0;
  return parts.tm_hour < 24 && parts.tm_min < 60 && parts.tm_sec < 60;
}

Time of_local(std::tm parts) {
  parts.tm_isdst = -1;
  return Time(seconds(std::mktime(&parts)));
}

}  // namespace

Result<Time> parse_since(std::string_view text, Time now) {
  if (const auto ago = duration(text)) return std::max(now - *ago, Time{});
  if (const auto moment = protocol::parse_rfc3339(text)) return std::max(*moment, Time{});

  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::usage, "--since: '" + visible(text) + "' " + std::string(why));
  };
  std::tm parts{};
  if (text.find(':') == 2) {
    const std::time_t today = floor<seconds>(now).time_since_epoch().count();
    ::localtime_r(&today, &parts);
    if (!set_clock(parts, text)) return wrong("is not a time of the day");
    const Time time = of_local(parts);
    if (time > now) return wrong("is in the future; give the date, too: 2026-11-30T15:04");
    return time;
  }
  constexpr std::size_t date_size = 10;
  const bool dated = set_date(parts, text.substr(0, date_size));
  const bool separated =
      text.size() > date_size && (text[date_size] == 'T' || text[date_size] == ' ');
  if (dated &&
      (text.size() == date_size || (separated && set_clock(parts, text.substr(date_size + 1)))))
    return std::max(of_local(parts), Time{});
  return wrong(
      "is neither a duration (90s, 30m, 2h, 7d) nor a time (15:04, 2026-11-30, "
      "2026-11-30T15:04, RFC 3339)");
}

}  // namespace msn::msnc
