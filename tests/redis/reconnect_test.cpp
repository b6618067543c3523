// Losing Redis, and coming back: jitter, cap, what is counted.
#include <doctest/doctest.h>

#include <algorithm>

#include "plugins/sources/redis/backoff.hpp"
#include "redis_fixture.hpp"

using namespace redis_test;
using sbx::kMillisecondNs;
using sbx::kSecondNs;

TEST_CASE("the bound doubles up to the maximum and only reset sets it back") {
  redis::Backoff b(100, 1000);
  const uint64_t most = UINT64_MAX;
  for (int64_t cap : {100, 200, 400, 800, 1000, 1000}) {
    int64_t wait = b.next_ns(most);
    CHECK(wait >= 0);
    CHECK(wait <= cap);
  }
  redis::Backoff exact(100, 1000);
  for (uint64_t cap : {100, 200, 400, 800, 1000, 1000})  // the largest remainder there is
    CHECK(exact.next_ns(cap) == static_cast<int64_t>(cap));
  exact.reset();
  CHECK(exact.next_ns(100) == 100);
  CHECK(exact.next_ns(0) == 0);
}

TEST_CASE("it tries for ever, ever more slowly, and not in step with others") {
  std::vector<int64_t> first_waits;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Source s(R"({"url":"redis://r","patterns":["*"]})", seed);
    s.plugin.start();
    int64_t longest = 0;
    for (int attempt = 0; attempt < 60; ++attempt) {
      s.net.drop(s.conn(), SBX_EREFUSED, "connection refused");
      int64_t from = s.host.now_ns;
      size_t before = s.net.dialled();
      while (s.net.dialled() == before) s.host.advance(kMillisecondNs);
      int64_t wait = s.host.now_ns - from;
      if (attempt == 0) {
        CHECK(wait <= 101 * kMillisecondNs);
        first_waits.push_back(wait);
      }
      CHECK(wait <= 30'001 * kMillisecondNs);
      longest = std::max(longest, wait);
    }
    CHECK(longest > 15 * kSecondNs);
    CHECK(s.host.logged("cannot use redis://r:6379: connection refused; next attempt in ") == 60);
  }
  std::sort(first_waits.begin(), first_waits.end());
  CHECK(std::unique(first_waits.begin(), first_waits.end()) - first_waits.begin() >= 3);
}

TEST_CASE("a Redis that accepts and refuses is not hammered: only a confirmed subscription resets the pauses") {
  Source s;
  s.plugin.start();
  int64_t longest = 0;
  for (int attempt = 0; attempt < 40; ++attempt) {
    s.net.open(s.conn());
    s.say("-LOADING Redis is loading the dataset in memory\r\n");
    int64_t from = s.host.now_ns;
    s.until_dial();
    longest = std::max(longest, s.host.now_ns - from);
  }
  CHECK(longest > 10 * kSecondNs);
  s.live();
  s.net.drop(s.conn());
  s.host.advance(101 * kMillisecondNs);
  CHECK(s.net.newest() == 42);
}

TEST_CASE("time away is counted from the loss to the confirmed subscription, over failed attempts") {
  Source s;
  s.live();
  CHECK(s.host.metric("signalbox_redis_reconnects_total") == 0);
  s.net.drop(s.conn());
  CHECK(s.host.ready == false);
  const int64_t lost = s.host.now_ns;
  for (int i = 0; i < 3; ++i) {
    s.until_dial();
    s.net.drop(s.conn(), SBX_EREFUSED, "connection refused");
  }
  s.until_dial();
  s.net.open(s.conn());
  s.host.advance(2 * kSecondNs);
  CHECK(s.host.metric("signalbox_redis_away_seconds_total") == 0);
  s.say(confirmed("psubscribe", "*"));
  CHECK(s.host.ready == true);
  CHECK(s.host.metric("signalbox_redis_reconnects_total") == 1);
  CHECK(s.host.metric("signalbox_redis_away_seconds_total") ==
        doctest::Approx(static_cast<double>(s.host.now_ns - lost) / 1e9));
  CHECK(s.host.logged("again after") == 1);
  s.say(pmessage("*", "c", laravel("E", "1")));
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("a reply that was half there when the connection broke is forgotten") {
  Source s;
  s.live();
  std::string whole = pmessage("*", "c", laravel("E", "1"));
  s.say(whole.substr(0, whole.size() / 2));
  s.net.drop(s.conn());
  s.until_dial();
  s.live();
  s.say(whole);
  CHECK(s.host.emitted.size() == 1);
}
