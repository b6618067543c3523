#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

namespace {

// A polling client of either version that subscribes to "c" with two retained events, and becomes a WebSocket when the
// test says so.
struct Upgrading : EchoServer {
  std::string eio, sid;
  sbx_id ws = 0;
  std::string heard;
  explicit Upgrading(std::string version) : EchoServer(R"(,"recovery":false)"), eio(std::move(version)) {
    log.retain("c", 9, FakeLog::Replay::kRetained);
    publish("c", "e", "1");
    publish("c", "e", "2");
    sid = poll_session("transport=polling&EIO=" + eio);
    if (eio == "3") return;  // it is in "/" already, and knows
    say("40");
    poll();
  }
  void say(const std::string &packet) {
    sbx::testing::Request r;
    r.method = "POST";
    r.path = "/socket.io/";
    r.query = "transport=polling&EIO=" + eio + "&sid=" + sid;
    r.headers = {{"content-type", "text/plain;charset=UTF-8"}};
    r.body = eio == "4" ? packet : std::to_string(packet.size()) + ":" + packet;
    CHECK(status(http.request(r)) == 200);
  }
  void poll() { heard += body(request("transport=polling&EIO=" + eio + "&sid=" + sid)); }
  void upgrade() {
    ws = websocket("transport=websocket&EIO=" + eio + "&sid=" + sid);
    http.message(ws, "2probe");
    http.message(ws, "5");
  }
  size_t times(const std::string &what) {
    if (ws)
      for (const auto &m : received(ws)) heard += m.data;
    size_t n = 0;
    for (size_t at = heard.find(what); at != std::string::npos; at = heard.find(what, at + 1)) ++n;
    return n;
  }
};

}  // namespace

TEST_CASE("an upgrade in the middle of a replay loses nothing and repeats nothing") {
  for (const char *eio : {"4", "3"}) {
    CAPTURE(eio);
    Upgrading s(eio);
    s.log.hold(true);
    s.say(R"(42["subscribe",{"channel":"c"}])");
    SUBCASE("one event is with the client") {
      s.log.hand(1);
      s.poll();
    }
    SUBCASE("one event waits in the polling member") { s.log.hand(1); }
    SUBCASE("nothing was handed over") {}
    s.upgrade();
    s.publish("c", "e", "3");
    s.log.hold(false);
    s.publish("c", "e", "4");
    for (const char *data : {"1", "2", "3", "4"}) CHECK(s.times(std::string(R"(["e","c",)") + data + "]") == 1);
    CHECK(s.times("subscription_succeeded") == 1);
    s.http.message(s.ws, R"(42["unsubscribe",{"channel":"c"}])");
    s.publish("c", "e", "5");
    CHECK(s.times(R"(["e","c",5])") == 0);
  }
}

TEST_CASE("an upgrade while the host still thinks about a subscription") {
  Upgrading s("4");
  s.say(R"(42["subscribe",{"channel":"other"}])");
  s.upgrade();
  s.http.message(s.ws, R"(42["subscribe",{"channel":"c"}])");
  s.publish("other", "e", "9");
  CHECK(s.times(R"(["e","other",9])") == 1);
  CHECK(s.times(R"(["e","c",2])") == 1);
  s.http.drop(s.ws);
  CHECK(s.fanout.groups.empty());
}
