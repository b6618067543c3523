#include <doctest/doctest.h>

#include <algorithm>

#include "tests/sse/server.hpp"

TEST_CASE("every stream gets a comment in each interval, and a page sees none of it") {
  Server s(R"(,"heartbeat":10000)");
  std::vector<sbx_id> ids;
  for (int i = 0; i < 25; ++i) ids.push_back(s.open("channel=a"));
  s.host.advance(100 * sbx::kSecondNs);
  for (const sbx_id id : ids) {
    CHECK(s.page(id).comments == 10);
    CHECK(s.page(id).messages.empty());
  }
}

TEST_CASE("the streams take turns") {
  Server s(R"(,"heartbeat":10000)");
  std::vector<sbx_id> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(s.open("channel=a"));
  size_t before = 0;
  for (int second = 1; second <= 10; ++second) {
    s.host.advance(sbx::kSecondNs);
    size_t all = 0;
    for (const sbx_id id : ids) all += s.page(id).comments;
    CHECK(all - before == 4);
    before = all;
  }
}

TEST_CASE("an interval shorter than a second works too, and without streams no timer runs") {
  Server s(R"(,"heartbeat":100)");
  CHECK(s.host.timers() == 0);
  const sbx_id id = s.open("channel=a");
  s.host.advance(sbx::kSecondNs);
  CHECK(s.page(id).comments == 10);
  s.http.drop(id);
  CHECK(s.host.timers() == 0);
  s.open("channel=a");
  CHECK(s.host.timers() == 1);
}

TEST_CASE("a stream that is too old ends with a word about when to come back") {
  Server s(R"(,"max_age":60000,"heartbeat":10000)");
  std::vector<sbx_id> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(s.open("channel=a"));
  const auto ended = [&] { return std::count_if(ids.begin(), ids.end(), [&](sbx_id id) { return s.answered(id); }); };
  s.host.advance(53 * sbx::kSecondNs);
  CHECK(ended() == 0);
  s.host.advance(7 * sbx::kSecondNs);
  CHECK((ended() > 0 && ended() < 20));
  s.host.advance(7 * sbx::kSecondNs);
  CHECK(ended() == 20);
  CHECK(s.bytes(ids[0]).rfind("retry: ") > 0);
  CHECK(s.metric("signalbox_sse_streams_closed_total", "max_age") == 20);
  CHECK(s.host.timers() == 0);
}
