// The host that plugins are tested on is tested itself: a fake that forgives would hide their mistakes.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <sbx/testing/fake_host.hpp>
#include <string>
#include <thread>
#include <vector>

using sbx::kSecondNs;
using sbx::testing::Event;
using sbx::testing::FakeHost;
using sbx::testing::Plugin;

namespace {

// Writes down what happens to it, and does what the test tells it to.
struct Probe {
  Probe(sbx::Host h, std::string_view c) : host(h), config(c) {
    latest = this;
    if (config == "refuse") host.problem("/a", "no"), throw std::string("refused");
  }
  ~Probe() { latest = nullptr; }
  sbx_status start() { return SBX_OK; }
  void stop(int64_t) { host.stopped(); }
  sbx_status on_event(const sbx_event &e) {
    if (keep) kept.emplace_back(host, e);
    seen.push_back(std::string(sbx::view(e.data)));
    return on_seen ? on_seen(e) : SBX_OK;
  }
  void on_turn_end() { ++turns; }
  void on_ack(uint64_t ack, const sbx_receipt &r) {
    acks.push_back({ack, r.status});
    cursors.emplace_back(sbx::view(r.cursor));
  }

  static inline Probe *latest = nullptr;
  sbx::Host host;
  std::string config;
  bool keep = false;
  std::vector<std::string> seen;
  std::vector<sbx::EventRef> kept;
  std::vector<std::pair<uint64_t, sbx_status>> acks;
  std::vector<std::string> cursors;
  std::function<sbx_status(const sbx_event &)> on_seen;
  int turns = 0;
};

constexpr sbx_plugin kSource = sbx::table<Probe>(SBX_SOURCE, "probe", "1.0.0", "Probes.", "{}");
constexpr sbx_plugin kFilter = sbx::table<Probe>(SBX_FILTER, "probe", "1.0.0", "Probes.", "{}");
constexpr sbx_plugin kSink = sbx::table<Probe>(SBX_SINK, "probe", "1.0.0", "Probes.", "{}");

// Does f stop the program with a message?  In a child, since it would stop this one.
template <class F>
bool faults(F &&f) {
  pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);  // doctest's handler would report a failed test
    f();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

const sbx_loop *loop(const FakeHost &host) {
  return static_cast<const sbx_loop *>(host.get()->service(host.get(), SBX_LOOP));
}

}  // namespace

TEST_CASE("a source's events are copied, and the answer is the test's") {
  FakeHost host;
  Plugin p(host, &kSource);
  sbx::Host h(host.get());
  std::string data = "1";
  sbx_attr attr{sbx::raw("k"), sbx::raw("v")};
  CHECK(h.emit({.channel = "c",
                .name = "n",
                .data = data,
                .id = "i",
                .except = "e",
                .binary = true,
                .attrs = &attr,
                .attr_count = 1},
               {.ack = 7, .dedupe_key = "k1", .dedupe_ns = kSecondNs, .raw = "POST"}) == SBX_OK);
  data = "2";
  CHECK(host.emitted.back() == Event{.channel = "c",
                                     .name = "n",
                                     .data = "1",
                                     .id = "i",
                                     .except = "e",
                                     .binary = true,
                                     .attrs = {{"k", "v"}},
                                     .ack = 7,
                                     .dedupe_key = "k1",
                                     .dedupe_ns = kSecondNs,
                                     .raw_bytes = "POST"});
  CHECK(h.emit({.channel = "c", .name = "n", .data = "1"}, {.dedupe_key = std::string(513, 'k')}) == SBX_EINVAL);
  host.emit_answer = SBX_FULL;
  CHECK(h.emit({.channel = "c", .name = "n", .data = "1"}) == SBX_FULL);
  CHECK(h.emit({.channel = "", .name = "n", .data = "1"}) == SBX_EINVAL);
  CHECK(host.emitted.size() == 1);
  host.ack(7, SBX_OK, "CURSOR");
  CHECK(Probe::latest->cursors == std::vector<std::string>{"CURSOR"});
  CHECK(Probe::latest->acks == std::vector<std::pair<uint64_t, sbx_status>>{{7, SBX_OK}});
}

TEST_CASE("only a source may emit at any time; a filter inside on_event, a sink never") {
  FakeHost filter_host, sink_host;
  Plugin filter(filter_host, &kFilter);
  Probe *probe = Probe::latest;
  sbx::Host h(filter_host.get());
  CHECK(h.emit({.channel = "c", .name = "n", .data = "1"}) == SBX_ESTATE);
  probe->on_seen = [&](const sbx_event &) { return h.emit({.channel = "c", .name = "n", .data = "1"}); };
  CHECK(filter.give({.channel = "c"}) == SBX_OK);
  CHECK(h.emit({.channel = "c", .name = "n", .data = "1"}) == SBX_ESTATE);
  Plugin sink(sink_host, &kSink);
  CHECK(sbx::Host(sink_host.get()).emit({.channel = "c", .name = "n", .data = "1"}) == SBX_ESTATE);
}

TEST_CASE("events end with their turn") {
  FakeHost host;
  Plugin p(host, &kSink);
  p.give({.channel = "c", .data = "1"});
  p.give({.channel = "c", .data = "2"});
  CHECK(Probe::latest->turns == 0);
  host.turn();
  CHECK(Probe::latest->turns == 1);
  host.turn();
  CHECK(Probe::latest->turns == 1);
  CHECK(Probe::latest->seen == std::vector<std::string>{"1", "2"});
}

TEST_CASE("an event lives as long as it is retained") {
  FakeHost host;
  Plugin p(host, &kSink);
  p.give({.channel = "c", .data = "1"});
  CHECK(host.retained() == 0);
  Probe::latest->keep = true;
  p.give({.channel = "c", .data = "2"});
  CHECK(host.retained() == 1);
  CHECK(sbx::view(Probe::latest->kept[0]->data) == "2");
  Probe::latest->kept.clear();
  CHECK(host.retained() == 0);
}

TEST_CASE("timers run at their time, in order, and go stale") {
  FakeHost host;
  Plugin p(host, &kSource);
  const sbx_loop *l = loop(host);
  static std::string ran;
  ran.clear();
  auto note = [](void *word, sbx_id) noexcept { ran += static_cast<const char *>(word); };
  char a[] = "a", b[] = "b", c[] = "c";
  sbx_id late = l->timer(host.get(), 2 * kSecondNs, 0, note, a);
  sbx_id tick = l->timer(host.get(), 1 * kSecondNs, kSecondNs, note, b);
  sbx_id never = l->timer(host.get(), 1 * kSecondNs, 0, note, c);
  CHECK(l->cancel(host.get(), never) == SBX_OK);
  CHECK(l->cancel(host.get(), never) == SBX_ESTALE);
  const int64_t from = l->mono_ns(host.get());
  host.advance(kSecondNs - 1);
  CHECK(ran.empty());
  host.advance(2 * kSecondNs + 1);
  CHECK(ran == "babb");
  CHECK(l->mono_ns(host.get()) == from + 3 * kSecondNs);
  CHECK(l->cancel(host.get(), late) == SBX_ESTALE);
  CHECK(l->cancel(host.get(), tick) == SBX_OK);
  CHECK(host.timers() == 0);
}

TEST_CASE("chance repeats with the seed and differs with another") {
  auto draw = [](uint64_t seed) {
    FakeHost host(seed);
    uint64_t v = 0;
    loop(host)->random(host.get(), &v, sizeof v);
    return v;
  };
  CHECK(draw(1) == draw(1));
  CHECK(draw(1) != draw(2));
}

TEST_CASE("post runs in the next turn, in order, also from another thread, and not for the dead") {
  FakeHost host;
  static std::string ran;
  ran.clear();
  auto note = [](void *word) noexcept { ran += static_cast<const char *>(word); };
  char a[] = "a", b[] = "b";
  {
    Plugin p(host, &kSource);
    CHECK(loop(host)->post(host.get(), note, a) == SBX_OK);
    std::thread([&] { loop(host)->post(host.get(), note, b); }).join();
    CHECK(ran.empty());
    host.turn();
    CHECK(ran == "ab");
  }
  CHECK(loop(host)->post(host.get(), note, a) == SBX_ESTATE);
}

TEST_CASE("metrics are found by name and label, logs by their text, problems by place") {
  FakeHost host;
  Plugin p(host, &kSource, "refuse");
  CHECK_FALSE(p.created());
  CHECK(host.problems == std::vector<FakeHost::Problem>{{"/a", "no"}});
  sbx::Host h(host.get());
  sbx::Metric one(h, 'c', "x_total", "X.", "reason", "a"), same(h, 'c', "x_total", "X.", "reason", "a");
  one.add();
  same.add(2);
  sbx::Metric(h, 'g', "y", "Y.").set(5);
  CHECK(host.metric("x_total", "a") == 3);
  CHECK(host.metric("x_total") == 0);
  CHECK(host.metric("y") == 5);
  h.log(SBX_WARN, "a line");
  CHECK(host.logged("line") == 1);
}

TEST_CASE("assets come from the test's map; services can be taken away") {
  FakeHost host;
  host.assets["a/b.js"] = "x";
  sbx::Host h(host.get());
  static std::string got;
  auto take = [](void *, sbx_str bytes) noexcept { got = sbx::view(bytes); };
  const auto *asset = h.service<sbx_asset>();
  CHECK(asset->load(host.get(), sbx::raw("a/b.js"), take, nullptr) == SBX_OK);
  CHECK(got == "x");
  CHECK(asset->load(host.get(), sbx::raw("a/c.js"), take, nullptr) == SBX_ENOENT);
  host.provide(SBX_ASSET, nullptr);
  CHECK(h.service<sbx_asset>() == nullptr);
}

TEST_CASE("breaking a rule stops the test") {
  CHECK_FALSE(faults([] {}));
  CHECK(faults([] {  // R3
    FakeHost host;
    Plugin p(host, &kSink);
    Probe::latest->on_seen = [&](const sbx_event &) { return host.turn(), SBX_OK; };
    p.give({.channel = "c"});
  }));
  CHECK(faults([] {  // R3, by way of a part
    FakeHost host;
    Plugin p(host, &kSink);
    Probe::latest->on_seen = [&](const sbx_event &) { return host.call([] { return SBX_OK; }); };
    p.give({.channel = "c"});
  }));
  CHECK(faults([] {
    FakeHost host;
    Plugin p(host, &kSource);
    sbx::Host(host.get()).stopped();
  }));
  CHECK(faults([] {
    FakeHost host;
    Plugin p(host, &kSource);
    p.stop();
    sbx::Host(host.get()).stopped();
  }));
  CHECK(faults([] {
    FakeHost host;
    Plugin p(host, &kSource);
    sbx::Host(host.get()).problem("/a", "too late");
  }));
  CHECK(faults([] {
    FakeHost host;
    sbx_event e{};
    host.get()->retain(host.get(), &e);
  }));
}

TEST_CASE("lent memory is overwritten when the call is over") {
  sbx_str seen{};
  std::string at_the_time;
  {
    sbx::testing::Lent lent("secret");
    seen = lent.str();
    at_the_time = sbx::view(seen);
  }
  CHECK(at_the_time == "secret");
  CHECK(sbx::testing::Lent("").str().ptr == nullptr);
}
