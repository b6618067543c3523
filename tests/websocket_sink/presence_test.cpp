// Presence channels: who is there, who comes and who goes.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/websocket_sink/server.hpp"

using Json = nlohmann::json;
using Texts = Server::Texts;

namespace {

struct Room : Server {
  explicit Room(std::string_view more = {}) : Server(more) {
    log.vouch("presence-*");
    log.here["presence-r"] = R"([{"user_id":"7"},{"user_id":"8"}])";
  }
};

}  // namespace

TEST_CASE("a subscription to a presence channel is answered with everybody in it") {
  Room s;
  const sbx_id ws = s.client();
  const Json told = Json::parse(s.ask(ws, R"({"type":"subscribe","channel":"presence-r"})").at(0));
  CHECK(told.at("type") == "subscribed");
  CHECK(told.at("members") == Json::parse(s.log.here["presence-r"]));
  CHECK_FALSE(Json::parse(s.ask(ws, R"({"type":"subscribe","channel":"a"})").at(0)).contains("members"));
  // An empty room has a list, too.
  s.log.here["presence-s"] = "[]";
  CHECK(Json::parse(s.ask(ws, R"({"type":"subscribe","channel":"presence-s"})").at(0)).at("members").empty());
}

TEST_CASE("who is in it already is told once more who is there, and replayed nothing") {
  Room s;
  const sbx_id ws = s.listener("presence-r");
  const Texts got = s.ask(ws, R"({"type":"subscribe","channel":"presence-r","ref":1})");
  REQUIRE(got.size() == 1);
  CHECK(Json::parse(got[0]).at("members").size() == 2);
}

TEST_CASE("members that come and go are told without a cursor, byte for byte") {
  Room s;
  const sbx_id ws = s.listener("presence-r"), elsewhere = s.listener("a");
  s.log.presence("presence-r", "joining", R"({"user_id":"9","user_info":{"n":1e2}})");
  s.log.presence("presence-r", "leaving", R"({"user_id":"9"})");
  CHECK(s.received(ws) ==
        Texts{R"({"type":"join","channel":"presence-r","member":{"user_id":"9","user_info":{"n":1e2}}})",
              R"({"type":"leave","channel":"presence-r","member":{"user_id":"9"}})"});
  CHECK(s.received(elsewhere).empty());
}

TEST_CASE("the connections of a member are not told of their own coming and going") {
  Room s;
  const sbx_id own = s.listener("presence-r"), other = s.listener("presence-r");
  s.log.presence("presence-r", "joining", R"({"user_id":"9"})", {own});
  CHECK(s.received(own).empty());
  CHECK(s.received(other).size() == 1);
}

TEST_CASE("changes that come while a client waits at the gate are told behind it, or all members at once") {
  Room s;
  s.log.hold(true);
  const sbx_id ws = s.client();
  s.say(ws, R"({"type":"subscribe","channel":"presence-r"})");
  s.received(ws);
  s.log.presence("presence-r", "joining", R"({"user_id":"9"})");
  s.log.presence("presence-r", "here", R"([{"user_id":"9"}])");
  CHECK(s.received(ws).empty());
  s.log.hold(false);
  CHECK(s.received(ws) == Texts{R"({"type":"join","channel":"presence-r","member":{"user_id":"9"}})",
                                R"({"type":"members","channel":"presence-r","members":[{"user_id":"9"}]})"});
}

TEST_CASE("no change of the members takes another's place, and one that is lost is a gap") {
  for (const char *policy : {"latest", "drop_oldest"}) {
    Room s(R"(,"outbox":{"bytes":1000,"when_full":")" + std::string(policy) + "\"}");
    const sbx_id ws = s.listener("presence-r");
    s.fanout.stall(ws);
    for (const char *id : {"1", "2", "3"}) s.log.presence("presence-r", "joining", id);
    s.fanout.stall(ws, false);
    CHECK(s.received(ws).size() == 3);
    s.fanout.stall(ws);
    for (int i = 0; i < 50; ++i) s.log.presence("presence-r", "joining", std::to_string(i));
    s.fanout.stall(ws, false);
    const Texts got = s.received(ws);
    REQUIRE(got.size() > 1);
    CHECK(got.front() == R"({"type":"gap","channel":"presence-r"})");
    CHECK(Json::parse(got.back()).at("member") == 49);
  }
}
