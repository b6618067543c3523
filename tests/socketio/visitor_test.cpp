// What the host is told of a connection: at the door, when it comes in, and when more is known of it.
#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

namespace {

sbx::testing::Request handshake(std::string_view query, bool ws) {
  sbx::testing::Request r;
  r.path = "/socket.io/";
  r.query = query;
  r.ws = ws;
  r.peer = "192.0.2.7";
  r.headers = {{"cookie", "session=1"}, {"x-other", "y"}};
  return r;
}

}  // namespace

TEST_CASE("an address that connects too often is turned away before it has a session, in both modes") {
  for (const char *mode : {"", R"(,"mode":"echo")"}) {
    CAPTURE(mode);
    Server s(mode);
    s.visitors.shut.insert("192.0.2.7");
    for (const bool ws : {false, true}) {
      const sbx_id id = s.http.request(handshake(ws ? "EIO=4&transport=websocket" : "EIO=4&transport=polling", ws));
      CHECK(s.status(id) == 429);
      CHECK(s.body(id) == R"({"code":6,"message":"Too many connections from this address, try again later"})");
      CHECK(s.http[id].header("retry-after") == "10");
      CHECK(s.http[id].header("content-type") == "application/json");
    }
    CHECK(s.host.metric("signalbox_socketio_refused_total", "too_many") == 2);
    CHECK(s.host.metric("signalbox_socketio_handshakes_total") == 0);
    // Others come in, and knock once: neither a poll nor an upgrade is a new connection.
    s.visitors.knocks.clear();
    const std::string sid = s.poll_session();
    s.post(sid, "40");
    s.get(sid);
    s.websocket("EIO=4&transport=websocket&sid=" + sid);
    CHECK(s.visitors.knocks == Events{"192.0.2.1"});
  }
}

TEST_CASE("a request that is no handshake does not count as one") {
  Server s;
  s.request("EIO=4&transport=polling&sid=unknown");
  s.request("EIO=9&transport=polling");
  s.request("EIO=4&transport=pigeon");
  s.request("EIO=4&transport=polling", "POST");
  CHECK(s.visitors.knocks.empty());
}

TEST_CASE("a host without visitors turns nobody away") {
  sbx::testing::FakeHost host;
  auto &http = host.part<sbx::testing::FakeHttp>();
  host.part<FakeLog>();
  sbx::testing::Plugin plugin(host, sbx_module_v1_socketio(0)->plugins[0], R"({"listener":"p","mode":"echo"})");
  plugin.start();
  const sbx_id ws = http.request(handshake("EIO=4&transport=websocket", true));
  http.message(ws, R"(40{"token":"T"})");
  CHECK(http[ws].received.back().data.starts_with(R"(42["signalbox:hello")"));
}

TEST_CASE("the host knows a visitor by its handshake, then by its CONNECT and its public id") {
  EchoServer s;
  const sbx_id ws = s.http.request(handshake("EIO=4&transport=websocket&token=a%2Bb", true));
  REQUIRE(s.visitors.entered.size() == 1);
  const auto &first = s.visitors.entered[0].visitor;
  CHECK(first.peer == "192.0.2.7");
  CHECK(first.token == "a+b");
  CHECK(first.header("cookie") == "session=1");
  CHECK(first.id.empty());
  s.http.message(ws, R"(40{"token":"T"})");
  REQUIRE(s.visitors.of(ws));
  CHECK(s.visitors.of(ws)->auth == R"({"token":"T"})");
  CHECK(s.visitors.of(ws)->header("cookie") == "session=1");
  CHECK(s.visitors.of(ws)->id == Server::sid_in(s.http[ws].received.at(1).data));
}

TEST_CASE("a client of version 2 is known by its session's id, and offers the token of its query") {
  EchoServer s;
  const sbx_id ws = s.http.request(handshake("EIO=3&transport=websocket&token=T%22", true));
  REQUIRE(s.visitors.of(ws));
  CHECK(s.visitors.of(ws)->auth == R"({"token":"T\""})");
  CHECK(s.visitors.of(ws)->token == "T\"");
  CHECK(s.visitors.of(ws)->id == Server::sid_in(s.http[ws].received.at(0).data));
  const sbx_id odd = s.http.request(handshake("EIO=3&transport=websocket&token=%ff", true));
  CHECK(s.visitors.of(odd)->auth == "{}");
}

TEST_CASE("an upgrade takes along who it is") {
  EchoServer s;
  const std::string sid = Server::sid_in(s.body(s.http.request(handshake("EIO=4&transport=polling", false))));
  s.post(sid, R"(40{"token":"T"})");
  s.get(sid);
  const sbx_id ws = s.websocket("EIO=4&transport=websocket&sid=" + sid);
  s.http.message(ws, "2probe");
  s.http.message(ws, "5");
  REQUIRE(s.visitors.of(ws));
  CHECK(s.visitors.of(ws)->auth == R"({"token":"T"})");
  CHECK(s.visitors.of(ws)->header("cookie") == "session=1");
}

TEST_CASE("a client that is recovered is known by its former id, and by what it offers now") {
  EchoServer s;
  s.log.retain("*", 9);
  Page p(s);
  p.connect().subscribe("a");
  p.news();
  const std::string id = p.id;
  p.cut();
  p.connect();
  CHECK(p.id == id);
  CHECK(s.visitors.of(p.ws)->id == id);
  CHECK(s.visitors.of(p.ws)->auth.find(p.pid) != std::string::npos);
  // A namespace that is left and entered again has another id.
  s.http.message(p.ws, "41");
  s.http.message(p.ws, "40");
  p.read();
  CHECK(p.id != id);
  CHECK(s.visitors.of(p.ws)->id == p.id);
  CHECK(s.visitors.of(p.ws)->auth == "{}");
}

TEST_CASE("credentials that are too big are left out, and the log says so without them") {
  EchoServer s;
  Page p(s);
  p.query += "&token=" + std::string(SBX_VISITOR_MAX, 't');
  p.connect();
  CHECK(p.connected);
  CHECK(s.visitors.of(p.ws)->token.empty());
  CHECK(s.host.logged("the credentials of a client are over 32768 bytes") == 1);
  CHECK(s.host.logged("ttt") == 0);
}

TEST_CASE("mode broadcast says that it is open to everybody, and asks nobody who they are") {
  Server broadcast, echo(R"(,"mode":"echo")");
  CHECK(broadcast.plugin.extension<sbx_open>(SBX_OPEN));
  CHECK_FALSE(echo.plugin.extension<sbx_open>(SBX_OPEN));
  CHECK_FALSE(broadcast.plugin.extension<sbx_open>(SBX_ADMISSION));
  broadcast.websocket_client();
  CHECK(broadcast.visitors.entered.empty());
}

TEST_CASE("the id that a client sees as socket.id is the one that spares it, in every version and transport") {
  for (const char *eio : {"4", "3"}) {
    CAPTURE(eio);
    EchoServer s(R"(,"recovery":false)");
    Page p(s), other(s);
    p.query = "EIO=" + std::string(eio) + "&transport=websocket";
    p.connect().subscribe("c");
    other.connect().subscribe("c");
    // Version 2 takes the Engine.IO sid, version 3 and later what the CONNECT says.
    const std::string id = s.visitors.of(p.ws)->id;
    if (*eio == '4') CHECK(id == p.id);
    for (Page *page : {&p, &other}) page->news();
    s.log.event({.channel = "c", .name = "e", .data = "1", .except = id});
    CHECK(p.news().empty());
    CHECK(other.news() == Events{R"(["e","c",1])"});
  }
}
