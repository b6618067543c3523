// Subscriptions by the address alone: /ws?channel=a&channel=b&since=CURSOR.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/websocket_sink/server.hpp"

using sbx::testing::FakeLog;
using Json = nlohmann::json;
using Texts = Server::Texts;

namespace {

std::string type(const std::string &text) { return Json::parse(text).at("type"); }
std::string cursor(const std::string &text) { return Json::parse(text).at("cursor"); }

}  // namespace

TEST_CASE("the welcome comes first, then one answer for each channel, then the replay of all in order") {
  Server s;
  s.log.retain("*", 9);
  const std::string first = s.event("a", "1"), second = s.event("b", "2"), third = s.event("a", "3");
  const Texts got = s.received(s.open("channel=a&channel=b&since=" + first + "&token=t"));
  REQUIRE(got.size() == 5);
  CHECK(type(got[0]) == "welcome");
  CHECK(Json::parse(got[1]) ==
        Json({{"type", "subscribed"}, {"channel", "a"}, {"cursor", first}, {"recovered", true}}));
  CHECK(Json::parse(got[2]).at("channel") == "b");
  CHECK(got[3] == Server::seen("b", "2", second));
  CHECK(got[4] == Server::seen("a", "3", third));
}

TEST_CASE("no cursor is shown that is ahead of an event that is still to come") {
  Server s;
  s.log.retain("a", 9, FakeLog::Replay::kRetained);
  const std::string before = s.event("b", "0");
  s.event("a", "1");
  s.event("a", "2");
  s.log.hold(true);
  const sbx_id ws = s.open("channel=a");
  const Texts got = s.received(ws);
  REQUIRE(got.size() == 2);
  CHECK(cursor(got[0]) == before);
  CHECK(cursor(got[1]) == before);
}

TEST_CASE("a client that speaks before its query is answered is welcomed first, with its own cursor or none") {
  Server s;
  s.event("a", "1");
  for (const std::string &since : {s.log.cursor_at(1), std::string("rubbish")}) {
    // In the turn of the upgrade, before the log's answer.
    s.host.later([&] { s.http.message(s.http.requests(), R"({"type":"ping"})"); });
    const Texts got = s.received(s.open("channel=a&since=" + since));
    REQUIRE(got.size() >= 3);
    CHECK(type(got[0]) == "welcome");
    CHECK(Json::parse(got[0]).value("cursor", "none") == (since == "rubbish" ? "none" : since));
    CHECK(type(got[1]) == "pong");
    CHECK(type(got[2]) == "subscribed");
  }
}

TEST_CASE("what the query asks for in vain is told behind the welcome") {
  Server s(R"(,"channels_max":2)");
  s.log.refuse("secret");
  const Texts got = s.received(s.open("channel=&channel=secret&channel=a&channel=b"));
  REQUIRE(got.size() == 5);
  CHECK(type(got[0]) == "welcome");
  CHECK(Json::parse(got[1]).at("code") == "bad_channel");
  CHECK(Json::parse(got[2]).at("code") == "too_many_channels");
  CHECK(Json::parse(got[3]).at("code") == "forbidden");
  CHECK(Json::parse(got[4]).at("channel") == "a");
}

TEST_CASE("more channels than the host takes at once is an error behind the welcome") {
  Server s;
  s.log.channels_max = 1;
  const Texts got = s.received(s.open("channel=a&channel=b"));
  REQUIRE(got.size() == 2);
  CHECK(type(got[0]) == "welcome");
  CHECK(Json::parse(got[1]).at("code") == "too_many_channels");
}

TEST_CASE(
    "what a client offers for being admitted goes to the host: its own words for a channel, else the query's token") {
  Server s;
  const sbx_id ws = s.open("channel=a&channel=b&token=t%20%22x%22");
  s.say(ws, R"({"type":"subscribe","channel":"c","auth":{"wait":"w"}})");
  s.say(ws, R"({"type":"subscribe","channel":"d"})");
  s.received(ws);
  const std::string token = R"("t \"x\"")";
  CHECK(s.log.offered == std::vector<std::string>{token, token, R"({"wait":"w"})", token});
  // A token that is no text is none, and one that is too long as well.
  s.log.offered.clear();
  s.open("channel=a&token=%ff");
  s.open("channel=a&token=" + std::string(SBX_AUTH_MAX, 'x'));
  CHECK(s.log.offered == std::vector<std::string>{"", ""});
  const sbx_id other = s.open();
  s.received(other);
  s.say(other, R"({"type":"subscribe","channel":"c","auth":")" + std::string(SBX_AUTH_MAX, 'x') + "\"}");
  CHECK(Json::parse(s.received(other).back()).at("code") == "bad_message");
}
