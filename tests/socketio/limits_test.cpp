#include <doctest/doctest.h>

#include "plugins/sinks/socketio/packet.hpp"
#include "tests/socketio/server.hpp"

TEST_CASE("a body over max_payload is 413, also when its length was not announced") {
  Server s(R"(,"max_payload":100)");
  const std::string sid = s.poll_session();
  CHECK(s.status(s.post(sid, "4" + std::string(100, 'x'))) == 413);
  sbx::testing::Request r;
  r.method = "POST";
  r.path = "/socket.io/";
  r.query = "EIO=4&transport=polling&sid=" + sid;
  r.body = "";
  const sbx_id id = s.http.begin(r);
  for (int i = 0; i < 11; ++i) s.http.body(id, "xxxxxxxxxx", false);
  CHECK(s.status(id) == 413);
  CHECK(s.body(s.post(sid, "40")) == "ok");
}

TEST_CASE("namespaces that are refused cost the client nothing") {
  Server s;
  const sbx_id ws = s.websocket_client();
  for (int i = 0; i < 100; ++i) s.http.message(ws, "40/n" + std::to_string(i));
  CHECK(s.http[ws].open());
  CHECK(s.received(ws).size() == 100);
}

TEST_CASE("attachments are bounded in number and bytes") {
  Server s(R"(,"max_payload":100)");
  const sbx_id many = s.websocket_client(), big = s.websocket_client();
  s.http.message(many, "45" + std::to_string(socketio::kAttachmentsMax + 1) + "-[\"x\"]");
  CHECK_FALSE(s.http[many].open());
  s.http.message(big, "4520-[\"x\"]");
  for (int i = 0; i < 4; ++i) s.http.message(big, std::string(100, 'x'), true);
  CHECK(s.http[big].open());
  s.http.message(big, "x", true);
  CHECK_FALSE(s.http[big].open());
}

TEST_CASE("a payload full of pings is not answered one by one") {
  Server s;
  const std::string sid = s.poll_session("EIO=3&transport=polling");
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += "1:2";
  CHECK(s.status(s.post(sid, pings)) == 200);
  CHECK(s.status(s.get(sid)) == 400);
}

TEST_CASE("a client that does not read is sent away, and only it") {
  Server s(R"(,"outbox":{"bytes":1000})");
  const sbx_id slow = s.websocket_client(), quick = s.websocket_client();
  const std::string idle = s.poll_session();
  s.post(idle, "40");
  s.get(idle);
  s.fanout.stall(slow);
  for (int i = 0; i < 100; ++i) s.event("c", "e", "\"0123456789\"");
  CHECK_FALSE(s.http[slow].open());
  CHECK(s.received(quick).size() == 100);
  CHECK(s.status(s.get(idle)) == 400);
  CHECK(s.host.metric("signalbox_socketio_closed_total", "slow") == 2);
  CHECK(s.host.metric("signalbox_socketio_clients", "polling") == 0);
}

TEST_CASE("or loses the oldest events, as configured") {
  Server s(R"(,"outbox":{"bytes":60,"when_full":"drop_oldest"})");
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  s.get(sid);
  for (int i = 0; i < 9; ++i) s.event("c", "e", std::to_string(i));
  const std::string kept = s.body(s.get(sid));
  CHECK(kept.starts_with("42[\"c:e\",4]\x1e"));
  CHECK(kept.ends_with(R"(42["c:e",8])"));
}
