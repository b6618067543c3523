#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/websocket_sink/server.hpp"

using sbx::testing::Event;
using sbx::testing::FakeLog;
using Json = nlohmann::json;
using Texts = Server::Texts;

namespace {

std::string id_of(Server &s, sbx_id ws) { return Json::parse(s.received(ws).at(0)).at("id"); }

}  // namespace

TEST_CASE("an event does not come back to whom it excepts, live or by replay") {
  Server s;
  s.log.retain("a", 9, FakeLog::Replay::kRetained);
  const sbx_id speaker = s.open();
  const std::string id = id_of(s, speaker);
  const sbx_id other = s.listener("a");
  s.log.event({.channel = "a", .data = "1", .except = id});
  CHECK(s.ask(speaker, R"({"type":"subscribe","channel":"a"})").size() == 1);
  s.log.event({.channel = "a", .data = "2", .except = id});
  s.log.event({.channel = "a", .data = "3", .except = "somebody else"});
  CHECK(s.received(speaker).size() == 1);
  CHECK(s.received(other).size() == 3);
}

TEST_CASE("the id of a connection that is gone excepts nobody") {
  Server s;
  const sbx_id gone = s.open();
  const std::string id = id_of(s, gone);
  s.http.drop(gone);
  const sbx_id ws = s.listener("a");
  s.log.event({.channel = "a", .data = "1", .except = id});
  CHECK(s.received(ws).size() == 1);
}

TEST_CASE("a loss on the way is told as a gap, also behind a full outbox") {
  Server s(R"(,"outbox":{"bytes":1,"when_full":"disconnect"})");
  const sbx_id ws = s.listener("a");
  s.fanout.stall(ws);
  s.log.lose("a");
  s.log.lose("b");
  s.fanout.stall(ws, false);
  CHECK(s.received(ws) == Texts{R"({"type":"gap","channel":"a"})"});
}

TEST_CASE("policy drop_oldest tells the gap where it is") {
  Server s(R"(,"outbox":{"bytes":400,"when_full":"drop_oldest"})");
  const sbx_id ws = s.listener("a");
  s.fanout.stall(ws);
  std::string last;
  for (int i = 0; i < 20; ++i) last = s.event("a", std::to_string(i));
  s.fanout.stall(ws, false);
  const Texts got = s.received(ws);
  REQUIRE(got.size() >= 2);
  CHECK(got.front() == R"({"type":"gap","channel":"a"})");
  CHECK(got.back() == Server::seen("a", "19", last));
}

TEST_CASE("policy latest keeps the newest of each channel and name") {
  Server s(R"(,"outbox":{"bytes":4096,"when_full":"latest"})");
  const sbx_id ws = s.listener("a");
  s.fanout.stall(ws);
  s.event("a", "1", "x");
  s.event("a", "2", "y");
  s.event("a", "3", "x");
  s.fanout.stall(ws, false);
  const Texts got = s.received(ws);
  REQUIRE(got.size() == 2);
  CHECK(Json::parse(got[0]).at("data") == 2);
  CHECK(Json::parse(got[1]).at("data") == 3);
}

TEST_CASE("policy latest tells a gap where even the newest are too much") {
  Server s(R"(,"outbox":{"bytes":300,"when_full":"latest"})");
  const sbx_id ws = s.listener("a");
  s.fanout.stall(ws);
  std::string last;
  for (int i = 0; i < 20; ++i) last = s.event("a", std::to_string(i), "e" + std::to_string(i));
  s.fanout.stall(ws, false);
  const Texts got = s.received(ws);
  REQUIRE(got.size() >= 2);
  CHECK(got.front() == R"({"type":"gap","channel":"a"})");
  CHECK(Json::parse(got.back()).at("cursor") == last);
}

TEST_CASE("policy disconnect sends the slow one away, and counts it") {
  Server s(R"(,"outbox":{"bytes":200,"when_full":"disconnect"})");
  const sbx_id slow = s.listener("a"), quick = s.listener("a");
  s.fanout.stall(slow);
  for (int i = 0; i < 5; ++i) s.event("a", std::to_string(i));
  CHECK(s.received(quick).size() == 5);
  CHECK_FALSE(s.http[slow].open());
  CHECK(s.metric("closed_total", "slow") == 1);
  CHECK(s.metric("connections") == 1);
}

TEST_CASE("what no client could read is left out and counted once") {
  Server s;
  const sbx_id ws = s.listener("a");
  s.event("a", "not json");
  CHECK(s.received(ws).empty());
  CHECK(s.metric("events_unfit_total") == 1);
  CHECK(s.host.logged("left out") == 1);
  s.event("nobody listens", "not json");
  CHECK(s.metric("events_unfit_total") == 1);
}

TEST_CASE("binary data reaches a client as base64") {
  Server s;
  const sbx_id ws = s.listener("a");
  s.log.event({.channel = "a", .name = "e", .data = "\xff", .binary = true});
  const Json j = Json::parse(s.received(ws).at(0));
  CHECK(j.at("data") == "/w==");
  CHECK(j.at("encoding") == "base64");
}

TEST_CASE("clients that come together are replayed one frame, but for whom it excepts and who is not in the channel") {
  Server s;
  s.log.retain("*", 9, FakeLog::Replay::kRetained);
  const sbx_id speaker = s.open();
  const std::string id = id_of(s, speaker);
  const std::string first = s.event("a", "1");
  s.log.event({.channel = "a", .name = "e", .data = "2", .except = id});
  const std::string third = s.event("a", "3");
  s.event("b", "4");
  s.log.hold(true);
  const sbx_id one = s.client(), other = s.client();
  for (const sbx_id ws : {speaker, one, other}) {
    s.say(ws, R"({"type":"subscribe","channel":"a"})");
    s.received(ws);
  }
  const size_t before = s.fanout.shares;
  s.log.hold(false);
  CHECK(s.fanout.shares - before == 3);
  CHECK(s.received(speaker) == Texts{s.seen("a", "1", first), s.seen("a", "3", third)});
  const Texts all = s.received(one);
  CHECK(all.size() == 3);
  CHECK(s.received(other) == all);
}
