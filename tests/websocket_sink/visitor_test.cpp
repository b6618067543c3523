// Who connects: what the host is told of it, and whom it turns away.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/websocket_sink/server.hpp"

using Json = nlohmann::json;
using sbx::testing::Request;

TEST_CASE("the host knows who a client is before its first channel is asked for") {
  Server s;
  Request r;
  r.path = "/ws";
  r.query = "channel=a&token=t%20%22x%22";
  r.ws = true;
  r.peer = "192.0.2.7";
  r.headers = {{"cookie", "a=1"}, {"authorization", "Bearer B"}};
  s.log.think(true);
  const sbx_id ws = s.http.request(r);
  REQUIRE(s.visitors.of(ws));
  CHECK(s.visitors.of(ws)->peer == "192.0.2.7");
  CHECK(s.visitors.of(ws)->token == "t \"x\"");
  CHECK(s.visitors.of(ws)->header("cookie") == "a=1");
  CHECK(s.visitors.of(ws)->header("authorization") == "Bearer B");
  s.log.think(false);
  // What others may know it by is what it was told itself.
  CHECK(Json::parse(s.received(ws).at(0)).at("id") == s.visitors.of(ws)->id);
}

TEST_CASE("without a token, or with one that is no text, the host is shown none") {
  Server s;
  for (const char *query : {"", "token=", "token=%ff", "token=good&token=%ff"}) {
    const sbx_id ws = s.open(query);
    CHECK(s.visitors.of(ws)->token.empty());
  }
}

TEST_CASE("who brings more headers than the host keeps is in all the same") {
  Server s;
  Request r;
  r.path = "/ws";
  r.ws = true;
  r.headers = {{"cookie", std::string(SBX_VISITOR_MAX, 'x')}};
  const sbx_id ws = s.http.request(r);
  CHECK(s.received(ws).size() == 1);
}

TEST_CASE("an address that connects too often is answered 429 with a time, and counted") {
  Server s;
  s.visitors.shut.insert("192.0.2.1");
  const sbx_id ws = s.open("channel=a");
  CHECK(s.http[ws].status == 429);
  CHECK(s.http[ws].header("retry-after") == "5");
  CHECK(s.http[ws].body.find("too many connections") != std::string::npos);
  CHECK(s.metric("refused_total", "rate_limited") == 1);
  CHECK(s.metric("connections") == 0);
  CHECK(s.visitors.entered.empty());
  CHECK(s.log.offered.empty());
}

TEST_CASE("only who asks for a WebSocket at its path knocks") {
  Server s;
  s.visitors.shut.insert("192.0.2.1");
  CHECK(s.http[s.http.request({.path = "/ws"})].status == 426);
  CHECK(s.http[s.http.request({.path = "/ws/x", .ws = true})].status == 404);
  CHECK(s.visitors.knocks.empty());
}

TEST_CASE("on a host without visitors everybody may connect, and nobody say anything") {
  sbx::testing::FakeHost host;
  auto &http = host.part<sbx::testing::FakeHttp>();
  host.part<sbx::testing::FakeLog>();
  sbx::testing::Plugin plugin(host, sbx_module_v1_websocket(0)->plugins[0], R"({"listener":"public"})");
  REQUIRE(plugin.created());
  plugin.start();
  const sbx_id ws = http.request({.path = "/ws", .query = "channel=a", .ws = true});
  http.message(ws, R"({"type":"event","channel":"a","event":"client-x","ref":1})");
  REQUIRE(http[ws].received.size() == 3);
  CHECK(Json::parse(http[ws].received[2].data).at("code") == "unavailable");
}
