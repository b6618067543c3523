#include <doctest/doctest.h>

#include <sbx/testing/fake_fanout.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>

#include "plugins/sinks/socketio/client.hpp"
#include "plugins/sinks/socketio/hub.hpp"

using namespace socketio;
using Message = sbx::testing::FakeHttp::Message;

namespace {

// An application with rooms, as echo mode will be one: "join" enters a room, "leave" leaves it, "whoami" is answered.
struct Rooms final : App {
  std::string closed_to;  // a namespace that is refused
  std::vector<std::string> left;
  std::optional<std::string> on_connect(Socket &socket, std::string_view) override {
    if (socket.nsp() == closed_to) return "not today, \"friend\"";
    return std::nullopt;
  }
  void on_event(Socket &socket, const Packet &packet, const Attachments &) override {
    if (packet.args.empty()) return;
    const std::string_view room = packet.args[0].substr(1, packet.args[0].size() - 2);
    if (packet.name == "\"join\"") socket.join(room);
    if (packet.name == "\"leave\"") socket.leave(room);
    if (packet.name == "\"whoami\"") socket.ack(*packet.ack, "[\"" + socket.id() + "\"]");
  }
  void on_disconnect(Socket &socket) override { left.push_back(socket.nsp()); }
};

struct Site {
  sbx::testing::FakeHost host;
  sbx::testing::FakeHttp &http = host.part<sbx::testing::FakeHttp>();
  sbx::testing::FakeFanout &fanout = host.part<sbx::testing::FakeFanout>();
  Rooms rooms;
  Counters counters{sbx::Host(host.get())};
  Hub hub{rooms, sbx::kSecondNs};
  Engine engine{Services(sbx::Host(host.get())), EngineOptions{}, counters,
                [this](Session &session) { return hub.make_client(session); }};
  Site() {
    hub.attach(engine);
    REQUIRE(engine.mount() == SBX_OK);
  }
  sbx_id client(const char *eio) {
    sbx::testing::Request r;
    r.path = "/socket.io/";
    r.query = std::string("transport=websocket&EIO=") + eio;
    r.ws = true;
    const sbx_id ws = http.request(r);
    if (*eio == '4') http.message(ws, "40");
    got(ws);
    return ws;
  }
  std::vector<Message> got(sbx_id ws) { return std::exchange(http[ws].received, {}); }
  size_t publish(std::string_view room, std::string_view args, std::string_view except = {}) {
    const size_t n = hub.publish("/", room, args, {}, except);
    host.turn();
    return n;
  }
};

}  // namespace

TEST_CASE("a room is heard by who joined it, whatever the version") {
  Site s;
  const sbx_id in4 = s.client("4"), in3 = s.client("3"), out = s.client("4");
  for (const sbx_id ws : {in4, in3}) s.http.message(ws, R"(42["join","pay.7"])");
  CHECK(s.publish("pay.7", R"(["paid",1])") == 2);
  CHECK(s.got(in4) == std::vector<Message>{{R"(42["paid",1])", false}});
  CHECK(s.got(in3) == std::vector<Message>{{R"(42["paid",1])", false}});
  CHECK(s.got(out).empty());
  s.http.message(in4, R"(42["leave","pay.7"])");
  CHECK(s.publish("pay.7", R"(["paid",2])") == 1);
  s.http.message(in3, "1");
  CHECK(s.publish("pay.7", R"(["paid",3])") == 0);
}

TEST_CASE("a room goes along when the session changes its transport") {
  Site s;
  sbx::testing::Request r;
  r.path = "/socket.io/";
  r.query = "transport=polling&EIO=4";
  const std::string open = s.http[s.http.request(r)].body;
  const std::string sid = open.substr(9, open.find('"', 9) - 9);
  r.query += "&sid=" + sid;
  r.method = "POST";
  r.body =
      "40\x1e"
      R"(42["join","a"])";
  s.http.request(r);
  r.method = "GET";
  r.body.reset();
  s.http.request(r);
  CHECK(s.publish("a", R"(["x",1])") == 1);
  r.query = "transport=websocket&EIO=4&sid=" + sid;
  r.ws = true;
  const sbx_id ws = s.http.request(r);
  s.http.message(ws, "5");
  CHECK(s.publish("a", R"(["x",2])") == 1);
  CHECK(s.got(ws) == std::vector<Message>{{R"(42["x",1])", false}, {R"(42["x",2])", false}});
}

TEST_CASE("one client is found by the id that it knows, answered, and spared") {
  Site s;
  const sbx_id ws = s.client("4");
  s.http.message(ws, R"(421["whoami",""])");
  const std::string answer = s.got(ws).at(0).data;
  const std::string id = answer.substr(5, 20);
  CHECK(answer == "431[\"" + id + "\"]");
  REQUIRE(s.hub.find(id));
  s.hub.find(id)->emit(R"(["only you"])");
  s.host.turn();
  CHECK(s.got(ws) == std::vector<Message>{{R"(42["only you"])", false}});
  CHECK(s.publish(kEverybody, R"(["all"])", id) == 0);
  s.http.drop(ws);
  CHECK_FALSE(s.hub.find(id));
}

TEST_CASE("rooms of different namespaces never meet") {
  CHECK(room_group(4, "/a", "b:c") != room_group(4, "/a:b", "c"));
  CHECK(room_group(4, "/a", "b") != room_group(3, "/a", "b"));
  Site s;
  const sbx_id ws = s.client("4");
  s.http.message(ws, "40/a,");
  s.http.message(ws, R"(42/a,["join","x"])");
  s.got(ws);
  CHECK(s.publish("x", R"(["e"])") == 0);
  CHECK(s.hub.publish("/a", "x", R"(["e"])", {}, {}) == 1);
  s.host.turn();
  CHECK(s.got(ws) == std::vector<Message>{{R"(42/a,["e"])", false}});
}

TEST_CASE("binary data to a room is encoded for each version") {
  Site s;
  const sbx_id v4 = s.client("4"), v3 = s.client("3");
  s.hub.publish("/", kEverybody, R"(["b",{"_placeholder":true,"num":0}])", {"\x01"}, {});
  s.host.turn();
  const Message head{R"(451-["b",{"_placeholder":true,"num":0}])", false};
  CHECK(s.got(v4) == std::vector<Message>{head, {"\x01", true}});
  CHECK(s.got(v3) == std::vector<Message>{head, {"\x04\x01", true}});
}

TEST_CASE("a client holds so many namespaces and no more") {
  Site s;
  const sbx_id ws = s.client("4");
  for (size_t i = 1; i < Client::kNamespacesMax; ++i) s.http.message(ws, "40/n" + std::to_string(i));
  CHECK(s.http[ws].open());
  s.http.message(ws, "40/one-more");
  CHECK_FALSE(s.http[ws].open());
  CHECK(s.rooms.left.size() == Client::kNamespacesMax);
  CHECK(s.fanout.groups.empty());
}

TEST_CASE("a refusal says why, in each version's way") {
  Site s;
  s.rooms.closed_to = "/";
  const sbx_id v4 = s.client("4");
  s.http.message(v4, "40");
  CHECK(s.got(v4) == std::vector<Message>{{R"(44{"message":"not today, \"friend\""})", false}});
  sbx::testing::Request r;
  r.path = "/socket.io/";
  r.query = "transport=websocket&EIO=3";
  r.ws = true;
  const sbx_id v3 = s.http.request(r);
  CHECK(s.got(v3).at(1) == Message{R"(44"not today, \"friend\"")", false});
}
