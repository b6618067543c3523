#include <doctest/doctest.h>

#include "tests/socketio/page.hpp"

TEST_CASE("whoever subscribed gets a channel's events, as channel and data, in every version") {
  EchoServer s(R"(,"recovery":false)");
  Page v4(s), v3(s), other(s);
  v3.query = "EIO=3&transport=websocket";
  for (Page *p : {&v4, &v3, &other}) p->connect();
  const std::string place = s.log.cursor_at(0);
  for (Page *p : {&v4, &v3}) {
    p->subscribe("orders.7");
    CHECK(p->news() == Events{succeeded("orders.7", place)});
  }
  s.publish("orders.7", "App\\Events\\Paid", R"({"id":12345678901234567890,"socket":null})");
  const Events paid = {R"(["App\\Events\\Paid","orders.7",{"id":12345678901234567890,"socket":null}])"};
  CHECK(v4.news() == paid);
  CHECK(v3.news() == paid);
  CHECK(other.news().empty());
  v4.unsubscribe("orders.7");
  s.publish("orders.7", "x", "1");
  CHECK(v4.news().empty());
  CHECK(v3.news() == Events{R"(["x","orders.7",1])"});
}

TEST_CASE("polling clients of both versions are told the same") {
  EchoServer s(R"(,"recovery":false)");
  s.log.retain("*", 5, FakeLog::Replay::kRetained);
  s.publish("c", "early", "1");
  const std::string v4 = s.poll_session();
  s.post(v4, "40");
  s.post(v4, R"(42["subscribe",{"channel":"c"}])");
  s.get(v4);
  CHECK(s.body(s.get(v4)).empty());
  s.publish("c", "late", "2");
  const std::string v3 = s.poll_session("EIO=3&transport=polling");
  const std::string packet = R"(42["subscribe",{"channel":"c"}])";
  s.post(v3, std::to_string(packet.size()) + ":" + packet);
  const std::string body = s.body(s.get(v3));
  CHECK(body.find(R"(42["early","c",1])") != std::string::npos);
  CHECK(body.find(R"(42["late","c",2])") != std::string::npos);
}

TEST_CASE("what was published before the page subscribed is replayed as the channel says") {
  EchoServer s;
  s.log.retain("pay.*", 2, FakeLog::Replay::kRetained);
  s.log.retain("tick", 2, FakeLog::Replay::kLast);
  for (const char *data : {"1", "2", "3"}) {
    s.publish("pay.7", "e", data);
    s.publish("tick", "t", data);
    s.publish("quiet", "q", data);
  }
  Page p(s);
  p.connect();
  p.subscribe("pay.7");
  p.subscribe("tick");
  p.subscribe("quiet");
  s.publish("pay.7", "e", "4");
  CHECK(p.news() == Events{succeeded("pay.7", s.log.cursor_at(3)), R"(["e","pay.7",2])", R"(["e","pay.7",3])",
                           succeeded("tick", s.log.cursor_at(7)), R"(["t","tick",3])",
                           succeeded("quiet", s.log.cursor_at(9)), R"(["e","pay.7",4])"});
}

TEST_CASE("a page that shows a cursor gets what came after it, and a gap where that is gone") {
  EchoServer s;
  s.log.retain("pay.*", 2);
  const std::string before = s.publish("pay.7", "e", "1");
  s.publish("pay.7", "e", "2");
  Page p(s), late(s), garbage(s);
  p.connect().subscribe("pay.7", before);
  CHECK(p.news() == Events{succeeded("pay.7", before, true), R"(["e","pay.7",2])"});
  s.publish("pay.7", "e", "3");
  s.publish("pay.7", "e", "4");
  late.connect().subscribe("pay.7", before);
  const Events gap = {succeeded("pay.7", s.log.cursor_at(2)), R"(["signalbox.gap","pay.7",{}])", R"(["e","pay.7",3])",
                      R"(["e","pay.7",4])"};
  CHECK(late.news() == gap);
  for (const char *odd : {"!", "x", "AAAAAAAAAAAAAAAAAAAAAA", "a\\u0000b"}) {
    Page anew(s);
    anew.connect().subscribe("pay.7", odd);
    CHECK(anew.news() == gap);
  }
}

TEST_CASE("subscribing again replays nothing") {
  EchoServer s;
  s.log.retain("*", 5, FakeLog::Replay::kRetained);
  s.publish("c", "e", "1");
  Page p(s);
  p.connect().subscribe("c");
  p.news();
  p.subscribe("c");
  CHECK(p.news() == Events{succeeded("c", s.log.cursor_at(1))});
  s.publish("c", "e", "2");
  CHECK(p.news() == Events{R"(["e","c",2])"});
}

TEST_CASE("what a client may not have is refused with a status") {
  EchoServer s(R"(,"channels_max":2)");
  s.log.refuse("secret");
  Page p(s);
  p.connect();
  p.subscribe("private-orders.7");
  p.subscribe("presence-room");
  p.subscribe("private-encrypted-x");
  p.subscribe("secret");
  CHECK(p.news() ==
        Events{R"(["subscription_error","private-orders.7",403])", R"(["subscription_error","presence-room",403])",
               R"(["subscription_error","private-encrypted-x",403])", R"(["subscription_error","secret",403])"});
  for (const char *c : {"a", "b", "c"}) p.subscribe(c);
  CHECK(p.news().back() == R"(["subscription_error","c",429])");
  p.unsubscribe("a");
  p.subscribe("c");
  CHECK(p.news() == Events{succeeded("c", s.log.cursor_at(0))});
  CHECK(s.host.metric("signalbox_socketio_subscriptions_refused_total", "not_admitted") == 4);
  CHECK(s.host.metric("signalbox_socketio_subscriptions_refused_total", "too_many") == 1);
}

TEST_CASE("a subscribe that makes no sense is answered and harms nobody") {
  EchoServer s;
  Page p(s);
  p.connect();
  for (const char *args : {R"(["subscribe"])", R"(["subscribe",null])", R"(["subscribe",[]])", R"(["subscribe",{}])",
                           R"(["subscribe",{"channel":7}])", R"(["subscribe",{"channel":""}])",
                           R"(["subscribe","orders"])", R"(["subscribe",{"channel":{"a":1}}])"}) {
    p.emit(args);
    CHECK_MESSAGE(p.news() == Events{R"(["subscription_error","",400])"}, args);
  }
  p.emit(R"(["subscribe",{"channel":")" + std::string(1025, 'x') + "\"}]");
  CHECK(p.news() == Events{R"(["subscription_error","",400])"});
  for (const char *args :
       {R"(["unsubscribe"])", R"(["unsubscribe",{"channel":"never joined"}])", R"([7,"x"])", R"(["whisper",{}])"})
    p.emit(args);
  CHECK(p.news().empty());
  CHECK(s.host.metric("signalbox_socketio_client_events_ignored_total") == 2);
  CHECK(s.http[p.ws].open());
}

TEST_CASE("subscriptions that come while one is at the gate wait for it, and leave with it") {
  EchoServer s;
  Page p(s);
  p.connect();
  s.log.hold(true);
  p.subscribe("a");
  p.subscribe("b");
  p.subscribe("c");
  p.unsubscribe("a");
  p.unsubscribe("b");
  s.log.hold(false);
  s.publish("a", "e", "1");
  s.publish("b", "e", "1");
  s.publish("c", "e", "1");
  CHECK(p.news() == Events{succeeded("a", s.log.cursor_at(0)), succeeded("c", s.log.cursor_at(0)), R"(["e","c",1])"});
  CHECK(s.log.subscribers("a") == 0);
  p.cut();
  CHECK(s.fanout.groups.empty());
}

TEST_CASE("a subscription that is taken back at once leaves nothing behind") {
  EchoServer s;
  Page p(s);
  p.connect();
  s.http[p.ws].full = true;
  const std::string sid = s.poll_session();
  s.post(sid, "40");
  // All in one turn: the host's answer comes after the second thoughts.
  s.post(sid,
         "42[\"subscribe\",{\"channel\":\"a\"}]\x1e"
         "42[\"unsubscribe\",{\"channel\":\"a\"}]\x1e"
         "42[\"subscribe\",{\"channel\":\"b\"}]\x1e"
         "42[\"unsubscribe\",{\"channel\":\"b\"}]\x1e"
         "42[\"subscribe\",{\"channel\":\"b\"}]");
  CHECK(s.log.subscribers("a") == 0);
  CHECK(s.log.subscribers("b") == 1);
}

TEST_CASE("binary data goes out beside the packet, for each version") {
  EchoServer s(R"(,"recovery":false)");
  Page v4(s), v3(s);
  v3.query = "EIO=3&transport=websocket";
  for (Page *p : {&v4, &v3}) p->connect().subscribe("c");
  for (Page *p : {&v4, &v3}) p->news();
  s.log.event({.channel = "c", .name = "e", .data = "\xff\x01", .binary = true});
  const sbx::testing::FakeHttp::Message head{R"(451-["e","c",{"_placeholder":true,"num":0}])", false};
  CHECK(s.received(v4.ws) == Server::Messages{head, {"\xff\x01", true}});
  CHECK(s.received(v3.ws) == Server::Messages{head, {"\x04\xff\x01", true}});
}

TEST_CASE("names that Socket.IO keeps for itself never reach a client, live or replayed") {
  EchoServer s;
  s.log.retain("*", 20, FakeLog::Replay::kRetained);
  Page live(s), late(s);
  live.connect().subscribe("c");
  live.news();
  for (const char *name :
       {"connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener", "error"})
    s.publish("c", name, "1");
  s.publish("c", "e", "not JSON");
  s.publish("c", "e", "1");
  CHECK(live.news() == Events{R"(["e","c",1])"});
  CHECK(s.host.metric("signalbox_socketio_events_unfit_total") == 8);
  late.connect().subscribe("c");
  CHECK(late.news() == Events{succeeded("c", s.log.cursor_at(0)), R"(["e","c",1])"});
}

TEST_CASE("the client that caused an event is spared, live and replayed") {
  EchoServer s;
  s.log.retain("*", 20);
  Page sender(s), other(s);
  sender.connect().subscribe("c");
  other.connect().subscribe("c");
  sender.news();
  other.news();
  s.log.event({.channel = "c", .name = "e", .data = "1", .except = sender.id});
  CHECK(sender.news().empty());
  CHECK(other.news() == Events{R"(["e","c",1])"});
  const std::string id = sender.id;
  sender.cut();
  s.log.event({.channel = "c", .name = "e", .data = "2", .except = id});
  s.publish("c", "e", "3");
  sender.connect();
  CHECK(sender.id == id);
  CHECK(sender.news() == Events{R"(["e","c",3])"});
}

TEST_CASE("events that were lost on the way are told as a gap") {
  EchoServer s;
  Page p(s), v3(s);
  v3.query = "EIO=3&transport=websocket";
  p.connect().subscribe("c");
  v3.connect().subscribe("c");
  p.news();
  v3.news();
  const std::string offset = p.offset;
  s.log.lose("c");
  CHECK(p.news() == Events{R"(["signalbox.gap","c",{}])"});
  CHECK(v3.news() == Events{R"(["signalbox.gap","c",{}])"});
  CHECK(p.offset == offset);
}

TEST_CASE("what a slow client loses is told in its place") {
  EchoServer s(R"(,"outbox":{"bytes":200,"when_full":"drop_oldest"})");
  Page p(s);
  p.connect().subscribe("c");
  p.news();
  s.fanout.stall(p.ws);
  for (int i = 0; i < 9; ++i) s.publish("c", "e", std::to_string(i));
  s.fanout.stall(p.ws, false);
  const Events got = p.news();
  REQUIRE(got.size() >= 2);
  CHECK(got.front() == R"(["signalbox.gap","c",{}])");
  CHECK(got.back() == R"(["e","c",8])");
}

TEST_CASE("only the namespace / is served, and a sink without a log is not") {
  EchoServer s;
  Page p(s);
  p.connect();
  s.http.message(p.ws, "40/admin");
  CHECK(s.received(p.ws).back().data == R"(44/admin,{"message":"Invalid namespace"})");
  sbx::testing::FakeHost old;
  old.part<sbx::testing::FakeFanout>();
  const sbx::testing::Plugin plugin(old, sbx_module_v1_socketio(0)->plugins[0], R"({"listener":"p","mode":"echo"})");
  CHECK_FALSE(plugin.created());
}
