#include <doctest/doctest.h>

#include <sbx/testing/fake_fanout.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>

extern "C" const sbx_module *sbx_module_v1_conformance(uint32_t) noexcept;

namespace {

using Message = sbx::testing::FakeHttp::Message;

// The conformance server on the fake host.  What the suites ask over sockets is asked here in memory.
struct Suite {
  sbx::testing::FakeHost host;
  sbx::testing::FakeHttp &http = host.part<sbx::testing::FakeHttp>();
  sbx::testing::FakeFanout &fanout = host.part<sbx::testing::FakeFanout>();
  sbx::testing::Plugin plugin;

  explicit Suite(const char *eio3 = "")
      : plugin(host, sbx_module_v1_conformance(0)->plugins[0],
               std::string(R"({"listener":"suites","eio3":")") + eio3 + "\"}") {
    plugin.start();
  }
  sbx_id websocket(const char *path, const char *query) {
    sbx::testing::Request r;
    r.path = path;
    r.query = query;
    r.ws = true;
    const sbx_id ws = http.request(r);
    settle();
    return ws;
  }
  // What goes out on a WebSocket is paced.
  void settle() {
    for (int i = 0; i < 4; ++i) host.advance(5 * sbx::kMillisecondNs);
  }
  // Says something and answers what came back.
  std::vector<Message> say(sbx_id ws, std::string_view message, bool binary = false) {
    http[ws].received.clear();
    http.message(ws, message, binary);
    settle();
    return http[ws].received;
  }
  sbx_id socket_io() {
    const sbx_id ws = websocket("/socket.io/", "EIO=4&transport=websocket");
    say(ws, "40");
    return ws;
  }
};

}  // namespace

TEST_CASE("/engine.io echoes text and binary in both revisions") {
  Suite s("1");
  const sbx_id v4 = s.websocket("/engine.io/", "EIO=4&transport=websocket");
  CHECK(s.say(v4, "4hello") == std::vector<Message>{{"4hello", false}});
  CHECK(s.say(v4, "\x01\x02", true) == std::vector<Message>{{"\x01\x02", true}});
  const sbx_id v3 = s.websocket("/engine.io/", "EIO=3&transport=websocket");
  CHECK(s.say(v3, "\x04\x01\x02", true) == std::vector<Message>{{"\x04\x01\x02", true}});
}

TEST_CASE("version 3 is let in only when asked for") {
  Suite s;
  CHECK(s.http[s.websocket("/engine.io/", "transport=websocket")].status == 400);
  CHECK(s.http[s.websocket("/engine.io/", "EIO=3&transport=websocket")].status == 400);
}

TEST_CASE("/socket.io tells a client the auth that it sent") {
  Suite s;
  const sbx_id ws = s.websocket("/socket.io/", "EIO=4&transport=websocket");
  auto got = s.say(ws, R"(40{"token":"123"})");
  REQUIRE(got.size() == 2);
  CHECK(got[1].data == R"(42["auth",{"token":"123"}])");
  got = s.say(ws, "40/custom,");
  REQUIRE(got.size() == 2);
  CHECK(got[0].data.starts_with("40/custom,{\"sid\":\""));
  CHECK(got[1].data == R"(42/custom,["auth",{}])");
  CHECK(s.say(ws, "40/random") == std::vector<Message>{{R"(44/random,{"message":"Invalid namespace"})", false}});
}

TEST_CASE("/socket.io sends back messages and acknowledges, text and binary") {
  Suite s;
  const sbx_id ws = s.socket_io();
  CHECK(s.say(ws, R"(42["message",1,"2",{"3":[true]}])") ==
        std::vector<Message>{{R"(42["message-back",1,"2",{"3":[true]}])", false}});
  CHECK(s.say(ws, R"(42456["message-with-ack",1,"2",{"3":[false]}])") ==
        std::vector<Message>{{R"(43456[1,"2",{"3":[false]}])", false}});
  CHECK(s.say(ws, "42[\"message\"]") == std::vector<Message>{{"42[\"message-back\"]", false}});
  CHECK(
      s.say(ws, R"(452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])").empty());
  CHECK(s.say(ws, "\x01", true).empty());
  CHECK(s.say(ws, "\x02", true) ==
        std::vector<Message>{{R"(462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", false},
                             {"\x01", true},
                             {"\x02", true}});
}

TEST_CASE("leaving one namespace leaves the other") {
  Suite s;
  const sbx_id ws = s.socket_io();
  s.say(ws, "40/custom");
  s.say(ws, "41/custom");
  CHECK(s.say(ws, R"(42["message","x"])") == std::vector<Message>{{R"(42["message-back","x"])", false}});
  s.say(ws, R"(42/custom,["message","x"])");
  CHECK_FALSE(s.http[ws].open());
}

TEST_CASE("a client of version 2 hears auth and may have a namespace with a query") {
  Suite s("true");
  const sbx_id ws = s.websocket("/socket.io/", "EIO=3&transport=websocket");
  REQUIRE(s.http[ws].received.size() == 3);
  CHECK(s.http[ws].received[1].data == "40");
  CHECK(s.http[ws].received[2].data == "42[\"auth\",{}]");
  CHECK(s.say(ws, "40/custom?token=abc,") ==
        std::vector<Message>{{"40/custom,", false}, {R"(42/custom,["auth",{"token":"abc"}])", false}});
}

TEST_CASE("/echo keeps the opcode") {
  Suite s;
  const sbx_id ws = s.websocket("/echo", "");
  CHECK(s.http[ws].message_max == 16u << 20);
  CHECK(s.say(ws, "a") == std::vector<Message>{{"a", false}});
  CHECK(s.say(ws, "", true) == std::vector<Message>{{"", true}});
  sbx::testing::Request r;
  r.path = "/echo";
  CHECK(s.http[s.http.request(r)].status == 426);
}

TEST_CASE("stop ends all of it") {
  Suite s;
  const sbx_id ws = s.socket_io(), engine = s.websocket("/engine.io/", "EIO=4&transport=websocket");
  const sbx_id echo = s.websocket("/echo", "");
  s.plugin.stop();
  CHECK_FALSE(s.http[ws].open());
  CHECK_FALSE(s.http[engine].open());
  CHECK_FALSE(s.http[echo].open());
  CHECK(s.host.stopped);
}
