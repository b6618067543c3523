// The log that sinks are tested on is tested itself, through a sink that writes down what it hears.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sbx/testing/fake_log.hpp>
#include <string>
#include <string_view>
#include <vector>

using sbx::testing::FakeFanout;
using sbx::testing::FakeHost;
using sbx::testing::FakeHttp;
using sbx::testing::FakeLog;
using sbx::testing::Plugin;

namespace {

using Words = std::vector<std::string>;

// Accepts every WebSocket; its messages are what it is to do: "+channel" subscribes, "-channel" unsubscribes.
struct Ear {
  Ear(sbx::Host h, std::string_view)
      : host(h), http(h.service<sbx_http>()), fanout(h.service<sbx_fanout>()), log(h.service<sbx_log>()) {
    latest = this;
  }
  ~Ear() { latest = nullptr; }
  static Ear &of(void *self) { return *static_cast<Ear *>(self); }

  sbx_status start() {
    sbx_log_events on{sizeof on,
                      0,
                      [](void *self, sbx_id, const sbx_subscribed *s) noexcept {
                        of(self).heard.push_back(std::string(sbx::view(s->channel)) + "=" + std::to_string(s->status) +
                                                 (s->recovered ? "r" : ""));
                        of(self).place = sbx::view(s->cursor);
                      },
                      [](void *self, sbx_id, const sbx_event *e) noexcept {
                        of(self).heard.push_back((e->flags & SBX_EVENT_GAP) != 0
                                                     ? "gap " + std::string(sbx::view(e->channel))
                                                     : "replay " + std::string(sbx::view(e->data)));
                      },
                      [](void *self, sbx_id, uint64_t r, sbx_str cursor) noexcept {
                        of(self).heard.push_back("live " + std::to_string(r));
                        of(self).place = sbx::view(cursor);
                      },
                      nullptr};
    CHECK(log->open(host.get(), &on, this) == SBX_OK);
    CHECK(log->open(host.get(), &on, this) == SBX_ESTATE);
    sbx_http_events h{};
    h.size = sizeof h;
    h.on_request = [](void *self, sbx_id id, const sbx_request *) noexcept {
      sbx_ws_accept a{};
      a.size = sizeof a;
      CHECK(of(self).subscribe(id, {{"early", ""}}) == SBX_ESTATE);
      of(self).http->accept_ws(of(self).host.get(), id, &a);
    };
    const sbx_mount m{sizeof m, 0, sbx::raw("public"), sbx::raw("/ws"), 0, 0};
    return http->mount(host.get(), &m, &h, this);
  }
  sbx_status subscribe(sbx_id conn, const std::vector<std::pair<std::string, std::string>> &asked) {
    std::vector<sbx_want> wants;
    wants.reserve(asked.size());
    for (const auto &[channel, since] : asked) wants.push_back({sbx::raw(channel), sbx::raw(since), {}});
    const sbx_subscribe s{sizeof s, 0, ++ref, sbx::raw("k"), wants.data(), wants.size()};
    return log->subscribe(host.get(), conn, &s);
  }
  sbx_status on_event(const sbx_event &e) {
    const std::string text = (e.flags & SBX_EVENT_GAP) != 0 ? "gap" : "live " + std::string(sbx::view(e.data));
    const sbx_str part = sbx::raw(text);
    const sbx_frame f{sizeof f, 0, &part, nullptr, 1, {}, {}};
    reached = log->publish(host.get(), &e, sbx::raw("k"), &f, 0);
    return SBX_OK;
  }

  static inline Ear *latest = nullptr;
  sbx::Host host;
  const sbx_http *http;
  const sbx_fanout *fanout;
  const sbx_log *log;
  uint64_t ref = 0;
  size_t reached = 0;
  Words heard;
  std::string place;
};

constexpr sbx_plugin kEar = sbx::table<Ear>(SBX_SINK, "ear", "1.0.0", "Listens.", "{}");

struct Stage {
  FakeHost host;
  FakeHttp &http = host.part<FakeHttp>();
  FakeFanout &fanout = host.part<FakeFanout>();
  FakeLog &log = host.part<FakeLog>();
  Plugin plugin{host, &kEar};
  Ear &ear = *Ear::latest;
  sbx_id ws = 0;

  Stage() {
    plugin.start();
    ws = connect();
  }
  sbx_id connect() { return http.request({.path = "/ws", .ws = true}); }
  Words subscribe(sbx_id conn, const std::vector<std::pair<std::string, std::string>> &asked) {
    CHECK(ear.subscribe(conn, asked) == SBX_OK);
    CHECK(ear.heard.empty());  // R3: nothing before the turn
    host.turn();
    return std::exchange(ear.heard, {});
  }
  std::string say(std::string_view channel, std::string_view data) {
    return log.event({.channel = std::string(channel), .data = std::string(data)});
  }
  Words received(sbx_id conn) {
    Words out;
    for (const auto &m : std::exchange(http[conn].received, {})) out.push_back(m.data);
    return out;
  }
};

}  // namespace

TEST_CASE("a live subscriber gets the events of its channel, until it leaves") {
  Stage s;
  CHECK(s.subscribe(s.ws, {{"a", ""}}) == Words{"a=0", "live 2"});
  s.say("a", "1");
  s.say("b", "2");
  CHECK(s.received(s.ws) == Words{"live 1"});
  CHECK(s.log.subscribers("a") == 1);
  CHECK(s.ear.log->unsubscribe(s.host.get(), s.ws, sbx::raw("a")) == SBX_OK);
  CHECK(s.ear.log->unsubscribe(s.host.get(), s.ws, sbx::raw("a")) == SBX_ENOENT);
  s.say("a", "3");
  CHECK(s.ear.reached == 0);
}

TEST_CASE("what is replayed follows the channel's rule, and a cursor") {
  Stage s;
  s.log.retain("all.*", 2, FakeLog::Replay::kRetained);
  s.log.retain("last", 2, FakeLog::Replay::kLast);
  s.log.retain("none", 2);
  std::vector<std::string> cursors;
  for (const char *channel : {"all.1", "last", "none"})
    for (const char *data : {"1", "2", "3"}) cursors.push_back(s.say(channel, data));
  CHECK(s.subscribe(s.ws, {{"all.1", ""}}) == Words{"all.1=0", "replay 2", "replay 3", "live 2"});
  CHECK(s.subscribe(s.ws, {{"last", ""}}) == Words{"last=0", "replay 3", "live 3"});
  CHECK(s.subscribe(s.ws, {{"none", ""}}) == Words{"none=0", "live 4"});
  CHECK(s.subscribe(s.ws, {{"none", cursors[6]}}) == Words{"none=0", "live 5"});  // is in it already
  const sbx_id other = s.connect();
  CHECK(s.subscribe(other, {{"none", cursors[6]}}) == Words{"none=0r", "replay 2", "replay 3", "live 7"});
}

TEST_CASE("a cursor that reaches back too far, or is none, is a gap and then what is left") {
  Stage s;
  s.log.retain("a", 2);
  const std::string first = s.say("a", "1");
  s.say("a", "2");
  s.say("a", "3");
  CHECK(s.subscribe(s.ws, {{"a", first}}) == Words{"a=0r", "replay 2", "replay 3", "live 2"});
  CHECK(s.subscribe(s.connect(), {{"a", s.log.cursor_at(0)}}) ==
        Words{"a=0", "gap a", "replay 2", "replay 3", "live 4"});
  for (const std::string &bad : {std::string("garbage"), FakeLog::cursor_text(1, 2), s.log.cursor_at(99)})
    CHECK(s.subscribe(s.connect(), {{"a", bad}}).at(1) == "gap a");
}

TEST_CASE("a channel that keeps nothing tells a gap only when something was missed") {
  Stage s;
  s.say("b", "1");
  const std::string before = s.log.cursor_at(1);
  CHECK(s.subscribe(s.ws, {{"a", before}}) == Words{"a=0r", "live 2"});
  s.say("a", "2");
  CHECK(s.subscribe(s.connect(), {{"a", before}}) == Words{"a=0", "gap a", "live 4"});
}

TEST_CASE("channels of one subscribe are replayed in the log's order, from a cursor that is safe for all of them") {
  Stage s;
  s.log.retain("*", 9);
  const std::string start = s.say("a", "1");
  const std::string later = s.say("b", "2");
  s.say("a", "3");
  s.say("b", "4");
  CHECK(s.subscribe(s.ws, {{"b", later}, {"a", start}}) == Words{"b=0r", "a=0r", "replay 3", "replay 4", "live 2"});
  CHECK(s.ear.place == s.log.cursor_at(4));
  s.log.hold(true);
  s.subscribe(s.connect(), {{"b", later}, {"a", start}});
  CHECK(s.ear.place == start);
}

TEST_CASE("what happens while a subscriber waits at the gate is handed over behind its replay") {
  Stage s;
  s.log.retain("a", 9, FakeLog::Replay::kRetained);
  s.say("a", "1");
  s.log.hold(true);
  CHECK(s.subscribe(s.ws, {{"a", ""}}) == Words{"a=0"});
  s.say("a", "2");
  CHECK(s.ear.reached == 0);
  s.log.hand(1);
  CHECK(std::exchange(s.ear.heard, {}) == Words{"replay 1"});
  s.log.hold(false);
  CHECK(s.ear.heard == Words{"replay 2", "live 2"});
  s.say("a", "3");
  CHECK(s.received(s.ws) == Words{"live 3"});
}

TEST_CASE("who goes away at the gate, or leaves the channel there, hears no more") {
  Stage s;
  s.log.retain("a", 9, FakeLog::Replay::kRetained);
  s.say("a", "1");
  s.log.hold(true);
  const sbx_id other = s.connect();
  s.subscribe(s.ws, {{"a", ""}});
  s.subscribe(other, {{"a", ""}});
  CHECK(s.log.at_gate() == 2);
  s.http.drop(s.ws);
  CHECK(s.log.at_gate() == 1);
  CHECK(s.ear.log->unsubscribe(s.host.get(), other, sbx::raw("a")) == SBX_OK);
  s.log.hold(false);
  CHECK(s.ear.heard == Words{"live 4"});
  CHECK(s.log.subscribers("a") == 0);
}

TEST_CASE("a refused channel says so, a bad name as well, and the others go on") {
  Stage s;
  s.log.refuse("secret");
  CHECK(s.subscribe(s.ws, {{"secret", ""}, {"", ""}, {"a", ""}}) == Words{"secret=-7", "=-1", "a=0", "live 2"});
  CHECK(s.log.subscribers("secret") == 0);
}

TEST_CASE("a pipeline reaches only those that it admitted") {
  Stage s;
  s.log.pipelines = 2;
  s.log.refuse("a", 1);
  CHECK(s.subscribe(s.ws, {{"a", ""}}) == Words{"a=0", "live 2"});
  s.log.event({.channel = "a", .data = "0", .scope = 0});
  s.log.event({.channel = "a", .data = "1", .scope = 1});
  CHECK(s.received(s.ws) == Words{"live 0"});
}

TEST_CASE("subscriptions and the gate move with a transfer") {
  Stage s;
  s.subscribe(s.ws, {{"a", ""}});
  s.log.hold(true);
  sbx_member_events on{};
  on.size = sizeof on;
  const sbx_id polling = s.ear.fanout->member(s.host.get(), &on, nullptr);
  const sbx_id ws = s.connect();
  s.subscribe(polling, {{"b", ""}});
  s.log.hold(false);
  s.ear.heard.clear();
  s.log.hold(true);
  s.subscribe(polling, {{"c", ""}});
  CHECK(s.ear.fanout->transfer(s.host.get(), polling, ws) == SBX_OK);
  s.log.hold(false);
  s.say("b", "1");
  s.say("c", "2");
  CHECK(s.received(ws) == Words{"live 1", "live 2"});
}

TEST_CASE("a loss comes to the sink as an event, live and at the gate") {
  Stage s;
  s.subscribe(s.ws, {{"a", ""}});
  s.log.hold(true);
  s.subscribe(s.connect(), {{"a", ""}});
  s.log.lose("a");
  CHECK(s.received(s.ws) == Words{"gap"});
  s.log.hold(false);
  CHECK(s.ear.heard == Words{"gap a", "live 4"});
}

TEST_CASE("what cannot be subscribed is answered at once") {
  Stage s;
  CHECK(s.ear.subscribe(99, {{"a", ""}}) == SBX_ESTALE);
  CHECK(s.ear.subscribe(s.ws, {}) == SBX_EINVAL);
  CHECK(s.ear.subscribe(s.ws, std::vector<std::pair<std::string, std::string>>(65, {"a", ""})) == SBX_ETOOBIG);
  s.http.drop(s.ws);
  CHECK(s.ear.subscribe(s.ws, {{"a", ""}}) == SBX_ESTALE);
}

TEST_CASE("cursors are 22 characters that say their place, and no other text does") {
  const std::string text = FakeLog::cursor_text(0x0123456789abcdef, 0xfedcba9876543210);
  CHECK(text == "ASNFZ4mrze_-3LqYdlQyEA");
  uint64_t epoch = 0, seq = 0;
  CHECK(FakeLog::parse_text(text, epoch, seq));
  CHECK(epoch == 0x0123456789abcdef);
  CHECK(seq == 0xfedcba9876543210);
  CHECK_FALSE(FakeLog::parse_text("ASNFZ4mrze_-3LqYdlQyEB", epoch, seq));
  CHECK_FALSE(FakeLog::parse_text("ASNFZ4mrze_-3LqYdlQy+A", epoch, seq));
  CHECK_FALSE(FakeLog::parse_text("", epoch, seq));
}

TEST_CASE("publishing anything but the event of this call stops the test") {
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    Stage s;
    sbx_event e{};
    e.channel = sbx::raw("a");
    const sbx_frame f{sizeof f, 0, nullptr, nullptr, 0, {}, {}};
    s.ear.log->publish(s.host.get(), &e, sbx::raw("k"), &f, 0);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT));
}

TEST_CASE("who waits at the gate waits with all channels, and hears of them in the log's order") {
  Stage s;
  s.log.retain("old", 9, FakeLog::Replay::kRetained);
  s.say("old", "1");
  s.subscribe(s.ws, {{"now", ""}});
  s.log.hold(true);
  CHECK(s.subscribe(s.ws, {{"old", ""}}) == Words{"old=0"});
  s.say("now", "2");
  s.say("old", "3");
  CHECK(s.ear.reached == 0);
  s.log.hold(false);
  CHECK(std::exchange(s.ear.heard, {}) == Words{"replay 1", "replay 2", "replay 3", "live 3"});
  s.say("now", "4");
  CHECK(s.received(s.ws) == Words{"live 4"});
}

TEST_CASE("a connection's subscribes are answered one after the other, and not what was unsubscribed before its turn") {
  Stage s;
  s.log.hold(true);
  CHECK(s.subscribe(s.ws, {{"a", ""}}) == Words{"a=0"});
  CHECK(s.subscribe(s.ws, {{"b", ""}, {"c", ""}}).empty());
  CHECK(s.ear.log->unsubscribe(s.host.get(), s.ws, sbx::raw("b")) == SBX_OK);
  CHECK(s.ear.log->unsubscribe(s.host.get(), s.ws, sbx::raw("b")) == SBX_ENOENT);
  s.log.hold(false);
  CHECK(s.ear.heard == Words{"live 2", "c=0", "live 3"});
}

TEST_CASE("a connection that waits takes over no other, and goes to none that is in channels") {
  Stage s;
  sbx_member_events on{};
  on.size = sizeof on;
  const auto transfer = [&](sbx_id from, sbx_id to) { return s.ear.fanout->transfer(s.host.get(), from, to); };
  const sbx_id one = s.ear.fanout->member(s.host.get(), &on, nullptr);
  const sbx_id two = s.ear.fanout->member(s.host.get(), &on, nullptr);
  s.subscribe(s.ws, {{"a", ""}});
  s.log.hold(true);
  s.subscribe(one, {{"b", ""}});
  CHECK(transfer(one, s.ws) == SBX_ESTATE);
  CHECK(transfer(two, one) == SBX_ESTATE);
  CHECK(transfer(s.ws, two) == SBX_EUNSUPPORTED);
  CHECK(transfer(one, two) == SBX_OK);
}
