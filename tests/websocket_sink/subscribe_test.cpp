#include <doctest/doctest.h>

#include "tests/websocket_sink/server.hpp"

using sbx::testing::FakeLog;
using Texts = Server::Texts;

TEST_CASE("a subscription is answered with its reference and a cursor, then events come") {
  Server s;
  const std::string before = s.event("a", "0");
  const sbx_id ws = s.client();
  CHECK(s.ask(ws, R"({"type":"subscribe","channel":"a","ref":1})") ==
        Texts{R"({"type":"subscribed","channel":"a","cursor":")" + before + R"(","recovered":false,"ref":1})"});
  const std::string cursor = s.event("a", R"({"n":1})");
  s.event("b", "2");
  CHECK(s.received(ws) == Texts{Server::seen("a", R"({"n":1})", cursor)});
  CHECK(s.metric("subscriptions") == 1);
}

TEST_CASE("with a cursor everything behind it is replayed, in order, and said to be complete") {
  Server s;
  s.log.retain("a", 5);
  const std::string first = s.event("a", "1"), second = s.event("a", "2"), third = s.event("a", "3");
  const sbx_id ws = s.client();
  CHECK(s.ask(ws, R"({"type":"subscribe","channel":"a","since":")" + first + "\"}") ==
        Texts{R"({"type":"subscribed","channel":"a","cursor":")" + first + R"(","recovered":true})",
              Server::seen("a", "2", second), Server::seen("a", "3", third)});
}

TEST_CASE("what was missed for good is a gap, then what is left") {
  Server s;
  s.log.retain("a", 1);
  const std::string first = s.event("a", "1");
  s.event("a", "2");
  const std::string third = s.event("a", "3");
  for (const std::string &since : {first, std::string("rubbish")}) {
    const sbx_id ws = s.client();
    const Texts got = s.ask(ws, R"({"type":"subscribe","channel":"a","since":")" + since + "\"}");
    REQUIRE(got.size() == 3);
    CHECK(got[0].find(R"("recovered":false)") != std::string::npos);
    CHECK(got[1] == R"({"type":"gap","channel":"a"})");
    CHECK(got[2] == Server::seen("a", "3", third));
  }
}

TEST_CASE("a second subscription to the same channel is answered and replays nothing") {
  Server s;
  s.log.retain("a", 5, FakeLog::Replay::kRetained);
  s.event("a", "1");
  const sbx_id ws = s.client();
  CHECK(s.ask(ws, R"({"type":"subscribe","channel":"a"})").size() == 2);
  CHECK(s.ask(ws, R"({"type":"subscribe","channel":"a","ref":2})").size() == 1);
  CHECK(s.metric("subscriptions") == 1);
  s.event("a", "2");
  CHECK(s.received(ws).size() == 1);
}

TEST_CASE("leaving is answered, and nothing comes any more") {
  Server s;
  const sbx_id ws = s.listener("a");
  CHECK(s.ask(ws, R"({"type":"unsubscribe","channel":"a","ref":"x"})") ==
        Texts{R"({"type":"unsubscribed","channel":"a","ref":"x"})"});
  s.event("a", "1");
  CHECK(s.received(ws).empty());
  CHECK(s.ask(ws, R"({"type":"unsubscribe","channel":"a","ref":3})") ==
        Texts{R"({"type":"error","code":"not_subscribed","message":"this connection is not in this channel",)"
              R"("channel":"a","ref":3})"});
  CHECK(s.metric("subscriptions") == 0);
}

TEST_CASE("leaving at the gate ends the replay") {
  Server s;
  s.log.retain("a", 5, FakeLog::Replay::kRetained);
  s.event("a", "1");
  s.event("a", "2");
  s.log.hold(true);
  const sbx_id ws = s.client();
  CHECK(s.ask(ws, R"({"type":"subscribe","channel":"a"})").size() == 1);
  s.log.hand(1);
  CHECK(s.received(ws).size() == 1);
  CHECK(s.ask(ws, R"({"type":"unsubscribe","channel":"a"})").size() == 1);
  s.log.hold(false);
  CHECK(s.received(ws).empty());
}

TEST_CASE("a refused channel is forbidden, and does not count") {
  Server s;
  s.log.refuse("private-a");
  const sbx_id ws = s.client();
  CHECK(s.ask(ws, R"({"type":"subscribe","channel":"private-a","ref":1})") ==
        Texts{R"({"type":"error","code":"forbidden","message":"this channel is not open to you",)"
              R"("channel":"private-a","ref":1})"});
  CHECK(s.metric("subscriptions") == 0);
  CHECK(s.metric("errors_total", "forbidden") == 1);
}

TEST_CASE("who goes away at the gate leaves nothing behind") {
  Server s;
  s.log.hold(true);
  const sbx_id ws = s.client();
  s.say(ws, R"({"type":"subscribe","channel":"a"})");
  s.http.drop(ws);
  s.log.hold(false);
  s.event("a", "1");
  CHECK(s.metric("subscriptions") == 0);
  CHECK(s.metric("connections") == 0);
  CHECK(s.log.subscribers("a") == 0);
}

TEST_CASE("ping is answered with pong") {
  Server s;
  CHECK(s.ask(s.client(), R"({"type":"ping"})") == Texts{R"({"type":"pong"})"});
}
