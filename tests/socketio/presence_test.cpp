// Presence channels, as laravel-echo's join(), here(), joining() and leaving() hear of them.
#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

namespace {

constexpr const char *kAnn = R"({"user_id":"1","user_info":{"name":"Ann"}})";
constexpr const char *kBob = R"({"user_id":"2","user_info":{"name":"Bob"}})";

std::string list(std::initializer_list<const char *> members) {
  std::string out = "[";
  for (const char *m : members) out += (out.size() > 1 ? "," : "") + std::string(m);
  return out + "]";
}
std::string here(std::string_view members) {
  return R"(["presence:subscribed","presence-room",)" + std::string(members) + "]";
}
std::string change(std::string_view what, std::string_view member) {
  return "[\"presence:" + std::string(what) + R"(","presence-room",)" + std::string(member) + "]";
}

struct Room : EchoServer {
  explicit Room(std::string_view more = {}) : EchoServer(more) {
    log.vouch("presence-*");
    log.here["presence-room"] = list({kAnn});
  }
};

}  // namespace

TEST_CASE("who joins hears who is there before anything else, and then who comes and goes, in every version") {
  for (const char *eio : {"4", "3"}) {
    CAPTURE(eio);
    Room s;
    Page p(s);
    p.query = "EIO=" + std::string(eio) + "&transport=websocket";
    p.connect().subscribe("presence-room");
    CHECK(p.news() == Events{here(list({kAnn})), succeeded("presence-room", s.log.cursor_at(0))});
    const std::string offset = p.offset;
    s.log.presence("presence-room", "joining", kBob);
    s.log.presence("presence-room", "leaving", kBob);
    s.log.presence("presence-room", "here", list({kAnn, kBob}));
    CHECK(p.news() == Events{change("joining", kBob), change("leaving", kBob), here(list({kAnn, kBob}))});
    CHECK(p.offset == offset);  // none of them is a place to come back to
  }
}

TEST_CASE("a member's own connections are not told of it") {
  Room s;
  Page p(s), other(s);
  p.connect().subscribe("presence-room");
  other.connect().subscribe("presence-room");
  p.news();
  other.news();
  s.log.presence("presence-room", "joining", kAnn, {p.ws});
  CHECK(p.news().empty());
  CHECK(other.news() == Events{change("joining", kAnn)});
}

TEST_CASE("who waits at the gate hears of changes there, in their order") {
  Room s;
  s.log.retain("*", 9, FakeLog::Replay::kRetained);
  s.publish("presence-room", "e", "1");
  Page p(s);
  p.connect();
  s.log.hold(true);
  p.subscribe("presence-room");
  s.log.presence("presence-room", "joining", kBob);
  s.publish("presence-room", "e", "2");
  s.log.presence("presence-room", "here", list({kAnn}));
  s.log.hold(false);
  CHECK(p.news() == Events{here(list({kAnn})), succeeded("presence-room", s.log.cursor_at(0)),
                           R"(["e","presence-room",1])", change("joining", kBob), R"(["e","presence-room",2])",
                           here(list({kAnn}))});
}

TEST_CASE("a page that comes back is told who is there now, behind its CONNECT") {
  for (const char *more : {"", R"(,"recovery":false)"}) {
    CAPTURE(more);
    Room s(more);
    s.log.retain("*", 9);
    Page p(s);
    p.query += "&session=0123456789abcdef";
    p.connect().subscribe("presence-room");
    s.publish("presence-room", "e", "1");
    p.news();
    p.cut();
    s.log.presence("presence-room", "joining", kBob);
    s.publish("presence-room", "e", "2");
    s.log.here["presence-room"] = list({kAnn, kBob});
    p.connect();
    CHECK(p.connected);
    const Events news = p.news();
    REQUIRE_FALSE(news.empty());
    CHECK(news.front() == here(list({kAnn, kBob})));
    CHECK(news.back() == R"(["e","presence-room",2])");
    if (*more == '\0') {
      CHECK(p.recovered);
      CHECK(news.size() == 2);
    }
  }
}

TEST_CASE("a page that subscribes again is told who is there by now") {
  Room s;
  Page p(s);
  p.connect().subscribe("presence-room");
  p.news();
  s.log.here["presence-room"] = list({kBob, kAnn});
  p.subscribe("presence-room");
  CHECK(p.news() == Events{here(list({kBob, kAnn})), succeeded("presence-room", s.log.cursor_at(0))});
}

TEST_CASE("members that no client could read are left out, and a page without the channel hears nothing") {
  Room s;
  Page p(s), other(s);
  p.connect().subscribe("presence-room");
  other.connect().subscribe("else");
  p.news();
  other.news();
  s.log.presence("presence-room", "joining", "{");
  CHECK(p.news().empty());
  s.log.presence("presence-room", "joining", kBob);
  CHECK(other.news().empty());
  CHECK(s.host.metric("signalbox_socketio_events_unfit_total") == 1);
}

TEST_CASE("mode broadcast tells nobody who is where") {
  Server s;
  const sbx_id ws = s.websocket_client();
  sbx::testing::Event e{.channel = "presence-room", .name = "joining", .data = kAnn};
  e.presence = e.transient = true;
  s.plugin.deliver(e);
  CHECK(s.received(ws).empty());
}
