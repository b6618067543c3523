// Channels that are not given, and those that are taken back.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/websocket_sink/server.hpp"

using Json = nlohmann::json;
using Texts = Server::Texts;

namespace {

constexpr std::string_view kSubscribe = R"({"type":"subscribe","channel":"private-a","auth":"T","ref":1})";

struct Gate : Server {
  Gate() { log.vouch("private-*"); }
  // The codes and types of what it was told.
  Texts told(sbx_id ws) {
    Texts out;
    for (const std::string &text : received(ws)) {
      const Json j = Json::parse(text);
      out.push_back(j.value("code", j.at("type")));
    }
    return out;
  }
};

}  // namespace

TEST_CASE("why a channel is not given is told by a code that does not tell what exists") {
  const std::pair<uint32_t, const char *> codes[] = {
      {401, "unauthorized"}, {419, "unauthorized"}, {403, "forbidden"},   {404, "forbidden"},   {302, "forbidden"},
      {429, "rate_limited"}, {0, "unavailable"},    {500, "unavailable"}, {503, "unavailable"},
  };
  for (const auto &one : codes) {
    const uint32_t code = one.first;
    const std::string word = one.second;
    CAPTURE(code);
    Gate s;
    s.log.refuse_with("private-a", code);
    const sbx_id ws = s.client();
    const Json told = Json::parse(s.ask(ws, kSubscribe).at(0));
    CHECK(told.at("code") == word);
    CHECK(told.at("channel") == "private-a");
    CHECK(told.at("ref") == 1);
    CHECK(s.metric("errors_total", word) == 1);
    CHECK(s.metric("subscriptions") == 0);
  }
}

TEST_CASE("what is forbidden and what does not exist are told in the same words") {
  Gate s;
  s.log.refuse_with("private-a", 403);
  s.log.refuse_with("private-b", 404);
  const sbx_id ws = s.client();
  const Json one = Json::parse(s.ask(ws, R"({"type":"subscribe","channel":"private-a"})").at(0)),
             two = Json::parse(s.ask(ws, R"({"type":"subscribe","channel":"private-b"})").at(0));
  CHECK(one.at("message") == two.at("message"));
  CHECK(one.at("code") == two.at("code"));
}

TEST_CASE("a restricted channel that nobody vouches for is forbidden") {
  Server s;
  const sbx_id ws = s.client();
  CHECK(Json::parse(s.ask(ws, kSubscribe).at(0)).at("code") == "forbidden");
}

TEST_CASE("what has expired is told, is left, and can be asked for again") {
  Gate s;
  const sbx_id ws = s.listener("private-a");
  CHECK(s.metric("subscriptions") == 1);
  s.log.end(ws, "private-a");
  const Json told = Json::parse(s.received(ws).at(0));
  CHECK(told.at("type") == "error");
  CHECK(told.at("code") == "expired");
  CHECK(told.at("channel") == "private-a");
  CHECK_FALSE(told.contains("ref"));
  CHECK(s.metric("subscriptions") == 0);
  s.event("private-a", "1");
  CHECK(s.received(ws).empty());
  CHECK(Json::parse(s.ask(ws, kSubscribe).at(0)).at("type") == "subscribed");
  s.event("private-a", "2");
  CHECK(s.received(ws).size() == 1);
}

TEST_CASE("an end for another reason is told by that reason") {
  const std::pair<uint32_t, const char *> codes[] = {{419, "expired"}, {403, "forbidden"}, {503, "unavailable"}};
  for (const auto &[code, word] : codes) {
    Gate s;
    const sbx_id ws = s.listener("private-a");
    s.log.end(ws, "private-a", code);
    CHECK(s.told(ws) == Texts{word});
  }
}

TEST_CASE("a connection whose last channel has expired is idle") {
  Server s(R"(,"idle":2000)");
  s.log.vouch("private-*");
  const sbx_id ws = s.listener("private-a");
  s.host.advance(3 * sbx::kSecondNs);
  CHECK(s.http[ws].open());
  s.log.end(ws, "private-a");
  s.host.advance(3 * sbx::kSecondNs);
  CHECK_FALSE(s.http[ws].open());
}

TEST_CASE("new credentials that come before the old ones expire keep the channel, also when they cross the end") {
  for (const bool crossing : {false, true}) {
    CAPTURE(crossing);
    Gate s;
    const sbx_id ws = s.listener("private-a");
    s.log.think(crossing);
    s.say(ws, kSubscribe);
    if (crossing) {
      s.log.end(ws, "private-a");
      CHECK(s.told(ws) == Texts{"expired"});
      s.log.think(false);
    }
    CHECK(s.told(ws) == Texts{"subscribed"});
    CHECK(s.metric("subscriptions") == 1);
    s.event("private-a", "1");
    CHECK(s.told(ws) == Texts{"event"});
  }
}

TEST_CASE("a refusal that crosses the end leaves nothing behind") {
  Gate s;
  const sbx_id ws = s.listener("private-a");
  s.log.think(true);
  s.say(ws, kSubscribe);
  s.log.end(ws, "private-a");
  s.log.refuse_with("private-a", 401);
  s.log.think(false);
  CHECK(s.told(ws) == Texts{"expired", "unauthorized"});
  CHECK(s.metric("subscriptions") == 0);
}

TEST_CASE("worse credentials leave the subscription that there is") {
  Gate s;
  const sbx_id ws = s.listener("private-a");
  s.log.refuse_with("private-a", 401);
  s.say(ws, kSubscribe);
  CHECK(s.told(ws) == Texts{"unauthorized"});
  CHECK(s.metric("subscriptions") == 1);
}

TEST_CASE("a second request that is granted counts after a first one that was not") {
  Gate s;
  s.log.refuse_with("private-a", 401);
  s.log.think(true);
  const sbx_id ws = s.client();
  s.say(ws, R"({"type":"subscribe","channel":"private-a","ref":1})");
  s.say(ws, R"({"type":"subscribe","channel":"private-a","auth":"T","ref":2})");
  // The first is judged, then the way is free.
  s.host.later([&] { s.log.admit("private-a"); });
  s.log.think(false);
  const Texts told = s.told(ws);
  CHECK(told.back() == "subscribed");
  CHECK(s.metric("subscriptions") == 1);
}

TEST_CASE("a channel that was left while it was asked for anew is left") {
  Gate s;
  const sbx_id ws = s.listener("private-a");
  s.log.think(true);
  s.say(ws, kSubscribe);
  CHECK(s.ask(ws, R"({"type":"unsubscribe","channel":"private-a"})").size() == 1);
  s.log.think(false);
  CHECK(s.told(ws).empty());
  CHECK(s.metric("subscriptions") == 0);
  CHECK(s.log.subscribers("private-a") == 0);
}
