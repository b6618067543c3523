#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/websocket_sink/server.hpp"

using sbx::testing::Request;
using Texts = Server::Texts;

TEST_CASE("a client is welcomed with an id of its own and a cursor, before anything happens") {
  Server s;
  s.event("a", "1");
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const Texts got = s.received(s.open());
    REQUIRE(got.size() == 1);
    const auto welcome = nlohmann::json::parse(got[0]);
    CHECK(welcome.at("type") == "welcome");
    CHECK(welcome.at("cursor") == s.log.cursor_at(1));
    CHECK(welcome.at("id").get<std::string>().size() == 20);
    ids.insert(welcome.at("id").get<std::string>());
  }
  CHECK(ids.size() == 20);
  CHECK(s.metric("connections") == 20);
  CHECK(s.metric("opened_total") == 20);
}

TEST_CASE("our subprotocol is chosen when it is offered, none otherwise") {
  Server s;
  const auto chosen = [&](std::string_view offered) { return s.http[s.open({}, offered)].subprotocol; };
  CHECK(chosen("signalbox.v1") == "signalbox.v1");
  CHECK(chosen("mqtt, \tsignalbox.v1 ,x") == "signalbox.v1");
  CHECK(chosen("") == "");
  CHECK(chosen("mqtt") == "");
  CHECK(chosen("signalbox.v1x, Signalbox.v1") == "");
  CHECK(chosen(" , ,") == "");
  Request r;
  r.path = "/ws";
  r.ws = true;
  r.headers = {{"sec-websocket-protocol", "a"}, {"sec-websocket-protocol", "signalbox.v1"}};
  CHECK(s.http[s.http.request(r)].subprotocol == "signalbox.v1");
}

TEST_CASE("who does not ask for a WebSocket is told to") {
  Server s;
  const sbx_id id = s.http.request({.path = "/ws"});
  CHECK(s.http[id].status == 426);
  CHECK(s.http[id].header("upgrade") == "websocket");
  CHECK(s.http[id].body.find("WebSocket") != std::string::npos);
  CHECK(s.metric("refused_total", "not_websocket") == 1);
}

TEST_CASE("below the path there is nothing; a slash behind it does no harm") {
  Server s;
  CHECK(s.http[s.http.request({.path = "/ws/x", .ws = true})].status == 404);
  CHECK(s.http[s.http.request({.path = "/ws/", .ws = true})].status == 101);
  CHECK(s.metric("refused_total", "not_found") == 1);
}
