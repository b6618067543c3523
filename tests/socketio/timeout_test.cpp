#include <doctest/doctest.h>

#include "tests/socketio/server.hpp"

using sbx::kMillisecondNs;

namespace {

constexpr const char *kQuick = R"(,"ping_interval":300,"ping_timeout":200,"connect_timeout":1000)";

}  // namespace

TEST_CASE("the server of revision 4 pings, and a pong keeps the client") {
  Server s(kQuick);
  const sbx_id ws = s.websocket_client();
  for (int i = 0; i < 10; ++i) {
    s.host.advance(310 * kMillisecondNs);
    CHECK(s.received(ws) == text({"2"}));
    s.http.message(ws, "3");
  }
  CHECK(s.http[ws].open());
}

TEST_CASE("silence ends a session after interval and timeout, to the millisecond when it is asked for") {
  Server s(kQuick);
  const std::string sid = s.poll_session();
  s.host.advance(500 * kMillisecondNs);
  CHECK(s.status(s.get(sid)) == 400);
  const sbx_id ws = s.websocket("EIO=4&transport=websocket");
  s.host.advance(510 * kMillisecondNs);
  CHECK_FALSE(s.http[ws].open());
  CHECK(s.host.metric("signalbox_socketio_closed_total", "ping_timeout") == 2);
}

TEST_CASE("anything a client says shows that it lives") {
  Server s(kQuick);
  const sbx_id ws = s.websocket_client();
  for (int i = 0; i < 10; ++i) {
    s.host.advance(400 * kMillisecondNs);
    s.http.message(ws, "42[\"x\"]");
  }
  CHECK(s.http[ws].open());
}

TEST_CASE("a polling client is pinged through its poll") {
  Server s(kQuick);
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  s.get(sid);
  for (int i = 0; i < 3; ++i) {
    const sbx_id poll = s.get(sid);
    s.host.advance(310 * kMillisecondNs);
    CHECK(s.body(poll) == "2");
    CHECK(s.body(s.post(sid, "3")) == "ok");
  }
}

TEST_CASE("a hanging poll hears that the session timed out") {
  Server s(kQuick);
  const std::string sid = s.poll_session();
  s.host.advance(310 * kMillisecondNs);
  CHECK(s.body(s.get(sid)) == "2");
  const sbx_id poll = s.get(sid);
  s.host.advance(210 * kMillisecondNs);
  CHECK(s.body(poll) == "1");
}

TEST_CASE("the client of revision 3 must ping within interval and timeout") {
  Server s(kQuick);
  const std::string lives = s.poll_session("EIO=3&transport=polling"), dies = s.poll_session("EIO=3&transport=polling");
  s.host.advance(400 * kMillisecondNs);
  CHECK(s.body(s.post(lives, "1:2")) == "ok");
  s.host.advance(100 * kMillisecondNs);
  CHECK(s.status(s.post(dies, "1:2")) == 400);
  CHECK(s.body(s.post(lives, "1:2")) == "ok");
}

TEST_CASE("who enters no namespace in time is sent away") {
  Server s(kQuick);
  const sbx_id idle = s.websocket("EIO=4&transport=websocket"), refused = s.websocket("EIO=4&transport=websocket");
  const sbx_id in = s.websocket_client();
  s.http.message(refused, "40/nowhere,");
  for (int i = 0; i < 11; ++i) {
    s.host.advance(100 * kMillisecondNs);
    for (const sbx_id ws : {idle, refused, in}) s.http.message(ws, "3");
  }
  CHECK_FALSE(s.http[idle].open());
  CHECK_FALSE(s.http[refused].open());
  CHECK(s.http[in].open());
  CHECK(s.host.metric("signalbox_socketio_closed_total", "connect_timeout") == 2);
}

TEST_CASE("clients who came together are not pinged together") {
  Server s;
  for (int i = 0; i < 64; ++i) s.websocket_client();
  size_t most = 0, all = 0;
  for (int i = 0; i < 100 + 1; ++i) {
    s.host.advance(250 * kMillisecondNs);
    size_t now = 0;
    for (sbx_id id = 1; id <= s.http.requests(); ++id) now += s.received(id).size();
    most = std::max(most, now);
    all += now;
  }
  CHECK(all == 64);
  CHECK(most < 32);
}

TEST_CASE("after the machine slept, clients get their time to answer") {
  Server s(kQuick);
  const sbx_id ws = s.websocket_client();
  s.host.now_ns += 3600 * sbx::kSecondNs;
  s.host.advance(10 * kMillisecondNs);
  CHECK(s.received(ws) == text({"2"}));
  CHECK(s.http[ws].open());
}

TEST_CASE("without clients no timer runs") {
  Server s;
  CHECK(s.host.timers() == 0);
  const sbx_id ws = s.websocket_client();
  CHECK(s.host.timers() == 1);
  s.http.message(ws, "1");
  s.host.advance(sbx::kSecondNs);
  CHECK(s.host.timers() == 0);
}
