#include "core/base/moment.hpp"

#include <doctest/doctest.h>

using signalbox::parse_moment;

namespace {
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'763'890'200 * kSecond + 5;
}  // namespace

TEST_CASE("a moment is RFC 3339 with its offset and fraction") {
  CHECK(parse_moment("2025-11-23T09:30:00Z", 0) == 1'763'890'200 * kSecond);
  CHECK(parse_moment("2025-11-23t09:30:00z", 0) == 1'763'890'200 * kSecond);
  CHECK(parse_moment("2025-11-23 17:30:00+08:00", 0) == 1'763'890'200 * kSecond);
  CHECK(parse_moment("2025-11-23T04:00:00.25-05:30", 0) == 1'763'890'200 * kSecond + kSecond / 4);
  CHECK(parse_moment("1970-01-01T00:00:00Z", 0) == 0);
  CHECK(parse_moment("2024-02-29T00:00:00Z", 0) == 1'709'164'800 * kSecond);
  CHECK(parse_moment("2000-03-01T00:00:00Z", 0) == 951'868'800 * kSecond);
}

TEST_CASE("a moment is unix seconds, also with a fraction") {
  CHECK(parse_moment("0", kNow) == 0);
  CHECK(parse_moment("1763890200", 0) == 1'763'890'200 * kSecond);
  CHECK(parse_moment("1763890200.000000005", 0) == kNow);
  CHECK(parse_moment("1763890200.5", 0) == 1'763'890'200 * kSecond + kSecond / 2);
}

TEST_CASE("a moment is how long ago") {
  CHECK(parse_moment("90s", kNow) == kNow - 90 * kSecond);
  CHECK(parse_moment("30m", kNow) == kNow - 1800 * kSecond);
  CHECK(parse_moment("2h", kNow) == kNow - 7200 * kSecond);
  CHECK(parse_moment("7d", kNow) == kNow - 7 * 86'400 * kSecond);
  CHECK_FALSE(parse_moment("30000d", kNow));  // before 1970
}

TEST_CASE("what is no moment is refused") {
  for (const char *text : {"",
                           " ",
                           "-1",
                           "+5",
                           "yesterday",
                           "1.",
                           ".5",
                           "1.0000000001",
                           "5x",
                           "5mm",
                           "h",
                           "2h30m",
                           "1e9",
                           "0x10",
                           "2025-11-23",
                           "2025-11-23T09:30:00",
                           "2025-11-23T09:30Z",
                           "2025-13-01T00:00:00Z",
                           "2025-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2025-11-31T00:00:00Z",
                           "2025-11-23T24:00:00Z",
                           "2025-11-23T09:60:00Z",
                           "2025-11-23T09:30:61Z",
                           "2025-11-23T09:30:00Zx",
                           "2025-11-23T09:30:00+8:00",
                           "2025-11-23T09:30:00+08:00 ",
                           "2025-11-23T09:30:00+-8:00",
                           "1969-12-31T23:59:59Z",
                           "9999-01-01T00:00:00Z",
                           "9223372037",
                           "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_moment(text, kNow));
  }
}
