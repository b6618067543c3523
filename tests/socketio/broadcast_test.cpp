#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

TEST_CASE("one event reaches clients of both generations and all transports") {
  Server s;
  const sbx_id v4 = s.websocket_client();
  const sbx_id v3 = s.websocket("EIO=3&transport=websocket");
  s.received(v3);
  const std::string sid = s.poll_session("EIO=3&transport=polling");
  s.event("tok123", "wechat.login", R"({"id":12345678901234567890,"a":1.10})");
  const std::string frame = R"(42["tok123:wechat.login",{"id":12345678901234567890,"a":1.10}])";
  CHECK(s.received(v4) == Server::Messages{{frame, false}});
  CHECK(s.received(v3) == Server::Messages{{frame, false}});
  CHECK(s.body(s.get(sid)) == std::to_string(frame.size()) + ":" + frame);
}

TEST_CASE("binary data goes out beside the packet") {
  Server s;
  const sbx_id ws = s.websocket_client();
  sbx::testing::Event e{"c", "e", "\xff\xfe"};
  e.binary = true;
  s.plugin.deliver(e);
  CHECK(s.received(ws) ==
        Server::Messages{{R"(451-["c:e",{"_placeholder":true,"num":0}])", false}, {"\xff\xfe", true}});
}

TEST_CASE("who is not in the namespace hears nothing") {
  Server s;
  const sbx_id out = s.websocket("EIO=4&transport=websocket");
  s.received(out);
  s.websocket_client();
  s.event("c", "e", "1");
  CHECK(s.received(out).empty());
}

TEST_CASE("the client named by except is spared, by the id that it knows") {
  Server s;
  const sbx_id v4 = s.websocket("EIO=4&transport=websocket");
  s.http.message(v4, "40");
  const std::string id4 = Server::sid_in(s.received(v4)[1].data);
  const sbx_id v3 = s.websocket("EIO=3&transport=websocket");
  const std::string id3 = Server::sid_in(s.received(v3)[0].data);
  const std::string polling = s.poll_session("EIO=3&transport=polling");
  s.event("c", "e", "1", id4);
  s.event("c", "e", "2", id3);
  s.event("c", "e", "3", polling);
  s.event("c", "e", "4", "unknown");
  CHECK(s.received(v4) == text({"42[\"c:e\",2]", "42[\"c:e\",3]", "42[\"c:e\",4]"}));
  CHECK(s.received(v3) == text({"42[\"c:e\",1]", "42[\"c:e\",3]", "42[\"c:e\",4]"}));
  CHECK(s.body(s.get(polling)) == "11:42[\"c:e\",1]11:42[\"c:e\",2]11:42[\"c:e\",4]");
}

TEST_CASE("a session's secret id does not spare anybody in revision 4") {
  Server s;
  const sbx_id ws = s.websocket("EIO=4&transport=websocket");
  const std::string sid = Server::sid_in(s.received(ws)[0].data);
  s.http.message(ws, "40");
  s.received(ws);
  s.event("c", "e", "1", sid);
  CHECK(s.received(ws).size() == 1);
}

TEST_CASE("what no client could read never reaches the wire") {
  Server s;
  const sbx_id ws = s.websocket_client();
  for (const char *data : {"", "{", "undefined", "1 2", "\"\xff\"", "NaN"}) s.event("c", "e", data);
  s.event("c\xff", "e", "1");
  s.event("c", "\xc0\x80", "1");
  CHECK(s.received(ws).empty());
  CHECK(s.host.metric("signalbox_socketio_events_unfit_total") == 8);
  s.event("a\"b\n", "App\\Events\\X", "1");
  CHECK(s.received(ws) == text({R"(42["a\"b\u000a:App\\Events\\X",1])"}));
}

TEST_CASE("events of clients are counted and go nowhere") {
  Server s;
  const sbx_id speaker = s.websocket_client(), listener = s.websocket_client();
  s.http.message(speaker, "42[\"tok123:wechat.login\",{}]");
  s.http.message(speaker, "421[\"x\"]");
  CHECK(s.received(speaker).empty());
  CHECK(s.received(listener).empty());
  CHECK(s.host.metric("signalbox_socketio_client_events_ignored_total") == 2);
}

TEST_CASE("other namespaces are refused as revision 5 says it") {
  Server s;
  const sbx_id ws = s.websocket_client();
  s.http.message(ws, "40/random");
  CHECK(s.received(ws) == text({R"(44/random,{"message":"Invalid namespace"})"}));
  CHECK(s.http[ws].open());
}
