#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

TEST_CASE("a polling handshake of Engine.IO 4") {
  Server s;
  const sbx_id id = s.request("EIO=4&transport=polling&t=abc");
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].header("content-type") == "text/plain; charset=UTF-8");
  CHECK(s.http[id].header("cache-control") == "no-store");
  const std::string sid = Server::sid_in(s.body(id));
  CHECK(sid.size() >= 20);
  CHECK(s.body(id) ==
        "0{\"sid\":\"" + sid +
            "\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}");
  CHECK(s.host.metric("signalbox_socketio_clients", "polling") == 1);
  CHECK(s.host.metric("signalbox_socketio_clients_by_eio", "4") == 1);
}

TEST_CASE("a WebSocket handshake of Engine.IO 4 offers no upgrade") {
  Server s;
  const sbx_id ws = s.websocket("EIO=4&transport=websocket");
  CHECK(s.status(ws) == 101);
  CHECK(s.http[ws].message_max == 1'000'000);
  const auto got = s.received(ws);
  REQUIRE(got.size() == 1);
  CHECK(got[0].data.find("\"upgrades\":[]") != std::string::npos);
  CHECK(s.host.metric("signalbox_socketio_clients", "websocket") == 1);
}

TEST_CASE("two sessions never share an id") {
  Server s;
  CHECK(s.poll_session() != s.poll_session());
}

TEST_CASE("refusals have the status and the body that clients know") {
  Server s;
  struct Row {
    const char *method, *query;
    const char *body;
  };
  const Row rows[] = {
      {"GET", "EIO=4", R"({"code":0,"message":"Transport unknown"})"},
      {"GET", "EIO=4&transport=abc", R"({"code":0,"message":"Transport unknown"})"},
      {"GET", "EIO=4&transport=webtransport", R"({"code":0,"message":"Transport unknown"})"},
      {"GET", "EIO=4&transport=polling&sid=nobody", R"({"code":1,"message":"Session ID unknown"})"},
      {"POST", "EIO=4&transport=polling", R"({"code":2,"message":"Bad handshake method"})"},
      {"PUT", "EIO=4&transport=polling", R"({"code":2,"message":"Bad handshake method"})"},
      {"GET", "EIO=4&transport=websocket", R"({"code":3,"message":"Bad request"})"},
      {"GET", "EIO=5&transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
      {"GET", "EIO=abc&transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
  };
  for (const Row &row : rows) {
    CAPTURE(row.query);
    const sbx_id id = s.request(row.query, row.method);
    CHECK(s.status(id) == 400);
    CHECK(s.body(id) == row.body);
    CHECK(s.http[id].header("content-type") == "application/json");
  }
  CHECK(s.host.metric("signalbox_socketio_refused_total", "version") == 2);
}

TEST_CASE("without allow_eio3 old clients are told so, in the body and once in the log") {
  Server s(R"(,"allow_eio3":false)");
  for (const char *query : {"EIO=3&transport=polling", "transport=polling"}) {
    const sbx_id id = s.request(query);
    CHECK(s.status(id) == 400);
    CHECK(s.body(id) == R"({"code":5,"message":"Unsupported protocol version"})");
  }
  CHECK(s.host.logged("allow_eio3: true") == 1);
  s.host.advance(61 * sbx::kSecondNs);
  s.request("EIO=3&transport=polling");
  CHECK(s.host.logged("allow_eio3: true") == 2);
  const sbx_id ws = s.websocket("EIO=3&transport=websocket");
  CHECK(s.status(ws) == 400);
}

TEST_CASE("a transport that is not wanted is unknown, and not offered") {
  Server polling(R"(,"transports":["polling"])");
  CHECK(polling.body(polling.request("EIO=4&transport=polling")).find("\"upgrades\":[]") != std::string::npos);
  CHECK(polling.status(polling.websocket("EIO=4&transport=websocket")) == 400);
  Server websocket(R"(,"transports":["websocket"])");
  CHECK(websocket.status(websocket.request("EIO=4&transport=polling")) == 400);
  CHECK(websocket.status(websocket.websocket("EIO=4&transport=websocket")) == 101);
}

TEST_CASE("other paths below are not there") {
  Server s;
  const sbx_id id = s.request("EIO=4&transport=polling", "GET", "/socket.io/abc");
  CHECK(s.status(id) == 404);
  CHECK(s.status(s.request("EIO=4&transport=polling", "GET", "/socket.io")) == 200);
}
