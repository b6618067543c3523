// The line is cut in the middle of a replay.
#include <doctest/doctest.h>

#include <random>

#include "tests/socketio/page.hpp"

namespace {

std::string event(std::string_view channel, int n) {
  return R"(["e",")" + std::string(channel) + "\"," + std::to_string(n) + "]";
}

}  // namespace

TEST_CASE("a channel that is joined later does not move the others back") {
  EchoServer s;
  s.log.retain("old", 10, FakeLog::Replay::kRetained);
  s.log.retain("*", 10);
  for (int i = 1; i <= 4; ++i) s.publish("old", "e", std::to_string(i));
  Page p(s);
  p.connect().subscribe("now");
  s.publish("now", "e", "5");
  p.news();
  s.log.hold(true);
  p.subscribe("old");
  s.log.hand(2);
  CHECK(p.news() == Events{succeeded("old", s.log.cursor_at(0)), event("old", 1), event("old", 2)});
  p.cut();
  s.publish("now", "e", "6");
  SUBCASE("once") { s.log.hold(false); }
  SUBCASE("twice") {
    p.connect();
    s.log.hand(1);
    CHECK(p.news() == Events{event("old", 3)});
    p.cut();
    s.log.hold(false);
    p.connect();
    CHECK(p.recovered);
    CHECK(p.news() == Events{event("old", 4), event("now", 6)});
    return;
  }
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{event("old", 3), event("old", 4), event("now", 6)});
}

TEST_CASE("what came live while the host still thought about a subscription does not come again") {
  EchoServer s;
  s.log.retain("old", 10, FakeLog::Replay::kRetained);
  s.log.retain("*", 10);
  for (int i = 1; i <= 3; ++i) s.publish("old", "e", std::to_string(i));
  Page p(s);
  p.connect().subscribe("now");
  p.news();
  s.log.think(true);
  p.subscribe("old");
  s.publish("now", "e", "4");
  CHECK(p.news() == Events{event("now", 4)});
  s.log.hold(true);
  s.log.think(false);
  s.log.hand(1);
  CHECK(p.news() == Events{succeeded("old", s.log.cursor_at(0)), event("old", 1)});
  p.cut();
  s.publish("now", "e", "5");
  s.log.hold(false);
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{event("old", 2), event("old", 3), event("now", 5)});
}

TEST_CASE("a cut while the host thinks loses nothing of what was live, nor of what was asked for") {
  EchoServer s;
  s.log.retain("*", 10, FakeLog::Replay::kRetained);
  s.publish("old", "e", "1");
  Page p(s);
  p.connect().subscribe("now");
  p.news();
  s.log.think(true);
  p.subscribe("old");
  s.publish("now", "e", "2");
  p.news();
  SUBCASE("it is subscribed anew") {}
  SUBCASE("it had asked for a channel again that it is in") { p.subscribe("now"); }
  p.cut();
  s.publish("now", "e", "3");
  s.log.think(false);
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{event("old", 1), event("now", 3)});
}

TEST_CASE("a replay of which nothing arrived is replayed from its beginning") {
  EchoServer s;
  s.log.retain("old", 10, FakeLog::Replay::kRetained);
  s.log.retain("*", 10);
  for (int i = 1; i <= 3; ++i) s.publish("old", "e", std::to_string(i));
  Page p(s);
  p.connect().subscribe("now");
  s.publish("now", "e", "4");
  p.news();
  s.http.message(p.ws, R"(42["subscribe",{"channel":"old"}])");
  p.cut_unread();
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{event("old", 1), event("old", 2), event("old", 3)});
}

TEST_CASE("a recovery whose answer was lost is done again") {
  EchoServer s;
  s.log.retain("*", 10);
  Page p(s);
  p.connect().subscribe("c");
  s.publish("c", "e", "1");
  p.news();
  p.cut();
  s.publish("c", "e", "2");
  // The server recovers it, the page never hears of that.
  Page ghost = p;
  ghost.connect();
  CHECK(ghost.recovered);
  ghost.cut();
  s.publish("c", "e", "3");
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{event("c", 2), event("c", 3)});
}

TEST_CASE("a subscription that was asked for before the cut is there afterwards") {
  EchoServer s;
  s.log.retain("*", 10, FakeLog::Replay::kRetained);
  s.publish("c", "e", "1");
  const std::string before = s.publish("d", "e", "2");
  s.publish("d", "e", "3");
  Page p(s);
  p.connect();
  s.log.hold(true);
  s.http.message(p.ws, R"(42["subscribe",{"channel":"c"}])");
  s.http.message(p.ws, R"(42["subscribe",{"channel":"d","since":")" + before + "\"}]");
  p.cut_unread();
  s.log.hold(false);
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{event("c", 1), event("d", 3)});
}

TEST_CASE("wherever the line is cut, nothing is lost, nothing comes twice, and each channel is in order") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    EchoServer s;
    s.log.retain("*", 1000, FakeLog::Replay::kRetained);
    const std::string channels[] = {"a", "b", "c"};
    int published[3] = {0, 0, 0};
    Page p(s);
    p.connect();
    Events heard;
    const auto listen = [&] {
      for (std::string &e : p.news())
        if (e.starts_with("[\"e\"")) heard.push_back(std::move(e));
    };
    size_t joined = 0;
    bool held = false;
    for (int step = 0; step < 40; ++step) {
      const unsigned dice = random() % 10;
      if (dice < 4) {
        const size_t i = random() % 3;
        s.publish(channels[i], "e", std::to_string(++published[i]));
      } else if (dice == 4 && joined < 3 && p.ws) {
        held = random() % 2;
        s.log.hold(held);
        s.log.think(random() % 4 == 0);
        p.subscribe(channels[joined++]);
      } else if (dice == 4 && joined > 0 && p.ws) {
        p.subscribe(channels[random() % joined]);
      } else if (dice == 5) {
        s.log.hand(random() % 3);
      } else if (dice == 6) {
        held = false;
        s.log.hold(false);
        s.log.think(false);
      } else if (dice == 7 && p.ws) {
        listen();
        p.cut();
        listen();
      } else if (dice == 8 && p.ws) {
        p.cut_unread();
      } else if (dice == 9 && !p.ws) {
        held = random() % 2;
        s.log.think(false);
        s.log.hold(held);
        p.connect();
        CHECK(p.recovered);
      }
      if (p.ws && random() % 2) listen();
    }
    s.log.hold(false);
    s.log.think(false);
    if (!p.ws) p.connect();
    listen();
    for (size_t i = 0; i < joined; ++i) {
      Events wanted, got;
      for (int n = 1; n <= published[i]; ++n) wanted.push_back(event(channels[i], n));
      for (const std::string &e : heard)
        if (e.find("\"e\",\"" + channels[i] + '"') != std::string::npos) got.push_back(e);
      CHECK(got == wanted);
    }
  }
}
