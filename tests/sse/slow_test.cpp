// Clients that do not read: the outbox and its policies.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

TEST_CASE("a slow client is sent away, comes back and has missed nothing") {
  Server s(R"(,"outbox":{"bytes":200})");
  s.log.retain("*", 99);
  const sbx_id slow = s.open("channel=a&channel=b"), quick = s.open("channel=a");
  s.event("a", "0");
  s.fanout.stall(slow);
  s.event("a", "1");
  s.event("b", "\"" + std::string(200, 'x') + "\"");
  s.event("a", "2");
  CHECK(s.answered(slow));
  CHECK(s.metric("signalbox_sse_streams_closed_total", "slow") == 1);
  CHECK(s.heard(quick) == Strings{"0", "1", "2"});
  CHECK(s.heard(s.open("channel=a", s.page(slow).last_event_id)) == Strings{"1", "2"});
}

TEST_CASE("drop_oldest tells the gap in the place of what was dropped") {
  Server s(R"(,"outbox":{"bytes":200,"when_full":"drop_oldest"})");
  const sbx_id slow = s.open("channel=a");
  s.event("a", "0");
  s.fanout.stall(slow);
  for (const char *data : {"1", "2", "3", "4", "5", "6"}) s.event("a", data);
  s.fanout.stall(slow, false);
  const Strings heard = s.heard(slow);
  REQUIRE(heard.size() >= 3);
  CHECK(heard[0] == "0");
  CHECK(heard[1] == "gap a");
  CHECK(heard.back() == "6");
  CHECK(std::count(heard.begin(), heard.end(), "gap a") == 1);
}

TEST_CASE("latest keeps one event of each channel and name") {
  Server s(R"(,"outbox":{"when_full":"latest"})");
  const sbx_id slow = s.open("channel=a&channel=b");
  s.fanout.stall(slow);
  s.event("a", "1", "x");
  s.event("a", "2", "y");
  s.event("b", "3", "x");
  s.event("a", "4", "x");
  s.fanout.stall(slow, false);
  const Strings heard = s.heard(slow);
  CHECK(std::count(heard.begin(), heard.end(), "1") == 0);
  for (const char *data : {"2", "3", "4"}) CHECK(std::count(heard.begin(), heard.end(), data) == 1);
}

TEST_CASE("heartbeats and gaps are not held against a client that does not read") {
  Server s(R"(,"heartbeat":1000,"outbox":{"bytes":10})");
  const sbx_id slow = s.open("channel=a");
  s.fanout.stall(slow);
  s.host.advance(20 * sbx::kSecondNs);
  s.log.lose("a");
  CHECK_FALSE(s.answered(slow));
}
