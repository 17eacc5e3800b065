// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <array>

namespace msn::protocol {
namespace {

using std::chrono::days;
using std::chrono::floor;

// Overwrites `digits` characters of `text` at `at`.
void put_number(std::string& text, std::size_t at, std::size_t digits, int value) {
  for (; digits > 0; value /= 10) text[at + --digits] = static_cast<char>('0' + value % 10);
}

// Parses fields from the front of `text`. `good`: all fields so far were valid.
struct Fields {
  std::string_view text;
  bool good = true;

  int number(std::size_t width) {
    if (!good || text.size() < width) return fail();
    const auto value = parse_number(text.substr(0, width));
    if (!value) return fail();
    text.remove_prefix(width);
    return static_cast<int>(*value);
  }
  void expect(std::string_view any_of) {
    if (!good || text.empty() || any_of.find(text.front()) == std::string_view::npos) {
      fail();
      return;
    }
    text.remove_prefix(1);
  }
  int fail() {
    good = false;
    return 0;
  }
};

// ".123" of any precision, in milliseconds; finer digits are dropped.
int fraction(Fields& fields) {
  if (!fields.good || !fields.text.starts_with('.')) return 0;
  fields.text.remove_prefix(1);
  const std::size_t digits =
      std::min(fields.text.find_first_not_of("0123456789"), fields.text.size());
  if (digits == 0) return fields.fail();
  int milliseconds = 0;
  for (std::size_t i = 0; i < 3; ++i)
    milliseconds = milliseconds * 10 + (i < digits ? fields.text[i] - '0' : 0);
  fields.text.remove_prefix(digits);
  return milliseconds;
}

// "Z" or "+02:00".
std::chrono::minutes offset(Fields& fields) {
  const bool utc = fields.good && (fields.text == "Z" || fields.text == "z");
  if (utc) {
    fields.text = {};
    return {};
  }
  const bool west = fields.text.starts_with('-');
  fields.expect("+-");
  const int hours = fields.number(2);
  fields.expect(":");
  const int minutes = fields.number(2);
  if (hours > 23 || minutes > 59) fields.fail();
  const std::chrono::minutes all{hours * 60 + minutes};
  return west ? -all : all;
}

}  // namespace

std::string rfc3339(Time time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<Milliseconds> clock(time - day);
  std::string text = "0000-00-00T00:00:00.000Z";
  put_number(text, 0, 4, static_cast<int>(date.year()));
  put_number(text, 5, 2, static_cast<int>(static_cast<unsigned>(date.month())));
  put_number(text, 8, 2, static_cast<int>(static_cast<unsigned>(date.day())));
  put_number(text, 11, 2, static_cast<int>(clock.hours().count()));
  put_number(text, 14, 2, static_cast<int>(clock.minutes().count()));
  put_number(text, 17, 2, static_cast<int>(clock.seconds().count()));
  put_number(text, 20, 3, static_cast<int>(clock.subseconds().count()));
  return text;
}

std::string mail_date(Time time) {
  constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(time - day));
  std::string text = "Ddd, 00 Mmm 0000 00:00:00 +0000";
  text.replace(0, 3, weekdays[std::chrono::weekday(day).c_encoding()]);
  put_number(text, 5, 2, static_cast<int>(static_cast<unsigned>(date.day())));
  text.replace(8, 3, months[static_cast<unsigned>(date.month()) - 1]);
  put_number(text, 12, 4, static_cast<int>(date.year()));
  put_number(text, 17, 2, static_cast<int>(clock.hours().count()));
  put_number(text, 20, 2, static_cast<int>(clock.minutes().count()));
  put_number(text, 23, 2, static_cast<int>(clock.seconds().count()));
  return text;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  Fields fields{text};
  const int year = fields.number(4);
  fields.expect("-");
  const int month = fields.number(2);
  fields.expect("-");
  const int day = fields.number(2);
  fields.expect("Tt ");
  const int hours = fields.number(2);
  fields.expect(":");
  const int minutes = fields.number(2);
  fields.expect(":");
  const int seconds = fields.number(2);
  const int milliseconds = fraction(fields);
  const std::chrono::minutes from_utc = offset(fields);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // 60: a leap second.
  if (!fields.good || !fields.text.empty() || !date.ok() || hours > 23 || minutes > 59 ||
      seconds > 60)
    return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hours) + std::chrono::minutes(minutes) +
         std::chrono::seconds(seconds) + Milliseconds(milliseconds) - from_utc;
}

}  // namespace msn::protocol
