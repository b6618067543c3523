// What clients say to each other: laravel-echo's whispers.
#include <doctest/doctest.h>

#include "plugins/sinks/socketio/client_event.hpp"
#include "tests/socketio/page.hpp"

namespace {

struct Talk : EchoServer {
  Talk() { log.vouch("*"); }
  double count(const char *result) { return host.metric("signalbox_socketio_client_events_total", result); }
};

std::string whisper(std::string_view channel, std::string_view event, std::string_view data) {
  return R"(["client event",{"channel":")" + std::string(channel) + R"(","event":")" + std::string(event) +
         R"(","data":)" + std::string(data) + "}]";
}
std::string failure(int code, std::string_view event = "client-x", std::string_view channel = "private-a") {
  const auto what = [&] {
    for (size_t i = 0; i < socketio::kSpokens; ++i)
      if (socketio::spoken_status(static_cast<socketio::Spoken>(i)) == static_cast<uint32_t>(code))
        return static_cast<socketio::Spoken>(i);
    return socketio::Spoken::kTaken;
  }();
  return R"(["client_event_error",")" + std::string(channel) + R"(",{"event":")" + std::string(event) + R"(","code":)" +
         std::to_string(code) + R"(,"message":")" + socketio::spoken_message(what) + "\"}]";
}

}  // namespace

TEST_CASE("a whisper reaches the others in the channel and not who said it, in every version") {
  for (const char *eio : {"4", "3"}) {
    CAPTURE(eio);
    Talk s;
    Page sender(s), v4(s), v3(s), other(s);
    sender.query = "EIO=" + std::string(eio) + "&transport=websocket";
    v3.query = "EIO=3&transport=websocket";
    for (Page *p : {&sender, &v4, &v3}) p->connect().subscribe("private-a");
    other.connect().subscribe("private-b");
    for (Page *p : {&sender, &v4, &v3, &other}) p->news();
    sender.emit(whisper("private-a", "client-typing", R"({"u":12345678901234567890})"));
    const Events heard = {R"(["client-typing","private-a",{"u":12345678901234567890}])"};
    CHECK(v4.news() == heard);
    CHECK(v3.news() == heard);
    CHECK(sender.news().empty());
    CHECK(other.news().empty());
    CHECK(s.count("taken") == 1);
  }
}

TEST_CASE("who came back by recovery is still the one that is spared") {
  Talk s;
  s.log.retain("*", 9);
  Page sender(s), other(s);
  for (Page *p : {&sender, &other}) p->connect().subscribe("private-a");
  const std::string id = sender.id;
  sender.cut();
  sender.connect();
  CHECK(sender.id == id);
  CHECK(s.visitors.of(sender.ws)->id == id);
  for (Page *p : {&sender, &other}) p->news();
  sender.emit(whisper("private-a", "client-x", "1"));
  CHECK(sender.news().empty());
  CHECK(other.news() == Events{R"(["client-x","private-a",1])"});
}

TEST_CASE("a whisper may come as a JSON string, and without data") {
  Talk s;
  Page sender(s);
  sender.connect().subscribe("private-a");
  sender.emit(R"(["client event","{\"channel\":\"private-a\",\"event\":\"client-x\",\"data\":[1, 2]}"])");
  sender.emit(R"(["client event",{"channel":"private-a","event":"client-x"}])");
  REQUIRE(s.visitors.said.size() == 2);
  CHECK(s.visitors.said[0].data == "[1, 2]");
  CHECK(s.visitors.said[1].data == "null");
  CHECK(s.visitors.said[1].channel == "private-a");
  CHECK(s.visitors.said[1].event == "client-x");
}

TEST_CASE("what may not be said is answered with a code, and counted") {
  Talk s;
  Page p(s);
  p.connect().subscribe("private-a");
  p.subscribe("open");
  p.news();
  p.emit(whisper("private-b", "client-x", "1"));
  CHECK(p.news() == Events{failure(403, "client-x", "private-b")});
  p.emit(whisper("open", "client-x", "1"));
  CHECK(p.news() == Events{failure(403, "client-x", "open")});
  p.emit(whisper("private-a", "paid", "1"));
  CHECK(p.news() == Events{failure(403, "paid")});
  p.emit(whisper("private-a", "client-x", '"' + std::string(SBX_SAYING_MAX, 'x') + '"'));
  CHECK(p.news() == Events{failure(413)});
  s.visitors.say_answer = SBX_FULL;
  p.emit(whisper("private-a", "client-x", "1"));
  CHECK(p.news() == Events{failure(429)});
  s.visitors.say_answer = SBX_ESTALE;
  p.emit(whisper("private-a", "client-x", "1"));
  CHECK(p.news() == Events{failure(503)});
  CHECK(s.count("forbidden") == 3);
  CHECK(s.count("too_big") == 1);
  CHECK(s.count("too_fast") == 1);
  CHECK(s.count("unavailable") == 1);
  CHECK(s.count("taken") == 0);
}

TEST_CASE("a client event that is none is malformed, and asks nobody") {
  Talk s;
  Page p(s);
  p.connect().subscribe("private-a");
  p.news();
  for (const char *args :
       {R"(["client event"])", R"(["client event",null])", R"(["client event",[]])", R"(["client event","x"])",
        R"(["client event",{}])", R"(["client event","{"])", R"(["client event","{} "])"}) {
    p.emit(args);
    CHECK_MESSAGE(p.news() == Events{failure(400, "", "")}, args);
  }
  p.emit(R"(["client event",{"channel":"private-a","event":7}])");
  CHECK(p.news() == Events{failure(400, "")});
  p.emit(whisper("private-a", std::string(1025, 'e'), "1"));
  CHECK(p.news() == Events{failure(400, "")});
  s.http.message(
      p.ws, R"(451-["client event",{"channel":"private-a","event":"client-x","data":{"_placeholder":true,"num":0}}])");
  s.http.message(p.ws, "\x01", true);
  CHECK(p.news() == Events{failure(400, "", "")});
  CHECK(s.visitors.said.empty());
  CHECK(s.count("malformed") == 10);
}

TEST_CASE("a sender that wants an acknowledgement gets one") {
  Talk s;
  Page p(s);
  p.connect().subscribe("private-a");
  s.received(p.ws);
  s.http.message(p.ws, "427" + whisper("private-a", "client-x", "1"));
  CHECK(s.received(p.ws) == text({R"(437[{"ok":true}])"}));
  s.visitors.say_answer = SBX_EREFUSED;
  s.http.message(p.ws, "428" + whisper("private-a", "client-x", "1"));
  const std::string error = "42" + failure(403);
  const std::string ack = R"(438[{"ok":false,"code":403,"message":"you may not say this in this channel"}])";
  CHECK(s.received(p.ws) == text({ack.c_str(), error.c_str()}));
}

TEST_CASE("on a host that has no visitors nobody may say anything") {
  Talk s;
  sbx::testing::FakeHost host;
  auto &http = host.part<sbx::testing::FakeHttp>();
  host.part<FakeLog>();
  sbx::testing::Plugin plugin(host, sbx_module_v1_socketio(0)->plugins[0], R"({"listener":"p","mode":"echo"})");
  plugin.start();
  const sbx_id ws = http.request({.path = "/socket.io/", .query = "EIO=3&transport=websocket", .ws = true});
  http.message(ws, "42" + whisper("private-a", "client-x", "1"));
  CHECK(http[ws].received.back().data == "42" + failure(403));
}
