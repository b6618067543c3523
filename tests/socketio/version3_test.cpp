#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

using namespace std::string_literals;

TEST_CASE("a client of version 2 is in the namespace with the first answer") {
  Server s;
  for (const char *query : {"EIO=3&transport=polling", "transport=polling"}) {
    const sbx_id id = s.request(query);
    const std::string sid = Server::sid_in(s.body(id));
    const std::string open =
        "0{\"sid\":\"" + sid + "\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000}";
    CHECK(s.body(id) == std::to_string(open.size()) + ":" + open + "2:40");
  }
  CHECK(s.host.metric("signalbox_socketio_clients_by_eio", "3") == 2);
}

TEST_CASE("on a WebSocket too") {
  Server s;
  const sbx_id ws = s.websocket("EIO=3&transport=websocket");
  const auto got = s.received(ws);
  REQUIRE(got.size() == 2);
  CHECK(got[1].data == "40");
  s.event("c", "e", "\"\u20ac\"");
  CHECK(s.received(ws) == text({"42[\"c:e\",\"\u20ac\"]"}));
}

TEST_CASE("the client pings and is answered, on both transports") {
  Server s;
  const std::string sid = s.poll_session("EIO=3&transport=polling");
  CHECK(s.body(s.post(sid, "1:2")) == "ok");
  CHECK(s.body(s.get(sid)) == "1:3");
  const sbx_id ws = s.websocket("EIO=3&transport=websocket");
  s.received(ws);
  s.http.message(ws, "2probe");
  CHECK(s.received(ws) == text({"3probe"}));
}

TEST_CASE("lengths are in UTF-16 units both ways") {
  Server s;
  const std::string sid = s.poll_session("EIO=3&transport=polling");
  CHECK(s.body(s.post(sid,
                      "8:42[\"\U0001F600\"]"
                      "1:2")) == "ok");
  s.event("c", "e", "\"\U0001F600\"");
  CHECK(s.body(s.get(sid)) ==
        "1:3"
        "14:42[\"c:e\",\"\U0001F600\"]");
}

TEST_CASE("binary data: three forms, as the client asked") {
  sbx::testing::Event e{"c", "e", "\x01\x02"};
  e.binary = true;
  const std::string header = R"(451-["c:e",{"_placeholder":true,"num":0}])";
  Server s;
  SUBCASE("base64 for who cannot take bytes") {
    const std::string sid = s.poll_session("EIO=3&transport=polling&b64=1");
    s.plugin.deliver(e);
    CHECK(s.body(s.get(sid)) == std::to_string(header.size()) + ":" + header + "6:b4AQI=");
  }
  SUBCASE("bytes for who can") {
    const std::string sid = s.poll_session("EIO=3&transport=polling");
    s.plugin.deliver(e);
    const sbx_id poll = s.get(sid);
    CHECK(s.http[poll].header("content-type") == "application/octet-stream");
    CHECK(s.body(poll) == "\x00\x04\x01\xff"s + header + "\x01\x03\xff\x04\x01\x02"s);
  }
  SUBCASE("a WebSocket message with the type before it") {
    const sbx_id ws = s.websocket("EIO=3&transport=websocket");
    s.received(ws);
    s.plugin.deliver(e);
    CHECK(s.received(ws) == Server::Messages{{header, false}, {"\x04\x01\x02", true}});
  }
}

TEST_CASE("binary payloads of a client are read") {
  Server s;
  const std::string sid = s.poll_session("EIO=3&transport=polling");
  const std::string body =
      "\x00\x04\x04\xff"s + "451-[\"up\",{\"_placeholder\":true,\"num\":0}]xxx" + "\x01\x03\xff\x04\x01\x02"s;
  s.post(sid, body, "application/octet-stream");  // JSON with something behind it
  CHECK(s.status(s.get(sid)) == 400);
  const std::string again = s.poll_session("EIO=3&transport=polling");
  const std::string event = "451-[\"up\",{\"_placeholder\":true,\"num\":0}]";
  const std::string good =
      "\x00"s + char(event.size() / 10) + char(event.size() % 10) + "\xff" + event + "\x01\x03\xff\x04\x01\x02"s;
  CHECK(s.body(s.post(again, good, "application/octet-stream")) == "ok");
  CHECK(s.host.metric("signalbox_socketio_client_events_ignored_total") == 1);
}

TEST_CASE("other namespaces are refused with a plain string") {
  Server s;
  const sbx_id ws = s.websocket("EIO=3&transport=websocket");
  s.received(ws);
  s.http.message(ws, "40/custom?token=1,");
  CHECK(s.received(ws) == text({R"(44/custom,"Invalid namespace")"}));
}

TEST_CASE("what only the other revision says ends the session") {
  Server s;
  for (const char *bad : {"3", "0",
                          "2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) {
    const sbx_id ws = s.websocket("EIO=3&transport=websocket");
    s.http.message(ws, bad);
    CHECK(s.http[ws].close_code == 1002);
  }
  const sbx_id ws = s.websocket("EIO=3&transport=websocket");
  s.http.message(ws, "\x05", true);
  CHECK(s.http[ws].close_code == 1002);
}
