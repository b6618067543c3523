// What clients say to the others in a channel.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/websocket_sink/server.hpp"

using Json = nlohmann::json;
using Texts = Server::Texts;

namespace {

struct Room : Server {
  Room() { log.vouch("private-*"); }
  std::string code(sbx_id ws, std::string_view message) { return Json::parse(ask(ws, message).at(0)).at("code"); }
};

constexpr std::string_view kTyping =
    R"({"type":"event","channel":"private-a","event":"client-typing","data":{"on" : true},"ref":"r"})";

}  // namespace

TEST_CASE("what a client says reaches the others as an event like any other, and not itself") {
  Room s;
  const sbx_id speaker = s.listener("private-a"), other = s.listener("private-a");
  CHECK(s.ask(speaker, kTyping) == Texts{R"({"type":"sent","ref":"r"})"});
  const Texts got = s.received(other);
  REQUIRE(got.size() == 1);
  CHECK(got[0].find(R"("channel":"private-a","event":"client-typing","data":{"on" : true},)") != std::string::npos);
  // It has a place in the log like any other event, so that its cursor is one to go on from.
  CHECK(Json::parse(got[0]).at("cursor") == s.log.cursor_at(s.log.seq));
  CHECK(s.metric("client_events_total") == 1);
}

TEST_CASE("without a reference nothing is answered; without data it is null") {
  Room s;
  const sbx_id speaker = s.listener("private-a"), other = s.listener("private-a");
  CHECK(s.ask(speaker, R"({"type":"event","channel":"private-a","event":"client-x"})").empty());
  CHECK(s.ask(speaker, R"({"type":"event","channel":"private-a","event":"client-x","data":null})").empty());
  CHECK(Json::parse(s.received(other).at(1)).at("data").is_null());
  CHECK(s.visitors.said.at(0).data == "null");
}

TEST_CASE("who comes back with the cursor of a client event has missed nothing by it") {
  Room s;
  s.log.retain("*", 9);
  const sbx_id speaker = s.listener("private-a"), other = s.listener("private-a");
  s.event("private-a", "1");
  s.ask(speaker, kTyping);
  const std::string cursor = Json::parse(s.received(other).back()).at("cursor");
  const std::string next = s.event("private-a", "2");
  const sbx_id again = s.client();
  const Texts got = s.ask(again, R"({"type":"subscribe","channel":"private-a","since":")" + cursor + "\"}");
  REQUIRE(got.size() == 2);
  CHECK(Json::parse(got[0]).at("recovered") == true);
  CHECK(got[1] == Server::seen("private-a", "2", next));
}

TEST_CASE("what the host does not take is told with a code, the channel and the reference") {
  Room s;
  const sbx_id ws = s.listener("private-a");
  const Json told =
      Json::parse(s.ask(ws, R"({"type":"event","channel":"private-b","event":"client-x","data":1,"ref":7})").at(0));
  CHECK(told.at("code") == "forbidden");
  CHECK(told.at("channel") == "private-b");
  CHECK(told.at("ref") == 7);
  CHECK(s.code(ws, R"({"type":"event","channel":"private-a","event":"paid","data":1})") == "forbidden");
  CHECK(s.code(ws, R"({"type":"event","channel":"news","event":"client-x","data":1})") == "forbidden");
  const std::string data = "\"" + std::string(SBX_SAYING_MAX, 'x') + "\"";
  CHECK(s.code(ws, R"({"type":"event","channel":"private-a","event":"client-x","data":)" + data + "}") == "too_big");
  CHECK(s.code(ws, R"({"type":"event","channel":"private-a","event":"client-)" + std::string(2000, 'x') + "\"}") ==
        "bad_message");
  s.visitors.say_answer = SBX_FULL;
  CHECK(s.code(ws, kTyping) == "rate_limited");
  s.visitors.say_answer = SBX_EINTERNAL;
  CHECK(s.code(ws, kTyping) == "unavailable");
  CHECK(s.metric("errors_total", "too_big") == 1);
  CHECK(s.metric("errors_total", "rate_limited") == 1);
  CHECK(s.metric("client_events_total") == 0);
  CHECK(s.http[ws].open());
}

TEST_CASE("who speaks too often is still in its channels") {
  Room s;
  const sbx_id ws = s.listener("private-a");
  s.visitors.say_answer = SBX_FULL;
  for (int i = 0; i < 20; ++i) s.say(ws, kTyping);
  s.received(ws);
  s.event("private-a", "1");
  CHECK(s.received(ws).size() == 1);
}

TEST_CASE("a client event that a slow reader loses is no gap; an event that it counts on is one") {
  Server s(R"(,"outbox":{"bytes":300,"when_full":"drop_oldest"})");
  s.log.vouch("private-*");
  const sbx_id speaker = s.listener("private-a"), slow = s.listener("private-a");
  s.fanout.stall(slow);
  for (int i = 0; i < 10; ++i) s.say(speaker, kTyping);
  s.fanout.stall(slow, false);
  for (const std::string &text : s.received(slow)) CHECK(Json::parse(text).at("type") == "event");
  s.fanout.stall(slow);
  for (int i = 0; i < 10; ++i) s.event("private-a", "1");
  s.fanout.stall(slow, false);
  CHECK(Json::parse(s.received(slow).at(0)).at("type") == "gap");
}
