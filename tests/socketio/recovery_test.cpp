// Connection state recovery as socket.io-client 4.6 and newer ask for it, with the official server's holes closed.
#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

namespace {

struct Site : EchoServer {
  explicit Site(std::string_view more = {}) : EchoServer(more) { log.retain("pay.*", 5); }
};

}  // namespace

TEST_CASE("a page that was cut off gets its channels back and what it missed, without a word") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  p.subscribe("pay.8");
  CHECK_FALSE(p.offset.empty());
  s.publish("pay.7", "e", "1");
  p.cut();
  s.publish("pay.8", "e", "2");
  s.publish("pay.7", "e", "3");
  s.publish("pay.9", "e", "4");
  const std::string id = p.id, pid = p.pid;
  p.news();
  p.connect();
  CHECK(p.recovered);
  CHECK(p.id == id);
  CHECK(p.news() == Events{R"(["e","pay.8",2])", R"(["e","pay.7",3])"});
  s.publish("pay.7", "e", "5");
  CHECK(p.news() == Events{R"(["e","pay.7",5])"});
  CHECK(s.host.metric("signalbox_socketio_recoveries_total", "recovered") == 1);
  // A client that subscribes again nevertheless gets its answer and nothing twice.
  p.subscribe("pay.7");
  CHECK(p.news() == Events{succeeded("pay.7", s.log.cursor_at(5), true)});
}

TEST_CASE("a page that had received nothing yet is recovered too") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  p.news();
  SUBCASE("it shows the offset of the greeting") { REQUIRE_FALSE(p.offset.empty()); }
  SUBCASE("it shows no offset at all") { p.offset.clear(); }
  p.cut();
  s.publish("pay.7", "paid", "1");
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{R"(["paid","pay.7",1])"});
}

TEST_CASE("a page without channels is recovered as it was") {
  Site s;
  Page p(s);
  p.connect().cut();
  CHECK(p.connect().recovered);
}

TEST_CASE("quiet longer than anything else is retained does not hurt") {
  Site s(R"(,"ping_interval":1000,"ping_timeout":1000)");
  Page p(s);
  p.connect().subscribe("pay.7");
  p.news();
  for (int i = 0; i < 50; ++i) s.publish("pay.other", "e", "0");
  p.cut();
  s.publish("pay.7", "paid", "1");
  p.connect();
  CHECK(p.recovered);
  CHECK(p.news() == Events{R"(["paid","pay.7",1])"});
}

TEST_CASE("twice in a row, and again without an event between") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  p.news();
  for (const char *data : {"1", "2", "3"}) {
    p.cut();
    s.publish("pay.7", "e", data);
    p.connect();
    CHECK(p.recovered);
    CHECK(p.news() == Events{R"(["e","pay.7",)" + std::string(data) + "]"});
    p.cut();
    CHECK(p.connect().recovered);
    CHECK(p.news().empty());
  }
}

TEST_CASE("a page that is back before the server saw it go takes its session over") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  p.news();
  const sbx_id old = p.ws;
  s.publish("pay.7", "e", "1");
  s.received(old);  // sent into the void
  p.connect();
  CHECK(p.recovered);
  CHECK_FALSE(s.http[old].open());
  CHECK(p.news() == Events{R"(["e","pay.7",1])"});
  CHECK(s.log.subscribers("pay.7") == 1);
  CHECK(s.host.metric("signalbox_socketio_closed_total", "replaced") == 1);
  s.log.event({.channel = "pay.7", .name = "e", .data = "2", .except = p.id});
  CHECK(p.news().empty());
}

TEST_CASE("a session moves to another lane, from a live connection or a lost one") {
  EchoServer first("", 0, 2, 1), second("", 1, 2, 2);
  for (EchoServer *s : {&first, &second}) s->log.retain("pay.*", 5);
  Page p(first);
  p.connect().subscribe("pay.7");
  p.news();
  const sbx_id old = p.ws;
  bool lost = false;
  SUBCASE("live") {}
  SUBCASE("lost") { lost = true; }
  if (lost) p.cut();
  for (EchoServer *s : {&first, &second}) s->publish("pay.7", "e", "1");
  p.s = &second;
  p.connect();
  first.host.turn();
  CHECK(p.recovered);
  CHECK(p.news() == Events{R"(["e","pay.7",1])"});
  CHECK_FALSE(first.http[old].open());
  CHECK(first.log.subscribers("pay.7") == 0);
  // The former lane's end of it changes nothing.
  p.cut();
  CHECK(p.connect().recovered);
}

TEST_CASE("what is gone from the log is a gap: a new pid, the rooms kept, the rest replayed") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  p.subscribe("free");  // keeps nothing
  p.news();
  p.cut();
  SUBCASE("trimmed") {
    for (int i = 1; i <= 7; ++i) s.publish("pay.7", "e", std::to_string(i));
    p.connect();
    CHECK_FALSE(p.recovered);
    CHECK(p.news() == Events{R"(["signalbox.gap","pay.7",{}])", R"(["e","pay.7",3])", R"(["e","pay.7",4])",
                             R"(["e","pay.7",5])", R"(["e","pay.7",6])", R"(["e","pay.7",7])"});
  }
  SUBCASE("a channel that keeps nothing") {
    s.publish("free", "e", "1");
    p.connect();
    CHECK_FALSE(p.recovered);
    CHECK(p.news() == Events{R"(["signalbox.gap","free",{}])"});
  }
  SUBCASE("exactly the retained number is none") {
    for (int i = 1; i <= 5; ++i) s.publish("pay.7", "e", std::to_string(i));
    CHECK(p.connect().recovered);
    CHECK(p.news().size() == 5);
    return;
  }
  CHECK(s.host.metric("signalbox_socketio_recoveries_total", "gap") == 1);
  s.publish("pay.7", "e", "8");
  CHECK(p.news() == Events{R"(["e","pay.7",8])"});
  p.cut();
  s.publish("pay.7", "e", "9");
  CHECK(p.connect().recovered);
  CHECK(p.news() == Events{R"(["e","pay.7",9])"});
}

TEST_CASE("an offset that is none is a gap or a greeting, never an error") {
  for (const char *odd :
       {"x", "AAAAAAAAAAAAAAAAAAAAAA", ".1.1", "AAAAAAAAAAAAAAAAAAAAAA.1", "AAAAAAAAAAAAAAAAAAAAAA.9.9",
        "AAAAAAAAAAAAAAAAAAAAAA.1.18446744073709551616", "AAAAAAAAAAAAAAAAAAAAAA.-1.2"}) {
    CAPTURE(odd);
    Site s;
    Page p(s);
    p.connect().subscribe("pay.7");
    s.publish("pay.7", "e", "1");
    p.news();
    p.cut();
    p.offset = odd;
    p.connect();
    CHECK(p.connected);
    CHECK_FALSE(p.recovered);
    p.news();
    s.publish("pay.7", "e", "2");
    CHECK(p.news() == Events{R"(["e","pay.7",2])"});
  }
}

TEST_CASE("a stranger's pid is a new session; the place that was shown counts for what is subscribed at once") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  s.publish("pay.7", "e", "1");
  p.news();
  p.cut();
  p.pid = "unknownunknownunknown";
  s.publish("pay.7", "e", "2");
  p.connect();
  CHECK_FALSE(p.recovered);
  CHECK(p.pid.size() == 24);
  CHECK(s.host.metric("signalbox_socketio_recoveries_total", "unknown") == 1);
  p.subscribe("pay.7");
  CHECK(p.news() == Events{succeeded("pay.7", s.log.cursor_at(1), true), R"(["e","pay.7",2])"});
  s.host.advance(31 * sbx::kSecondNs);
  p.subscribe("pay.8");
  CHECK(p.news() == Events{succeeded("pay.8", s.log.cursor_at(2))});
}

TEST_CASE("a page that was recovered in silence knows its place even when its session is gone then") {
  for (const uint64_t before : {0u, 2u}) {
    Site s;
    s.log.retain("late.*", 9);
    for (uint64_t i = 0; i < before; ++i) s.publish("late.1", "e", "0");
    Page p(s);
    p.connect().subscribe("late.1");
    p.cut();
    p.connect();
    CHECK(p.recovered);
    p.news();
    p.cut();
    s.publish("late.1", "e", "1");
    p.pid = "anotherservershallnotknow";
    p.connect();
    CHECK_FALSE(p.recovered);
    p.subscribe("late.1");
    CHECK(p.news() == Events{succeeded("late.1", s.log.cursor_at(before), true), R"(["e","late.1",1])"});
  }
}

TEST_CASE("a session is kept for a while, so many at a time, and not after a goodbye") {
  Site s(R"(,"resume_for":60000,"resume_sessions_max":2)");
  Page a(s), b(s), c(s);
  for (Page *p : {&a, &b, &c}) p->connect().subscribe("pay.7");
  SUBCASE("too late") {
    a.cut();
    s.host.advance(61 * sbx::kSecondNs);
    CHECK_FALSE(a.connect().recovered);
  }
  SUBCASE("too many") {
    for (Page *p : {&a, &b, &c}) p->cut();
    CHECK_FALSE(a.connect().recovered);
    CHECK(b.connect().recovered);
    CHECK(c.connect().recovered);
  }
  SUBCASE("it said that it leaves") {
    s.http.message(a.ws, "41");
    CHECK_FALSE(a.connect().recovered);
  }
  SUBCASE("a gauge counts them") {
    a.cut();
    CHECK(s.host.metric("signalbox_socketio_sessions_kept") == 1);
    a.connect();
    CHECK(s.host.metric("signalbox_socketio_sessions_kept") == 0);
  }
}

TEST_CASE("who is no longer admitted to a channel does not slip back in") {
  Site s;
  Page p(s);
  p.connect().subscribe("pay.7");
  p.subscribe("pay.8");
  p.news();
  p.cut();
  s.log.refuse("pay.7");
  s.publish("pay.7", "e", "1");
  s.publish("pay.8", "e", "2");
  p.connect();
  CHECK_FALSE(p.recovered);
  CHECK(p.news() == Events{R"(["subscription_error","pay.7",403])", R"(["e","pay.8",2])"});
}

TEST_CASE("what a page offered for a channel is shown again when its line was cut") {
  Site s;
  Page p(s);
  p.connect();
  p.subscribe_with("pay.7", R"({"wait":"w"})");
  p.subscribe_with("pay.8", "null");
  p.news();
  CHECK(s.log.offered == std::vector<std::string>{R"({"wait":"w"})", ""});
  p.cut();
  s.log.offered.clear();
  p.connect();
  CHECK(s.log.offered == std::vector<std::string>{R"({"wait":"w"})", ""});
}

TEST_CASE("a session keeps so much of what its page offers, and the same words once") {
  Site s;
  Page p(s);
  p.connect();
  const auto words = [](char c) { return '"' + std::string(16'000, c) + '"'; };
  for (int i = 0; i < 10; ++i) p.subscribe_with("same." + std::to_string(i), words('s'));
  for (char c : {'a', 'b', 'c'}) p.subscribe_with(std::string("pay.") + c, words(c));
  p.news();
  p.subscribe_with("pay.d", words('d'));
  CHECK(p.news() == Events{R"(["subscription_error","pay.d",429])"});
  p.subscribe_with("pay.e", '"' + std::string(SBX_AUTH_MAX, 'x') + '"');
  CHECK(p.news() == Events{R"(["subscription_error","pay.e",400])"});
}

TEST_CASE("more channels than the host takes at once come back all the same") {
  Site s;
  s.log.channels_max = 3;
  Page p(s);
  p.connect();
  for (int i = 0; i < 8; ++i) p.subscribe("pay." + std::to_string(i));
  p.news();
  p.cut();
  for (int i = 0; i < 8; ++i) s.publish("pay." + std::to_string(i), "e", std::to_string(i));
  p.connect();
  CHECK_FALSE(p.recovered);
  Events got = p.news();
  std::erase_if(got, [](const std::string &e) { return e.find("subscription_succeeded") != std::string::npos; });
  CHECK(got.size() == 8);
  for (int i = 0; i < 8; ++i) CHECK(s.log.subscribers("pay." + std::to_string(i)) == 1);
}

TEST_CASE("without recovery no pid is given and no offset is sent") {
  EchoServer off(R"(,"recovery":false)");
  Server broadcast;
  Page p(off);
  p.connect().subscribe("c");
  CHECK(p.pid.empty());
  off.received(p.ws);
  off.publish("c", "e", R"("text")");
  CHECK(off.received(p.ws) == text({R"(42["e","c","text"])"}));
  const sbx_id ws = broadcast.websocket("EIO=4&transport=websocket");
  broadcast.http.message(ws, "40");
  CHECK(broadcast.received(ws).back().data.find("pid") == std::string::npos);
}

TEST_CASE("pages that come together share replayed frames where their offsets are the same, and only there") {
  EchoServer s;
  s.log.retain("*", 9, FakeLog::Replay::kRetained);
  for (const char *data : {"1", "2"}) s.publish("c", "e", data);
  Page one(s), other(s), later(s);
  for (Page *p : {&one, &other, &later}) p->connect();
  later.subscribe("before");  // its second operation is the one that replays
  s.log.hold(true);
  for (Page *p : {&one, &other, &later}) p->subscribe("c");
  for (Page *p : {&one, &other, &later}) p->news();
  const size_t before = s.fanout.shares;
  s.log.hold(false);
  CHECK(s.fanout.shares - before == 4);
  for (Page *p : {&one, &other, &later}) {
    CHECK(p->news() == Events{R"(["e","c",1])", R"(["e","c",2])"});
    p->cut();
  }
  CHECK(one.offset == other.offset);
  CHECK(one.offset != later.offset);
  s.publish("c", "e", "3");
  for (Page *p : {&one, &other, &later}) {
    p->connect();
    CHECK(p->recovered);
    CHECK(p->news() == Events{R"(["e","c",3])"});
  }
}
