// Who listens, with what leave, and what they say: the fakes of sbx.log/1 and sbx.visitors/1 together.
#include <doctest/doctest.h>

#include <sbx/testing/fake_visitors.hpp>
#include <string>
#include <string_view>
#include <vector>

using sbx::testing::FakeFanout;
using sbx::testing::FakeHost;
using sbx::testing::FakeHttp;
using sbx::testing::FakeLog;
using sbx::testing::FakeVisitors;
using sbx::testing::Plugin;

namespace {

using Words = std::vector<std::string>;

// A sink that accepts every WebSocket, tells events as they are, and writes down what the log says to it.
struct Desk {
  Desk(sbx::Host h, std::string_view)
      : host(h), http(h.service<sbx_http>()), fanout(h.service<sbx_fanout>()), log(h.service<sbx_log>()) {
    latest = this;
  }
  static Desk &of(void *self) { return *static_cast<Desk *>(self); }
  static std::string text(sbx_str s) { return std::string(sbx::view(s)); }
  static std::string told(const sbx_event &e) {
    return ((e.flags & SBX_EVENT_PRESENCE) != 0    ? "presence "
            : (e.flags & SBX_EVENT_TRANSIENT) != 0 ? "said "
                                                   : "") +
           text(e.name) + ' ' + text(e.data);
  }

  sbx_status start() {
    sbx_log_events on{};
    on.size = sizeof on;
    on.on_subscribed = [](void *self, sbx_id, const sbx_subscribed *s) noexcept {
      of(self).heard.push_back(text(s->channel) + '=' + std::to_string(s->status) + ' ' + std::to_string(s->code) +
                               text(s->members));
    };
    on.on_replay = [](void *self, sbx_id, const sbx_event *e) noexcept {
      of(self).heard.push_back("replay " + told(*e));
    };
    on.on_ended = [](void *self, sbx_id, sbx_str channel, uint32_t code) noexcept {
      of(self).heard.push_back(text(channel) + " ended " + std::to_string(code));
    };
    CHECK(log->open(host.get(), &on, this) == SBX_OK);
    sbx_http_events h{};
    h.size = sizeof h;
    h.on_request = [](void *self, sbx_id id, const sbx_request *) noexcept {
      sbx_ws_accept a{};
      a.size = sizeof a;
      of(self).http->accept_ws(of(self).host.get(), id, &a);
    };
    const sbx_mount m{sizeof m, 0, sbx::raw("public"), sbx::raw("/ws"), 0, 0};
    return http->mount(host.get(), &m, &h, this);
  }
  sbx_status on_event(const sbx_event &e) {
    const std::string line = told(e);
    const sbx_str part = sbx::raw(line);
    const sbx_frame f{sizeof f, 0, &part, nullptr, 1, {}, {}};
    log->publish(host.get(), &e, sbx::raw("k"), &f, 0);
    return SBX_OK;
  }

  static inline Desk *latest = nullptr;
  sbx::Host host;
  const sbx_http *http;
  const sbx_fanout *fanout;
  const sbx_log *log;
  Words heard;
};

constexpr sbx_plugin kDesk = sbx::table<Desk>(SBX_SINK, "desk", "1.0.0", "Listens.", "{}");

struct Hall {
  FakeHost host;
  FakeHttp &http = host.part<FakeHttp>();
  FakeFanout &fanout = host.part<FakeFanout>();
  FakeLog &log = host.part<FakeLog>();
  FakeVisitors &visitors = host.part<FakeVisitors>();
  Plugin plugin{host, &kDesk};
  Desk &desk = *Desk::latest;
  const sbx_visitors *service = static_cast<const sbx_visitors *>(host.get()->service(host.get(), SBX_VISITORS));
  sbx_id ws = 0;

  Hall() {
    plugin.start();
    ws = connect();
  }
  sbx_id connect() { return http.request({.path = "/ws", .ws = true}); }
  Words subscribe(sbx_id conn, std::string_view channel) {
    const sbx_want want{sbx::raw(channel), {}, {}};
    const sbx_subscribe s{sizeof s, 0, 1, sbx::raw("k"), &want, 1};
    CHECK(desk.log->subscribe(host.get(), conn, &s) == SBX_OK);
    host.turn();
    return std::exchange(desk.heard, {});
  }
  Words received(sbx_id conn) {
    Words out;
    for (const auto &m : std::exchange(http[conn].received, {})) out.push_back(m.data);
    return out;
  }
  sbx_status enter(sbx_id conn, std::string_view id, std::string_view token = {},
                   const std::vector<sbx_attr> &headers = {}) {
    sbx_visitor v{};
    v.size = sizeof v;
    v.id = sbx::raw(id);
    v.token = sbx::raw(token);
    v.headers = headers.data();
    v.header_count = headers.size();
    return service->enter(host.get(), conn, &v);
  }
  sbx_status say(std::string_view channel, std::string_view event, std::string_view data) {
    return service->say(host.get(), ws, sbx::raw(channel), sbx::raw(event), sbx::raw(data));
  }
};

}  // namespace

TEST_CASE("a restricted channel wants somebody who vouches, and a refusal has its code") {
  Hall s;
  CHECK(s.subscribe(s.ws, "private-a") == Words{"private-a=-7 403"});
  s.log.vouch("private-*");
  CHECK(s.subscribe(s.ws, "private-a") == Words{"private-a=0 0"});
  s.log.refuse_with("private-b", 401);
  CHECK(s.subscribe(s.ws, "private-b") == Words{"private-b=-7 401"});
  s.log.admit("private-b");
  CHECK(s.subscribe(s.ws, "private-b") == Words{"private-b=0 0"});
}

TEST_CASE("a repeated subscription is judged anew, and a refusal leaves the one that there is") {
  Hall s;
  s.subscribe(s.ws, "a");
  s.log.refuse_with("a", 401);
  CHECK(s.subscribe(s.ws, "a") == Words{"a=-7 401"});
  CHECK(s.log.live(s.ws, "a"));
}

TEST_CASE("members are told with the answer, their changes live and through the gate, their own to nobody") {
  Hall s;
  s.log.vouch("presence-*");
  s.log.here["presence-r"] = "[1]";
  CHECK(s.subscribe(s.ws, "presence-r") == Words{"presence-r=0 0[1]"});
  s.log.presence("presence-r", "joining", "2");
  s.log.presence("presence-r", "leaving", "3", {s.ws});
  CHECK(s.received(s.ws) == Words{"presence joining 2"});
  s.log.hold(true);
  const sbx_id other = s.connect();
  s.subscribe(other, "presence-r");
  s.log.presence("presence-r", "leaving", "4", {s.ws});
  s.log.presence("presence-r", "joining", "5", {other});
  s.log.presence("presence-r", "here", "[1]");
  CHECK(s.received(s.ws) == Words{"presence joining 5", "presence here [1]"});
  s.log.hold(false);
  CHECK(s.desk.heard == Words{"replay presence leaving 4", "replay presence here [1]"});
}

TEST_CASE("what is transient is kept by no channel and leaves no gap") {
  Hall s;
  s.log.retain("a", 9, FakeLog::Replay::kRetained);
  s.log.event({.channel = "a", .name = "e", .data = "1", .transient = true});
  CHECK(s.subscribe(s.ws, "a") == Words{"a=0 0"});
  s.log.event({.channel = "a", .name = "e", .data = "2", .transient = true});
  CHECK(s.received(s.ws) == Words{"said e 2"});
}

TEST_CASE("a subscription that is ended hears no more, and one that is thought about not yet") {
  Hall s;
  s.subscribe(s.ws, "a");
  CHECK(s.log.end(s.ws, "a"));
  CHECK(std::exchange(s.desk.heard, {}) == Words{"a ended 401"});
  CHECK_FALSE(s.log.end(s.ws, "a"));
  CHECK_FALSE(s.log.live(s.ws, "a"));
  s.subscribe(s.ws, "b");
  s.log.think(true);
  CHECK(s.subscribe(s.ws, "a").empty());
  s.log.event({.channel = "a", .name = "e", .data = "1"});
  s.log.event({.channel = "b", .name = "e", .data = "2"});
  CHECK(s.received(s.ws) == Words{"e 2"});
  s.log.think(false);
  CHECK(s.desk.heard == Words{"a=0 0"});
}

TEST_CASE("an address that is shut out knocks in vain") {
  Hall s;
  s.visitors.shut.insert("192.0.2.9");
  CHECK(s.service->knock(s.host.get(), sbx::raw("192.0.2.1")) == SBX_OK);
  CHECK(s.service->knock(s.host.get(), sbx::raw("192.0.2.9")) == SBX_EREFUSED);
  CHECK(s.visitors.knocks == Words{"192.0.2.1", "192.0.2.9"});
}

TEST_CASE("what is known of a visitor grows, is trimmed to what matters, moves with a transfer and ends with it") {
  Hall s;
  const std::vector<sbx_attr> headers = {{sbx::raw("cookie"), sbx::raw("a=b")}, {sbx::raw("x-other"), sbx::raw("1")}};
  CHECK(s.enter(999, "x") == SBX_ESTALE);
  sbx_member_events on{};
  on.size = sizeof on;
  const sbx_id polling = s.desk.fanout->member(s.host.get(), &on, nullptr);
  CHECK(s.enter(polling, "", "tok", headers) == SBX_OK);
  CHECK(s.enter(polling, "id") == SBX_OK);
  CHECK(s.visitors.entered.at(0).visitor.header("x-other") == "1");
  CHECK(s.desk.fanout->transfer(s.host.get(), polling, s.ws) == SBX_OK);
  CHECK_FALSE(s.visitors.of(polling));
  REQUIRE(s.visitors.of(s.ws));
  CHECK(s.visitors.of(s.ws)->id == "id");
  CHECK(s.visitors.of(s.ws)->token == "tok");
  CHECK(s.visitors.of(s.ws)->header("cookie") == "a=b");
  CHECK(s.visitors.of(s.ws)->header("x-other").empty());
  CHECK(s.enter(s.ws, "", std::string(SBX_VISITOR_MAX, 't')) == SBX_ETOOBIG);
  CHECK(s.visitors.of(s.ws)->token.empty());
  CHECK(s.visitors.of(s.ws)->id == "id");
  s.http.drop(s.ws);
  CHECK_FALSE(s.visitors.of(s.ws));
}

TEST_CASE("what may be said reaches the others in the channel, and each refusal is another") {
  Hall s;
  s.log.vouch("private-*");
  s.enter(s.ws, "me");
  s.subscribe(s.ws, "private-a");
  s.subscribe(s.ws, "a");
  const sbx_id other = s.connect();
  s.subscribe(other, "private-a");
  CHECK(s.say("private-a", "client-x", "1") == SBX_OK);
  CHECK(s.received(other).empty());  // R3
  s.host.turn();
  CHECK(s.received(other) == Words{"said client-x 1"});
  CHECK(s.say("private-b", "client-x", "1") == SBX_ENOENT);
  CHECK(s.say("a", "client-x", "1") == SBX_EREFUSED);
  CHECK(s.say("private-a", "x", "1") == SBX_EREFUSED);
  CHECK(s.say("private-a", "client-x", "{") == SBX_EINVAL);
  CHECK(s.say("private-a", "client-x", '"' + std::string(SBX_SAYING_MAX, 'x') + '"') == SBX_ETOOBIG);
  s.visitors.say_answer = SBX_FULL;
  CHECK(s.say("private-a", "client-x", "1") == SBX_FULL);
  CHECK(s.visitors.said.size() == 7);
}
