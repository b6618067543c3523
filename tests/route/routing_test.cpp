// The way of an event through filters, with small plugins made of lambdas: order, verdicts, failures, replacements,
// acks.
#include <doctest/doctest.h>

#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/plugin/instance.hpp"
#include "core/route/router.hpp"
#include "tests/route/metric_text.hpp"

namespace signalbox {
namespace {

// A plugin whose on_event is a function of the test.
struct Script {
  std::function<sbx_status(const sbx_host *, const sbx_event &)> on_event;
  std::vector<std::pair<uint64_t, sbx_status>> acks;
  std::function<void()> on_ack = {};
};
Script *next_script = nullptr;

struct ScriptPlugin {
  const sbx_host *host;
  Script *script;
  static void *create(const sbx_host *h, sbx_str) noexcept { return new ScriptPlugin{h, next_script}; }
  static void destroy(void *self) noexcept { delete static_cast<ScriptPlugin *>(self); }
  static sbx_status on_event(void *self, const sbx_event *e) noexcept {
    auto *p = static_cast<ScriptPlugin *>(self);
    return p->script->on_event ? p->script->on_event(p->host, *e) : sbx_status{SBX_OK};
  }
  static void on_ack(void *self, uint64_t ack, const sbx_receipt *receipt) noexcept {
    Script &script = *static_cast<ScriptPlugin *>(self)->script;
    script.acks.emplace_back(ack, receipt->status);
    if (script.on_ack) script.on_ack();
  }
};

sbx_plugin table(uint32_t kind) {
  sbx_plugin t{};
  t.size = sizeof t;
  t.kind = kind;
  t.type = "script";
  t.version = "1";
  t.schema_json = "{}";
  t.create = ScriptPlugin::create;
  t.destroy = ScriptPlugin::destroy;
  t.on_event = ScriptPlugin::on_event;
  t.on_ack = ScriptPlugin::on_ack;
  return t;
}

struct Fixture {
  SystemClock clock;
  Metrics metrics;
  World world{clock, metrics, 1};
  LaneWorld lane{0, world};
  Router router{{&lane}};
  std::unique_ptr<EventLog> log;  // opened with the first turn, when the pipelines are known
  const sbx_plugin source_table = table(SBX_SOURCE), filter_table = table(SBX_FILTER), sink_table = table(SBX_SINK);
  std::vector<std::unique_ptr<Script>> scripts;
  std::vector<std::unique_ptr<Instance>> instances;
  std::vector<std::string> seen;  // what the sink was given: "channel name data"

  Instance &make(const sbx_plugin &plugin, const std::string &name,
                 std::function<sbx_status(const sbx_host *, const sbx_event &)> on_event = {}) {
    scripts.push_back(std::make_unique<Script>(Script{std::move(on_event), {}, {}}));
    next_script = scripts.back().get();
    instances.push_back(std::make_unique<Instance>(world, lane, router, plugin, name));
    REQUIRE(instances.back()->create("{}"));
    return *instances.back();
  }
  Instance &source = make(source_table, "in");
  Instance &sink = make(sink_table, "out", [this](const sbx_host *, const sbx_event &e) {
    seen.push_back(std::string(text(e.channel)) + " " + std::string(text(e.name)) + " " + std::string(text(e.data)));
    return SBX_OK;
  });

  Pipeline &join(std::vector<Instance *> filters, bool pass_on_error = false) {
    auto pipeline = std::make_unique<Pipeline>(metrics, "p" + std::to_string(count++), 1);
    pipeline->filters = std::move(filters);
    pipeline->sinks[0] = {&sink};
    pipeline->pass_on_error = pass_on_error;
    return router.add(std::move(pipeline), {&source});
  }
  int count = 0;

  sbx_status emit(const std::string &channel, const std::string &data, uint64_t ack = 0, const std::string &key = {}) {
    sbx_event e{};
    e.size = sizeof e;
    e.channel = {channel.data(), channel.size()};
    e.name = {"n", 1};
    e.data = {data.data(), data.size()};
    return router.emit(source, e, {sizeof(sbx_emit), 0, ack, {key.data(), key.size()}, 1'000'000'000, {}});
  }
  // One turn of the lane, and the one that it asked for.
  void turn() {
    if (!log || scopes != router.scopes()) {
      scopes = router.scopes();
      EventLogOptions options;
      options.scopes = scopes;
      options.rules = ChannelRules(rules);
      options.path = store;
      options.queue_events = queue_events;
      log = EventLog::open(options, clock, metrics, router).take();
      router.write_to(*log);
    }
    for (int i = 0; i < 2; ++i) {
      lane.lane.post([] {});
      lane.lane.turn();
    }
  }
  std::string metric(const std::string &line) { return metric_text(metrics, line); }
  std::vector<std::string> scopes;
  std::vector<ChannelRule> rules;
  std::string store;
  uint64_t queue_events = 65'536;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "events reach the sink in the order in which they were emitted, after the emitting call") {
  join({});
  for (int i = 0; i < 100; ++i) CHECK(emit("c", std::to_string(i)) == SBX_OK);
  CHECK(seen.empty());
  turn();
  REQUIRE(seen.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(seen[static_cast<size_t>(i)] == "c n " + std::to_string(i));
  CHECK(metric(R"(signalbox_events_total{by="",end="routed",pipeline="p0",reason=""})") == "100");
}

TEST_CASE_FIXTURE(Fixture, "a dropped event does not reach the sink, and its end has the filter's name and reason") {
  Instance &filter = make(filter_table, "odd", [](const sbx_host *host, const sbx_event &e) {
    if ((text(e.data).back() - '0') % 2) return sbx_status{SBX_OK};
    host->reason(host, {"even", 4});
    return sbx_status{SBX_DROP};
  });
  join({&filter});
  for (const char *data : {"1", "2", "3", "4"}) emit("c", data);
  turn();
  CHECK(seen == std::vector<std::string>{"c n 1", "c n 3"});
  CHECK(metric(R"(signalbox_events_total{by="odd",end="dropped",pipeline="p0",reason="even"})") == "2");
}

TEST_CASE_FIXTURE(Fixture, "a failing filter never lets an event through, unless the pipeline says so") {
  Instance &filter = make(filter_table, "broken", [](const sbx_host *, const sbx_event &) { return SBX_EINTERNAL; });
  join({&filter});
  emit("c", "1");
  turn();
  CHECK(seen.empty());
  CHECK(metric(R"(signalbox_events_total{by="broken",end="error",pipeline="p0",reason=""})") == "1");
  join({&filter}, true);
  emit("c", "2");
  turn();
  CHECK(seen == std::vector<std::string>{"c n 2"});
}

TEST_CASE_FIXTURE(Fixture, "a replacement goes on behind the filter that made it") {
  std::vector<std::string> second_saw;
  Instance &first = make(filter_table, "first", [](const sbx_host *host, const sbx_event &e) {
    sbx_event draft = e;
    draft.data = {"replaced", 8};
    CHECK(host->emit(host, &draft, nullptr) == SBX_OK);
    return SBX_DROP;
  });
  Instance &second = make(filter_table, "second", [&](const sbx_host *, const sbx_event &e) {
    second_saw.emplace_back(text(e.data));
    return SBX_OK;
  });
  join({&first, &second});
  emit("c", "secret");
  turn();
  CHECK(second_saw == std::vector<std::string>{"replaced"});
  CHECK(seen == std::vector<std::string>{"c n replaced"});
}

TEST_CASE_FIXTURE(Fixture, "only sources emit, and filters only while they judge") {
  join({});
  Instance &filter = make(filter_table, "f");
  sbx_event e{};
  e.size = sizeof e;
  e.channel = {"c", 1};
  CHECK(router.emit(filter, e, {}) == SBX_ESTATE);
  CHECK(router.emit(sink, e, {}) == SBX_ESTATE);
  turn();
  CHECK(seen.empty());
}

TEST_CASE_FIXTURE(Fixture, "an emit that no pipeline wants is judged and acknowledged like any other") {
  CHECK(emit("", "x", 5) == SBX_EINVAL);
  CHECK(emit("c", "x", 6) == SBX_OK);
  turn();
  CHECK(scripts[0]->acks == std::vector<std::pair<uint64_t, sbx_status>>{{6, SBX_OK}});
}

TEST_CASE_FIXTURE(Fixture, "the ack of an event that a full queue lost says so") {
  join({}).queue.events = 1;
  CHECK(emit("c", "old", 1) == SBX_OK);
  CHECK(emit("c", "new", 2) == SBX_OK);
  turn();
  CHECK(seen == std::vector<std::string>{"c n new"});
  CHECK(scripts[0]->acks == std::vector<std::pair<uint64_t, sbx_status>>{{1, SBX_FULL}, {2, SBX_OK}});
}

TEST_CASE_FIXTURE(Fixture, "an emit is acknowledged once, in a later turn, when all its pipelines are done") {
  join({});
  Instance &dropping = make(filter_table, "f", [](const sbx_host *, const sbx_event &) { return SBX_DROP; });
  join({&dropping});
  emit("c", "1", 99);
  CHECK(scripts[0]->acks.empty());
  turn();
  CHECK(scripts[0]->acks == std::vector<std::pair<uint64_t, sbx_status>>{{99, SBX_OK}});
}

TEST_CASE_FIXTURE(Fixture, "what was seen before is a duplicate: acknowledged as one, counted, and routed once") {
  join({});
  emit("c", "1", 1, "key");
  emit("c", "1", 2, "key");
  turn();
  emit("c", "1", 3, "key");
  emit("c", "2", 4, "other");
  turn();
  CHECK(seen == std::vector<std::string>{"c n 1", "c n 2"});
  CHECK(scripts[0]->acks ==
        std::vector<std::pair<uint64_t, sbx_status>>{{1, SBX_OK}, {2, SBX_DUPLICATE}, {3, SBX_DUPLICATE}, {4, SBX_OK}});
  CHECK(metric(R"(signalbox_events_total{by="log",end="duplicate",pipeline="p0",reason=""})") == "2");
}

TEST_CASE_FIXTURE(Fixture, "what a full queue lost is new when it comes again") {
  join({}).queue.events = 1;
  emit("c", "1", 1, "key");
  emit("c", "2", 2);
  turn();
  emit("c", "1", 3, "key");
  turn();
  CHECK(seen == std::vector<std::string>{"c n 2", "c n 1"});
}

TEST_CASE_FIXTURE(Fixture, "an event that a filter drops is remembered all the same: it was received") {
  Instance &dropping = make(filter_table, "f", [](const sbx_host *, const sbx_event &) { return SBX_DROP; });
  join({&dropping});
  emit("c", "1", 1, "key");
  emit("c", "1", 2, "key");
  turn();
  CHECK(scripts[0]->acks == std::vector<std::pair<uint64_t, sbx_status>>{{1, SBX_OK}, {2, SBX_DUPLICATE}});
}

TEST_CASE_FIXTURE(Fixture, "a sink sees each event at its place, and its lane knows how far it is") {
  std::vector<uint64_t> places;
  Instance &other = make(sink_table, "other", [&](const sbx_host *, const sbx_event &e) {
    places.push_back(e.seq);
    CHECK(e.cursor.len == kCursorSize);
    CHECK(lane.position < e.seq);
    return SBX_OK;
  });
  join({}).sinks[0].push_back(&other);
  for (int i = 0; i < 3; ++i) emit("c", "1");
  turn();
  REQUIRE(places.size() == 3);
  CHECK(places[0] + 2 == places[2]);
  CHECK(lane.position == places[2]);
}

TEST_CASE_FIXTURE(Fixture, "a lane knows where its log stands before its first turn, in which somebody may subscribe") {
  join({});
  emit("c", "1");
  turn();
  World next_world{clock, metrics, 1};
  LaneWorld next_lane{0, next_world};
  Router next_router{{&next_lane}};
  next_router.write_to(*log);
  CHECK(next_lane.position > 0);
  CHECK(next_lane.position == log->position());
}

TEST_CASE_FIXTURE(Fixture, "a full queue loses the oldest, or refuses the newest, as the pipeline says") {
  Pipeline &pipeline = join({});
  pipeline.queue.events = 2;
  for (const char *data : {"1", "2", "3"}) CHECK(emit("c", data) == SBX_OK);
  turn();
  CHECK(seen == std::vector<std::string>{"c n 2", "c n 3"});
  seen.clear();
  pipeline.queue.drop_oldest = false;
  CHECK(emit("c", "4") == SBX_OK);
  CHECK(emit("c", "5") == SBX_OK);
  CHECK(emit("c", "6") == SBX_FULL);
  turn();
  CHECK(seen == std::vector<std::string>{"c n 4", "c n 5"});
  CHECK(metric(R"(signalbox_events_total{by="queue",end="dropped",pipeline="p0",reason="queue_full"})") == "2");
}

TEST_CASE_FIXTURE(Fixture, "a source that no pipeline wants is answered OK") { CHECK(emit("c", "1") == SBX_OK); }

TEST_CASE_FIXTURE(Fixture, "what a source emits when it is acknowledged goes on without anybody else's help") {
  join({});
  scripts[0]->on_ack = [this] {
    if (scripts[0]->acks.size() == 1) emit("c", "2");
  };
  emit("c", "1", 7);
  turn();  // of which the second one was asked for by the test
  lane.lane.timer(0, 0, [](io::TimerId) {});
  lane.lane.turn();
  emit("c", "3", 8);
  scripts[0]->on_ack = [this] { emit("c", "4"); };
  lane.lane.post([] {});
  lane.lane.turn();
  CHECK(seen == std::vector<std::string>{"c n 1", "c n 2", "c n 3"});
  bool woken = false;
  lane.lane.timer(60'000'000'000, 0, [&](io::TimerId) { woken = true; });
  lane.lane.turn();
  CHECK(seen.back() == "c n 4");
  CHECK_FALSE(woken);
}

TEST_CASE_FIXTURE(Fixture, "a queue that loses a great many in one turn does not become slow, and keeps the newest") {
  join({}).queue.events = 10;
  join({}).queue.events = 20;
  for (int i = 0; i < 100'000; ++i) REQUIRE(emit("c", std::to_string(i)) == SBX_OK);
  turn();
  REQUIRE(seen.size() == 30);
  CHECK(seen.front() == "c n 99980");
  CHECK(seen.back() == "c n 99999");
  CHECK(metric(R"(signalbox_events_total{by="queue",end="dropped",pipeline="p0",reason="queue_full"})") == "99990");
  CHECK(metric(R"(signalbox_events_total{by="",end="routed",pipeline="p1",reason=""})") == "20");
}

TEST_CASE_FIXTURE(Fixture, "an event that nobody asked a receipt for is counted when the log has no room for it") {
  char folder[] = "/tmp/sbx-route-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  store = std::string(folder) + "/store.db";
  queue_events = 2;
  ChannelRule durable;
  durable.match = "*";
  durable.events = 100;
  durable.durable = true;
  rules = {durable};
  join({});
  for (int i = 0; i < 50; ++i) emit("c", std::to_string(i));  // one turn, one append: two of them fit
  turn();
  CHECK(log->drain(clock.mono_ns() + 60'000'000'000));
  CHECK(metric(R"(signalbox_events_total{by="log",end="dropped",pipeline="p0",reason="queue_full"})") == "48");
  CHECK(metric(R"(signalbox_events_total{by="",end="routed",pipeline="p0",reason=""})") == "2");
  log.reset();
  std::filesystem::remove_all(folder);
}

}  // namespace signalbox
