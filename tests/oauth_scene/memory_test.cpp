// What is remembered of pushes has an end, in time and in number.
#include <doctest/doctest.h>

#include "plugins/sources/oauth/scene_memory.hpp"

using namespace oauth;

TEST_CASE("a push is the first of its id once, until nobody could send it again") {
  SeenPushes seen;
  CHECK(seen.first("o:1:SCAN", 1000));
  CHECK_FALSE(seen.first("o:1:SCAN", 1000));
  CHECK_FALSE(seen.first("o:1:SCAN", 1000 + SeenPushes::kKeptS - 1));
  CHECK(seen.first("o:2:SCAN", 1000));
  CHECK(seen.first("o:1:SCAN", 1000 + SeenPushes::kKeptS));
}

TEST_CASE("the memory of pushes does not grow beyond its limit, and forgets the oldest") {
  SeenPushes seen;
  for (size_t i = 0; i <= SeenPushes::kPushesMax; ++i) seen.first("o:" + std::to_string(i), 1000);
  CHECK(seen.size() == SeenPushes::kPushesMax);
  CHECK_FALSE(seen.first("o:1", 1000));
  CHECK(seen.first("o:0", 1000));
}

TEST_CASE("a clock that goes back forgets nothing") {
  SeenPushes seen;
  CHECK(seen.first("a", 2000));
  CHECK_FALSE(seen.first("a", 1000));
}

TEST_CASE("an openid may scan so many times a minute, another one is not in its way") {
  ScanLimit limit;
  for (size_t i = 0; i < ScanLimit::kScansMax; ++i) CHECK(limit.allow("oA", 1000));
  CHECK_FALSE(limit.allow("oA", 1000 + ScanLimit::kWindowS - 1));
  CHECK(limit.allow("oB", 1000));
  CHECK(limit.allow("oA", 1000 + ScanLimit::kWindowS));
}

TEST_CASE("when too many scan at once nobody may until the minute is over") {
  ScanLimit limit;
  for (size_t i = 0; i < ScanLimit::kTotalMax; ++i) REQUIRE(limit.allow("o" + std::to_string(i), 1000));
  CHECK_FALSE(limit.allow("oNew", 1001));
  CHECK(limit.allow("oNew", 1000 + ScanLimit::kWindowS));
}
