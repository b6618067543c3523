#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

namespace {

struct Upgrading : Server {
  std::string sid = poll_session();
  sbx_id ws = 0;
  Upgrading() {
    post(sid, "40");
    get(sid);
  }
  void probe() {
    ws = websocket("EIO=4&transport=websocket&sid=" + sid);
    http.message(ws, "2probe");
    CHECK(received(ws) == text({"3probe"}));
  }
};

}  // namespace

TEST_CASE("connect on a WebSocket") {
  Server s;
  const sbx_id ws = s.websocket("EIO=4&transport=websocket");
  const std::string sid = Server::sid_in(s.received(ws)[0].data);
  s.http.message(ws, R"(40{"token":"x"})");
  const auto got = s.received(ws);
  REQUIRE(got.size() == 1);
  CHECK(got[0].data.starts_with("40{\"sid\":\""));
  CHECK(Server::sid_in(got[0].data) != sid);
  s.event("c", "e", "null");
  CHECK(s.received(ws) == text({"42[\"c:e\",null]"}));
}

TEST_CASE("an upgrade releases the hanging poll and moves everything over") {
  Upgrading s;
  const sbx_id poll = s.get(s.sid);
  s.probe();
  CHECK(s.body(poll) == "6");
  s.event("c", "e", "1");
  s.http.message(s.ws, "5");
  s.event("c", "e", "2");
  CHECK(s.received(s.ws) == text({"42[\"c:e\",1]", "42[\"c:e\",2]"}));
  CHECK(s.host.metric("signalbox_socketio_clients", "polling") == 0);
  CHECK(s.host.metric("signalbox_socketio_clients", "websocket") == 1);
  CHECK(s.fanout.virtual_members() == 0);
}

TEST_CASE("a poll that comes while the upgrade is under way is let go at once") {
  Upgrading s;
  s.probe();
  CHECK(s.body(s.get(s.sid)) == "6");
  s.event("c", "e", "1");
  CHECK(s.body(s.get(s.sid)) == "42[\"c:e\",1]");
}

TEST_CASE("after an upgrade the session has no other transport") {
  Upgrading s;
  s.probe();
  s.http.message(s.ws, "5");
  CHECK(s.status(s.get(s.sid)) == 400);
  CHECK(s.status(s.post(s.sid, "3")) == 400);
  const sbx_id second = s.websocket("EIO=4&transport=websocket&sid=" + s.sid);
  CHECK(s.status(second) == 101);
  CHECK_FALSE(s.http[second].open());
  s.event("c", "e", "1");
  CHECK(s.received(s.ws) == text({"42[\"c:e\",1]"}));
}

TEST_CASE("an upgrade without a probe counts too") {
  Upgrading s;
  const sbx_id poll = s.get(s.sid);
  s.ws = s.websocket("EIO=4&transport=websocket&sid=" + s.sid);
  s.http.message(s.ws, "5");
  CHECK(s.body(poll) == "6");
  s.event("c", "e", "1");
  CHECK(s.received(s.ws) == text({"42[\"c:e\",1]"}));
}

TEST_CASE("a second WebSocket beside a probing one is closed") {
  Upgrading s;
  s.probe();
  CHECK_FALSE(s.http[s.websocket("EIO=4&transport=websocket&sid=" + s.sid)].open());
  CHECK(s.http[s.ws].open());
}

TEST_CASE("an upgrade that fails leaves the polling session alone") {
  Upgrading s;
  SUBCASE("the WebSocket breaks") {
    s.probe();
    s.http.drop(s.ws);
  }
  SUBCASE("it says something else") {
    s.probe();
    s.http.message(s.ws, "40");
    CHECK_FALSE(s.http[s.ws].open());
  }
  SUBCASE("it says something binary") {
    s.probe();
    s.http.message(s.ws, "\x02", true);
    CHECK_FALSE(s.http[s.ws].open());
  }
  SUBCASE("it takes too long") {
    s.probe();
    s.host.advance(11 * sbx::kSecondNs);
    CHECK_FALSE(s.http[s.ws].open());
  }
  const sbx_id poll = s.get(s.sid);
  s.event("c", "e", "1");
  CHECK(s.body(poll) == "42[\"c:e\",1]");
  s.probe();
  s.http.message(s.ws, "5");
  s.event("c", "e", "2");
  CHECK(s.received(s.ws) == text({"42[\"c:e\",2]"}));
}

TEST_CASE("a WebSocket for an unknown session is refused before it opens") {
  Server s;
  const sbx_id ws = s.websocket("EIO=4&transport=websocket&sid=AAnobody");
  CHECK(s.status(ws) == 400);
  CHECK(s.body(ws) == R"({"code":1,"message":"Session ID unknown"})");
}

TEST_CASE("breaking the protocol ends a WebSocket session") {
  for (const char *bad : {"abc", "", "4", "4abc", "42{}", "42abc[\"x\"]", "42[\"connect\"]", "40", "42/other,[\"a\"]",
                          "2", "0", "44{}", "43[]"}) {
    CAPTURE(bad);
    Server s;
    const sbx_id ws = s.websocket_client();
    s.http.message(ws, bad);
    CHECK(s.http[ws].close_code == 1002);
    CHECK(s.host.metric("signalbox_socketio_closed_total", "parse") == 1);
    CHECK(s.fanout.members("4:/,") == 0);
  }
}

TEST_CASE("the first packet must be a connect") {
  Server s;
  const sbx_id ws = s.websocket("EIO=4&transport=websocket");
  s.http.message(ws, "42[\"hello\"]");
  CHECK_FALSE(s.http[ws].open());
}

TEST_CASE("attachments belong to a packet and come right behind it") {
  Server s;
  const sbx_id ws = s.websocket_client();
  s.http.message(ws, "451-[\"up\",{\"_placeholder\":true,\"num\":0}]");
  s.http.message(ws, "\x01", true);
  CHECK(s.host.metric("signalbox_socketio_client_events_ignored_total") == 1);
  CHECK(s.http[ws].open());
  SUBCASE("nothing wanted one") { s.http.message(ws, "\x01", true); }
  SUBCASE("text came instead") {
    s.http.message(ws, "451-[\"up\",{\"_placeholder\":true,\"num\":0}]");
    s.http.message(ws, "42[\"x\"]");
  }
  CHECK_FALSE(s.http[ws].open());
}

TEST_CASE("a client leaves the namespace and stays on the line") {
  Server s;
  const sbx_id ws = s.websocket_client();
  s.http.message(ws, "41");
  s.event("c", "e", "1");
  CHECK(s.received(ws).empty());
  CHECK(s.http[ws].open());
  s.http.message(ws, "40");
  s.received(ws);
  s.event("c", "e", "2");
  CHECK(s.received(ws) == text({"42[\"c:e\",2]"}));
}

TEST_CASE("a client that closes, or whose line breaks, is forgotten") {
  Server s;
  const sbx_id said = s.websocket_client(), broke = s.websocket_client();
  s.http.message(said, "1");
  CHECK(s.http[said].close_code == 1000);
  s.http.drop(broke);
  CHECK(s.host.metric("signalbox_socketio_clients", "websocket") == 0);
  CHECK(s.host.metric("signalbox_socketio_clients_by_eio", "4") == 0);
  CHECK(s.fanout.groups.empty());
}
