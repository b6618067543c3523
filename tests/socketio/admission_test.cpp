// Who is let into a channel is the host's to say: its codes, asking again, and the end of an admission.
#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

namespace {

std::string refused(std::string_view channel, int code) {
  return R"(["subscription_error",")" + std::string(channel) + "\"," + std::to_string(code) + "]";
}

}  // namespace

TEST_CASE("a restricted channel is the host's to give, and its code is told") {
  EchoServer s;
  s.log.vouch("private-*");
  for (const int code : {401, 403, 419, 429, 0, 502})
    s.log.refuse_with("private-" + std::to_string(code), static_cast<uint32_t>(code));
  for (const char *eio : {"4", "3"}) {
    CAPTURE(eio);
    Page p(s);
    p.query = "EIO=" + std::string(eio) + "&transport=websocket";
    p.connect().subscribe("private-orders.7");
    CHECK(p.news() == Events{succeeded("private-orders.7", s.log.cursor_at(s.log.seq))});
    for (const int code : {401, 403, 419, 429, 0, 502}) {
      p.subscribe("private-" + std::to_string(code));
      CHECK(p.news() == Events{refused("private-" + std::to_string(code), code)});
    }
    p.subscribe("presence-room");
    CHECK(p.news() == Events{refused("presence-room", 403)});
    s.publish("private-orders.7", "e", "1");
    CHECK(p.news() == Events{R"(["e","private-orders.7",1])"});
  }
  const auto count = [&](const char *why) {
    return s.host.metric("signalbox_socketio_subscriptions_refused_total", why);
  };
  CHECK(count("not_admitted") == 8);
  CHECK(count("too_fast") == 2);
  CHECK(count("not_judged") == 4);
}

TEST_CASE("one that is refused leaves the others of its operation alone") {
  EchoServer s;
  s.log.refuse("no");
  Page p(s);
  p.connect();
  s.log.think(true);
  for (const char *channel : {"first", "no", "a channel with a long name, longer than a string keeps in itself", "c"})
    p.subscribe(channel);
  s.log.think(false);
  CHECK(p.news().size() == 4);
  for (const char *channel : {"first", "c"}) {
    s.publish(channel, "e", "1");
    CHECK(p.news().size() == 1);
    p.unsubscribe(channel);
    CHECK(s.log.subscribers(channel) == 0);
  }
  p.subscribe("no");
  CHECK(p.news() == Events{refused("no", 403)});
}

TEST_CASE("subscribing again shows what is offered now, and a refusal leaves the channel as it is") {
  EchoServer s;
  s.log.vouch("private-*");
  s.log.retain("*", 9, FakeLog::Replay::kRetained);
  Page p(s);
  p.connect().subscribe_with("private-a", R"("old")");
  s.log.refuse_with("private-a", 401);
  p.news();
  p.subscribe_with("private-a", R"("bad")");
  CHECK(p.news() == Events{refused("private-a", 401)});
  s.publish("private-a", "e", "1");
  CHECK(p.news() == Events{R"(["e","private-a",1])"});
  p.cut();
  p.connect();  // not the one that was refused is shown
  CHECK(s.log.offered.back() == R"("old")");
  p.news();
  s.log.admit("private-a");
  p.subscribe_with("private-a", R"("old")");
  p.subscribe_with("private-a", R"("new")");
  CHECK(p.news().back() == succeeded("private-a", s.log.cursor_at(1)));
  p.cut();
  p.connect();
  CHECK(s.log.offered.back() == R"("new")");
  s.publish("private-a", "e", "2");
  CHECK(p.news() == Events{R"(["e","private-a",2])"});
}

TEST_CASE("asking again and again while the host thinks is asked once more, with what came last") {
  EchoServer s;
  Page p(s);
  p.connect().subscribe("a");
  p.news();
  const size_t before = s.log.offered.size();
  s.log.think(true);
  for (const char *auth : {"1", "2", "3", "4"}) p.subscribe_with("a", auth);
  s.log.think(false);
  CHECK(std::vector(s.log.offered.begin() + static_cast<std::ptrdiff_t>(before), s.log.offered.end()) ==
        Events{"1", "4"});
  CHECK(p.news() == Events{succeeded("a", s.log.cursor_at(0)), succeeded("a", s.log.cursor_at(0))});
  p.unsubscribe("a");
  CHECK(s.log.subscribers("a") == 0);
}

TEST_CASE("what a client offers for channels it is in already counts like any other") {
  EchoServer s;
  Page p(s);
  p.connect();
  s.log.think(true);
  for (int i = 0; i < 5; ++i) p.subscribe("c" + std::to_string(i));
  s.log.think(false);
  p.news();
  s.log.think(true);
  for (int i = 0; i < 5; ++i)
    p.subscribe_with("c" + std::to_string(i), '"' + std::string(16000, static_cast<char>('a' + i)) + '"');
  CHECK(p.news() == Events{refused("c4", 429)});
  s.log.think(false);
  CHECK(p.news().size() == 4);
}

TEST_CASE("an admission that ends is told, and the session forgets the channel") {
  EchoServer s;
  s.log.vouch("private-*");
  s.log.retain("*", 9);
  Page p(s);
  p.connect().subscribe("private-a");
  p.subscribe("b");
  p.news();
  CHECK(s.log.end(p.ws, "private-a"));
  CHECK(p.news() == Events{refused("private-a", 401)});
  CHECK(s.host.metric("signalbox_socketio_subscriptions_refused_total", "ended") == 1);
  p.cut();
  s.publish("private-a", "e", "1");
  s.publish("b", "e", "2");
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{R"(["e","b",2])"});
  CHECK(s.log.subscribers("private-a") == 0);
  p.subscribe("private-a");
  CHECK(p.news() == Events{succeeded("private-a", s.log.cursor_at(2))});
}

TEST_CASE("an admission that ends while a better token is judged gives way to it") {
  EchoServer s;
  s.log.vouch("private-*");
  Page p(s);
  s.log.retain("*", 9, FakeLog::Replay::kRetained);
  p.connect().subscribe_with("private-a", R"("old")");
  s.publish("private-a", "e", "1");
  p.news();
  s.log.think(true);
  p.subscribe_with("private-a", R"("new")");
  SUBCASE("it is with the host") {}
  SUBCASE("a still newer one waits") { p.subscribe_with("private-a", R"("new")"); }
  CHECK(s.log.end(p.ws, "private-a"));
  CHECK(p.news() == Events{refused("private-a", 401)});
  s.publish("private-a", "e", "2");
  s.log.think(false);
  CHECK(p.news() == Events{succeeded("private-a", s.log.cursor_at(1), true), R"(["e","private-a",2])"});
  CHECK(s.log.offered.back() == R"("new")");
  s.publish("private-a", "e", "3");
  CHECK(p.news() == Events{R"(["e","private-a",3])"});
}

TEST_CASE("each channel of a session that comes back is admitted anew, with its words and for the new visitor") {
  for (const char *query : {"EIO=4&transport=websocket", "EIO=4&transport=websocket&session=0123456789abcdef"}) {
    CAPTURE(query);
    const bool by_key = std::string_view(query).find("session=") != std::string_view::npos;
    EchoServer s(by_key ? R"(,"recovery":false)" : "");
    s.log.vouch("*");
    Page p(s);
    p.query = query;
    p.connect().subscribe_with("private-a", R"({"token":"T"})");
    p.subscribe_with("presence-b", R"({"token":"U"})");
    p.news();
    p.cut();
    s.log.refuse_with("presence-b", 403);
    s.log.offered.clear();
    s.log.think(true);
    p.query += "&token=later";
    p.connect();
    // The host knows who it is before it is asked.
    REQUIRE(s.visitors.of(p.ws));
    CHECK(s.visitors.of(p.ws)->token == "later");
    s.log.think(false);
    CHECK(s.log.offered == Events{R"({"token":"T"})", R"({"token":"U"})"});
    CHECK(p.news() == Events{refused("presence-b", 403)});
    s.publish("private-a", "e", "1");
    s.publish("presence-b", "e", "2");
    CHECK(p.news() == Events{R"(["e","private-a",1])"});
  }
}
