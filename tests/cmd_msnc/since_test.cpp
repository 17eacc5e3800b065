// SPDX-License-Identifier: MIT
#include "cmd/msnc/since.hpp"

#include "core/protocol/answer.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>

namespace {

using namespace msn;
using namespace std::chrono;

// 2026-11-22T15:04:05.123Z, which is 17:04:05 two hours east of Greenwich
constexpr Time now{milliseconds(1795359845123)};

class Zone {
 public:
  explicit Zone(const char* name) { set(name); }
  ~Zone() { set("UTC"); }

 private:
  static void set(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
};

std::string since(std::string_view text) {
  const auto time = msnc::parse_since(text, now);
  return time ? protocol::rfc3339(*time) : "no: " + time.error().message;
}

}  // namespace

TEST_CASE("a duration is subtracted from now") {
  CHECK(since("90s") == "2026-11-22T15:02:35.123Z");
  CHECK(since("30m") == "2026-11-22T14:34:05.123Z");
  CHECK(since("2h") == "2026-11-22T13:04:05.123Z");
  CHECK(since("7d") == "2026-11-15T15:04:05.123Z");
  CHECK(since("999999999d") == "1970-01-01T00:00:00.000Z");
}

TEST_CASE("dates and times are local and a time without a date is today") {
  const Zone zone("EET-2");
  CHECK(since("2026-11-22") == "2026-11-21T22:00:00.000Z");
  CHECK(since("15:04") == "2026-11-22T13:04:00.000Z");
  CHECK(since("15:04:59") == "2026-11-22T13:04:59.000Z");
  CHECK(since("2026-11-30T15:04") == "2026-11-30T13:04:00.000Z");
  CHECK(since("2026-11-30 15:04:05") == "2026-11-30T13:04:05.000Z");
}

TEST_CASE("RFC 3339 times do not depend on the local time zone") {
  const Zone zone("EET-2");
  CHECK(since("2026-11-30T15:04:05Z") == "2026-11-30T15:04:05.000Z");
  CHECK(since("2026-11-30T15:04:05.5+01:00") == "2026-11-30T14:04:05.500Z");
}

TEST_CASE("local times follow daylight saving time") {
  const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  CHECK(since("2026-07-01T12:00") == "2026-07-01T10:00:00.000Z");
  CHECK(since("2026-01-01T12:00") == "2026-01-01T11:00:00.000Z");
}

TEST_CASE("a time in the future is refused with an example of a date") {
  CHECK(since("23:00") ==
        "no: --since: '23:00' is in the future; give the date, too: 2026-11-30T15:04");
}

TEST_CASE("an invalid time is refused") {
  for (const auto* text :
       {"", "2", "2w", "h", "-2h", "1.5h", "24:00", "12:60", "1:00", "12:00x", "2026-13-01",
        "2026-02-30", "2026-1-1", "2026-11-30T", "2026-11-30T24:00", "2026-11-30x15:04",
        "yesterday", "2026-11-30T15:04Z"}) {
    CAPTURE(text);
    CHECK(since(text).starts_with("no: --since: '"));
  }
}
