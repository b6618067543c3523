// Clients that know no recovery (socket.io-client 1 to 4.5) may give themselves a name in the handshake.
#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

namespace {

struct Old : Page {
  Old(EchoServer &server, std::string_view eio, std::string_view key) : Page(server) {
    query = "EIO=" + std::string(eio) + "&transport=websocket&session=" + std::string(key);
  }
  // It keeps neither pid nor offset.
  Old &come() {
    pid.clear();
    offset.clear();
    connect();
    return *this;
  }
  // Its heartbeat: what was sent before it is confirmed.
  void beat() {
    if (query.starts_with("EIO=3"))
      s->http.message(ws, "2");
    else
      s->host.advance(26 * sbx::kSecondNs), s->http.message(ws, "3");
  }
};
constexpr const char *kKey = "0123456789abcdef_-XY";

}  // namespace

TEST_CASE("a client with a key finds its channels again, from what it surely had") {
  for (const char *eio : {"3", "4"}) {
    CAPTURE(eio);
    EchoServer s(R"(,"recovery":false)");
    s.log.retain("*", 9);
    Old p(s, eio, kKey);
    p.come().subscribe("c");
    s.publish("c", "e", "1");
    p.beat();
    p.beat();
    s.publish("c", "e", "2");  // it has it, but nobody knows
    p.news();
    p.cut();
    s.publish("c", "e", "3");
    p.come();
    CHECK(p.connected);
    CHECK(p.news() == Events{R"(["e","c",2])", R"(["e","c",3])"});
    p.subscribe("c");
    CHECK(p.news() == Events{succeeded("c", s.log.cursor_at(3), true)});
    s.publish("c", "e", "4");
    CHECK(p.news() == Events{R"(["e","c",4])"});
  }
}

TEST_CASE("a heartbeat during a replay confirms nothing of it") {
  EchoServer s;
  s.log.retain("*", 9, FakeLog::Replay::kRetained);
  for (const char *data : {"1", "2"}) s.publish("c", "e", data);
  Old p(s, "3", kKey);
  p.come();
  s.log.hold(true);
  p.subscribe("c");
  s.log.hand(1);
  p.beat();
  p.beat();
  p.cut();
  s.log.hold(false);
  p.events.clear();
  p.come();
  CHECK(p.news() == Events{R"(["e","c",1])", R"(["e","c",2])"});
}

TEST_CASE("a key that is too short, too long or strange is none") {
  for (const std::string &key : {std::string("short"), std::string(65, 'x'), std::string("0123456789abcdef%20y")}) {
    EchoServer s;
    s.log.retain("*", 9);
    Old p(s, "3", key);
    p.come().subscribe("c");
    p.news();
    p.cut();
    s.publish("c", "e", "1");
    p.come();
    CHECK(p.news().empty());
    CHECK(s.log.subscribers("c") == 0);
  }
}

TEST_CASE("the newest connection with a key has the session") {
  EchoServer s;
  Old p(s, "3", kKey), again(s, "3", kKey);
  p.come().subscribe("c");
  again.come();
  CHECK_FALSE(s.http[p.ws].open());
  CHECK(s.log.subscribers("c") == 1);
  s.http.message(again.ws, "41");
  CHECK(s.log.subscribers("c") == 0);
  again.cut();
  Old third(s, "3", kKey);
  third.come();
  CHECK(s.log.subscribers("c") == 0);
}
