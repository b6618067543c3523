// Instants in headers: read to the second, or not at all.
#include "plugins/sources/webhook/instant.hpp"

#include <doctest/doctest.h>

using webhook::read_iso_instant;
using webhook::read_unix_seconds;

TEST_CASE("an ISO 8601 instant is read with its fraction and offset") {
  CHECK(read_iso_instant("1970-01-01T00:00:00Z") == 0);
  CHECK(read_iso_instant("2025-10-09T08:53:20Z") == 1'760'000'000);
  CHECK(read_iso_instant("2025-10-09T08:53:20.123456Z") == 1'760'000'000);
  CHECK(read_iso_instant("2025-10-09T10:53:20+02:00") == 1'760'000'000);
  CHECK(read_iso_instant("2025-10-09T03:23:20-05:30") == 1'760'000'000);
  CHECK(read_iso_instant("2024-02-29T00:00:00Z") == 1'709'164'800);
}

TEST_CASE("what is no instant is none") {
  for (const char *text :
       {"", "2025-10-09", "2025-10-09T08:53:20", "2025-10-09 08:53:20Z", "2025-13-09T08:53:20Z", "2025-02-30T08:53:20Z",
        "2025-10-09T24:00:00Z", "2025-10-09T08:60:00Z", "2025-10-09T08:53:20.Z", "2025-10-09T08:53:20Zx",
        "2025-10-09T08:53:20+2:00", "2025-10-09T08:53:20+24:00", "+025-10-09T08:53:20Z",
        "2025-10-09T08:53:20.0000000000000000000000000000000Z"}) {
    CAPTURE(text);
    CHECK_FALSE(read_iso_instant(text));
  }
}

TEST_CASE("Unix seconds are digits and nothing else") {
  CHECK(read_unix_seconds("1760000000") == 1'760'000'000);
  for (const char *text : {"", "-1", "1.5", "Infinity", "1e9", " 1", "1234567890123"}) {
    CAPTURE(text);
    CHECK_FALSE(read_unix_seconds(text));
  }
}
