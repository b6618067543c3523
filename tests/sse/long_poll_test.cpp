// The poll that waits: a live subscriber through a virtual member.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

using Json = Server::Json;

TEST_CASE("a waiting poll is answered by the first event") {
  Server s;
  const sbx_id id = s.poll("channel=a&wait=25");
  CHECK_FALSE(s.answered(id));
  CHECK(s.metric("signalbox_sse_polls_open") == 1);
  s.event("other", "0");
  CHECK_FALSE(s.answered(id));
  const std::string cursor = s.event("a", "1");
  CHECK(s.data(id) == Strings{"1"});
  CHECK(s.document(id)["cursor"] == cursor);
  CHECK(s.fanout.virtual_members() == 0);
  CHECK(s.host.timers() == 0);
  CHECK(s.log.subscribers("a") == 0);
}

TEST_CASE("what is there already is not waited for") {
  Server s;
  s.log.retain("*", 9);
  s.event("a", "1");
  CHECK(s.data(s.poll("channel=a&wait=25&since=" + s.log.cursor_at(0))) == Strings{"1"});
  const sbx_id gap = s.poll("channel=b&wait=25&since=garbage");
  CHECK(s.answered(gap));
  CHECK(s.document(gap)["gap"] == true);
}

TEST_CASE("when the time is over the answer is empty and the cursor has moved on") {
  Server s;
  const sbx_id id = s.poll("channel=a&wait=25");
  s.event("other", "1");
  s.host.advance(25 * sbx::kSecondNs - 1);
  CHECK_FALSE(s.answered(id));
  s.host.advance(1);
  CHECK(s.document(id) == Json{{"events", Json::array()}, {"cursor", s.log.cursor_at(1)}, {"gap", false}});
  CHECK(s.metric("signalbox_sse_polls_total", "empty") == 1);
  CHECK(s.fanout.virtual_members() == 0);
}

TEST_CASE("one poll after another hears everything once, whenever it comes") {
  Server s;
  s.log.retain("*", 99);
  std::string since = s.log.cursor_at(0);
  Strings all, sent;
  for (int round = 0; round < 20; ++round) {
    const auto publish = [&] { s.event(round % 3 ? "a" : "b", sent.emplace_back(std::to_string(sent.size()))); };
    if (round % 4 == 0) publish();
    const sbx_id id = s.poll("channel=a&channel=b&wait=5&since=" + since);
    if (round % 4 == 1) publish();
    if (round % 4 == 2) s.host.advance(6 * sbx::kSecondNs);
    if (round % 4 == 3) {
      s.http.drop(id);
      publish();
      continue;
    }
    REQUIRE(s.answered(id));
    CHECK(s.document(id)["gap"] == false);
    for (const std::string &data : s.data(id)) all.push_back(data);
    since = s.document(id)["cursor"];
  }
  for (const std::string &data : s.data(s.poll("channel=a&channel=b&since=" + since))) all.push_back(data);
  CHECK(all == sent);
}

TEST_CASE("waiting has a limit") {
  Server s(R"(,"wait_max":3000)");
  const sbx_id id = s.poll("channel=a&wait=99999999");
  s.host.advance(3 * sbx::kSecondNs);
  CHECK(s.answered(id));
}

TEST_CASE("polls end in the order of their times") {
  Server s;
  const sbx_id late = s.poll("channel=a&wait=30"), early = s.poll("channel=a&wait=10"),
               mid = s.poll("channel=a&wait=20");
  CHECK(s.host.timers() == 1);
  s.host.advance(10 * sbx::kSecondNs);
  CHECK((s.answered(early) && !s.answered(mid) && !s.answered(late)));
  s.http.drop(mid);
  s.host.advance(20 * sbx::kSecondNs);
  CHECK(s.answered(late));
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a client that goes away while it waits leaves nothing behind") {
  Server s;
  const sbx_id id = s.poll("channel=a&wait=25");
  s.http.drop(id);
  CHECK(s.fanout.virtual_members() == 0);
  CHECK(s.log.subscribers("a") == 0);
  CHECK(s.host.timers() == 0);
  CHECK(s.metric("signalbox_sse_polls_total", "client") == 1);
  CHECK(s.metric("signalbox_sse_polls_open") == 0);
  s.event("a", "1");
  CHECK_FALSE(s.http[id].status == 200);
}

TEST_CASE("a client that goes away before it is live leaves nothing behind either") {
  Server s;
  s.log.hold(true);
  const sbx_id id = s.poll("channel=a&wait=25");
  s.http.drop(id);
  s.log.hold(false);
  CHECK(s.fanout.virtual_members() == 0);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a time that is over before the channels are live is waited out for them") {
  Server s;
  s.log.hold(true);
  const sbx_id id = s.poll("channel=a&wait=1");
  s.host.advance(2 * sbx::kSecondNs);
  CHECK_FALSE(s.answered(id));
  s.log.hold(false);
  CHECK(s.answered(id));
  CHECK(s.document(id)["cursor"] == s.log.cursor_at(0));
}

TEST_CASE("a waiting poll is told of a gap at once, with a cursor from before it") {
  Server s;
  const sbx_id id = s.poll("channel=a&wait=25");
  s.log.lose("a");
  CHECK(s.document(id) == Json{{"events", Json::array()}, {"cursor", s.log.cursor_at(0)}, {"gap", true}});
}

TEST_CASE("a burst larger than the poll's outbox is fetched by the next poll") {
  Server s(R"(,"outbox":{"bytes":100})");
  s.log.retain("*", 9);
  const sbx_id id = s.poll("channel=a&wait=25");
  s.event("a", "\"" + std::string(200, 'x') + "\"");
  CHECK(s.answered(id));
  CHECK(s.document(id) ==
        Json{{"events", Json::array()}, {"cursor", s.log.cursor_at(0)}, {"gap", false}, {"more", true}});
  CHECK(s.data(s.poll("channel=a&since=" + s.log.cursor_at(0))).size() == 1);
  CHECK(s.host.timers() == 0);
}
