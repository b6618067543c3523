// Presence through the router and the log: every lane is told the same, in the same order; what a client says goes
// through the filters.  The lanes are turned by hand, or run on threads of their own.
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/plugin/instance.hpp"
#include "core/route/router.hpp"

namespace signalbox {
namespace {

using Hear = std::function<sbx_status(const sbx_host *, const sbx_event &)>;
Hear *next_hear = nullptr;

struct Plugin {
  const sbx_host *host;
  Hear *hear;
};

sbx_plugin table(uint32_t kind) {
  sbx_plugin t{};
  t.size = sizeof t;
  t.kind = kind;
  t.type = "script";
  t.version = "1";
  t.schema_json = "{}";
  t.create = [](const sbx_host *host, sbx_str) noexcept -> void * { return new Plugin{host, next_hear}; };
  t.destroy = [](void *self) noexcept { delete static_cast<Plugin *>(self); };
  t.on_event = [](void *self, const sbx_event *event) noexcept {
    auto *plugin = static_cast<Plugin *>(self);
    return *plugin->hear ? (*plugin->hear)(plugin->host, *event) : sbx_status{SBX_OK};
  };
  return t;
}

class VirtualClock final : public Clock {
 public:
  std::atomic<int64_t> now_ns{1};
  int64_t mono_ns() const override { return now_ns; }
  int64_t wall_ns() const override { return now_ns; }
};

struct Scene {
  VirtualClock clock;
  Metrics metrics;
  World world{clock, metrics, 3};
  std::vector<std::unique_ptr<LaneWorld>> lanes;
  std::unique_ptr<CentralPresenceDesk> desk;
  std::unique_ptr<Router> router;
  std::unique_ptr<EventLog> log;
  const sbx_plugin source_table = table(SBX_SOURCE), filter_table = table(SBX_FILTER), sink_table = table(SBX_SINK);
  std::vector<std::unique_ptr<Hear>> hears;
  std::vector<std::unique_ptr<Instance>> instances;
  std::vector<std::vector<std::string>> heard{3};  // by lane: "name channel data"
  Pipeline *pipeline = nullptr;
  std::vector<Instance *> sinks;
  std::vector<std::thread> threads;

  Instance &make(const sbx_plugin &plugin, unsigned lane, Hear hear = {}) {
    hears.push_back(std::make_unique<Hear>(std::move(hear)));
    next_hear = hears.back().get();
    instances.push_back(std::make_unique<Instance>(world, *lanes[lane], *router, plugin, "i"));
    REQUIRE(instances.back()->create("{}"));
    return *instances.back();
  }

  explicit Scene(Hear filter = {}, PresenceLimits bounds = {}, std::string store = {}, bool drop_oldest = true) {
    std::vector<LaneWorld *> plain;
    for (unsigned i = 0; i < 3; ++i) {
      lanes.push_back(std::make_unique<LaneWorld>(i, world));
      plain.push_back(lanes.back().get());
    }
    desk = std::make_unique<CentralPresenceDesk>(lanes[0]->lane, clock, metrics, bounds);
    world.presence = desk.get();
    router = std::make_unique<Router>(plain);
    router->serve(*desk);
    auto made = std::make_unique<Pipeline>(metrics, "p", 3);
    made->queue.drop_oldest = drop_oldest;
    if (filter) made->filters.push_back(&make(filter_table, 1, std::move(filter)));
    for (unsigned i = 0; i < 3; ++i) {
      sinks.push_back(&make(sink_table, i, [this, i](const sbx_host *, const sbx_event &e) {
        heard[i].push_back(std::string(text(e.name)) + " " + std::string(text(e.channel)) + " " +
                           std::string(text(e.data)));
        return sbx_status{SBX_OK};
      }));
      made->sinks[i].push_back(sinks.back());
    }
    pipeline = &router->add(std::move(made), {&make(source_table, 2)});
    EventLogOptions options;
    options.scopes = router->scopes();
    options.path = std::move(store);
    log = EventLog::open(options, clock, metrics, *router).take();
    router->write_to(*log);
  }
  ~Scene() {
    stop_threads();
    log.reset();
    instances.clear();
  }
  void stop_threads() {
    for (auto &lane : lanes) lane->lane.stop();
    for (std::thread &thread : threads) thread.join();
    threads.clear();
  }
  void turn_all(int times = 3) {
    for (int i = 0; i < times; ++i)
      for (auto &lane : lanes) {
        lane->lane.post([] {});
        lane->lane.turn();
      }
  }
  void join(const std::string &who, const std::string &channel = "c") { desk->join(0, channel, member(who)); }
  void leave(const std::string &who, int64_t linger_ns = 0, const std::string &channel = "c") {
    desk->leave(0, channel, member(who), linger_ns);
  }
  static PresentMemberPtr member(const std::string &who) {
    return std::make_shared<const PresentMember>(PresentMember{who, "\"" + who + "\""});
  }
  static EventPtr saying(const std::string &data, uint32_t flags = SBX_EVENT_TRANSIENT) {
    sbx_event draft{};
    draft.size = sizeof draft;
    draft.flags = flags;
    draft.channel = {"c", 1};
    draft.name = {"client-a", 8};
    draft.data = {data.data(), data.size()};
    draft.except = {"me", 2};
    return Event::copy(draft, 1).take();
  }
  std::string metric(const std::string &line) const {
    std::string all;
    metrics.render(all);
    const size_t at = all.find("\n" + line + " ");
    if (at == all.npos) return "none";
    const size_t value = at + line.size() + 2;
    return all.substr(value, all.find('\n', value) - value);
  }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("who joins and leaves is told on every lane, and every lane has the same list") {
  Scene scene;
  scene.join("li");
  scene.join("anna");
  scene.join("li");
  scene.turn_all();
  for (unsigned i = 0; i < 3; ++i) {
    CHECK(scene.heard[i] == Words{"joining c \"li\"", "joining c \"anna\""});
    CHECK(scene.lanes[i]->presence.members(0, "c", nullptr) == R"(["anna","li"])");
  }
  scene.leave("li");
  scene.leave("anna");
  scene.turn_all();
  for (unsigned i = 0; i < 3; ++i) {
    CHECK(scene.heard[i].back() == "leaving c \"anna\"");
    CHECK(scene.lanes[i]->presence.members(0, "c", nullptr) == R"(["li"])");
  }
  CHECK(scene.metric(R"(signalbox_events_total{by="",end="routed",pipeline="p",reason=""})") == "0");
}

TEST_CASE("a sink that is told of a change finds it in its lane's list") {
  Scene scene;
  size_t users = 0;
  *scene.hears[0] = [&](const sbx_host *, const sbx_event &) {
    users = scene.lanes[0]->presence.users(0, "c");
    return sbx_status{SBX_OK};
  };
  scene.join("li");
  scene.turn_all();
  CHECK(users == 1);
}

TEST_CASE("a connection that broke off is missed when its time is over, by the desk's own timer") {
  Scene scene;
  scene.join("li");
  scene.leave("li", 1000);
  scene.turn_all();
  CHECK(scene.heard[2] == Words{"joining c \"li\""});
  scene.clock.now_ns = 2000;
  scene.turn_all();
  CHECK(scene.heard[2].back() == "leaving c \"li\"");
}

TEST_CASE("changes take positions, and the log keeps nothing of them") {
  Scene scene;
  const uint64_t before = scene.log->position();
  scene.join("li");
  scene.turn_all();
  CHECK(scene.log->position() == before + 1);
  CHECK(scene.lanes[1]->position == before + 1);
  LogQuery query;
  query.channels.push_back({"c", {0}, before});
  query.upto = scene.log->position();
  const auto page = scene.log->read(query);
  REQUIRE(page);
  CHECK(page->events.empty());
  CHECK_FALSE(page->channels[0].gap);
}

TEST_CASE("who is over the limit is not listed, and counted") {
  Scene scene({}, {1, 1000, 10, 1000});
  scene.join("li");
  scene.join("anna");
  scene.turn_all();
  CHECK(scene.lanes[0]->presence.members(0, "c", nullptr) == R"(["li"])");
  CHECK(scene.metric("signalbox_presence_unlisted_total") == "1");
  CHECK(scene.metric("signalbox_presence_members") == "1");
}

TEST_CASE("a desk that was stopped tells nobody that all have left") {
  Scene scene;
  scene.join("li");
  scene.turn_all();
  scene.desk->stop();
  scene.leave("li");
  scene.turn_all();
  CHECK(scene.heard[0].size() == 1);
}

TEST_CASE("what a client says goes through the filters on their lane and to the sinks of all lanes") {
  std::vector<uint32_t> flags;
  Scene scene([&flags](const sbx_host *host, const sbx_event &e) {
    flags.push_back(e.flags);
    if (text(e.data) == "\"bad\"") return sbx_status{SBX_DROP};
    sbx_event other = e;
    other.flags = 0;
    other.data = {"1", 1};
    CHECK(host->emit(host, &other, nullptr) == SBX_OK);
    return sbx_status{SBX_DROP};
  });
  CHECK(scene.pipeline->home == 1);
  const uint64_t before = scene.log->position();
  CHECK(scene.router->say(0, Scene::saying("\"good\""), *scene.sinks[0]) == SBX_OK);
  CHECK(scene.router->say(0, Scene::saying("\"bad\""), *scene.sinks[2]) == SBX_OK);
  CHECK(scene.router->say(7, Scene::saying("1"), *scene.sinks[0]) == SBX_EINVAL);
  scene.turn_all();
  for (unsigned i = 0; i < 3; ++i) CHECK(scene.heard[i] == Words{"client-a c 1"});
  CHECK(flags == std::vector<uint32_t>{SBX_EVENT_TRANSIENT, SBX_EVENT_TRANSIENT});
  CHECK(scene.metric(R"(signalbox_events_total{by="",end="routed",pipeline="p",reason=""})") == "1");
  CHECK(scene.metric(R"(signalbox_events_total{by="i",end="dropped",pipeline="p",reason=""})") == "1");
  LogQuery query;  // what replaced it is transient, too: it left no trace
  query.channels.push_back({"c", {0}, before});
  query.upto = scene.log->position();
  CHECK_FALSE(scene.log->read(query)->channels[0].gap);
}

TEST_CASE("without a filter a pipeline's home is the lane of its source") {
  Scene scene;
  CHECK(scene.pipeline->home == 2);
}

TEST_CASE("clients who say more than may be on its way are told at once, until it has arrived") {
  Scene scene;
  const std::string big = "\"" + std::string(60'000, 'x') + "\"";
  uint64_t taken = 0;
  while (scene.router->say(0, Scene::saying(big), *scene.sinks[0]) == SBX_OK) REQUIRE(++taken < 10'000);
  CHECK(taken == limits::kSayingBytesMax / Scene::saying(big)->bytes());
  CHECK(scene.router->say(0, Scene::saying(big), *scene.sinks[1]) == SBX_FULL);
  scene.turn_all(20);
  CHECK(scene.heard[0].size() == taken);
  CHECK(scene.router->say(0, Scene::saying(big), *scene.sinks[0]) == SBX_OK);
  CHECK(scene.pipeline->saying_bytes.load() == Scene::saying(big)->bytes());
}

TEST_CASE("a pipeline's queue holds for what clients say, and what it lost is counted") {
  Scene scene({}, {}, {}, false);
  scene.pipeline->queue.events = 2;
  for (int i = 0; i < 5; ++i) CHECK(scene.router->say(0, Scene::saying("1"), *scene.sinks[0]) == SBX_OK);
  scene.turn_all(1);
  scene.turn_all();
  const size_t heard = scene.heard[0].size();
  CHECK(heard == 2);
  CHECK(scene.metric(R"(signalbox_events_total{by="queue",end="dropped",pipeline="p",reason="queue_full"})") == "3");
}

TEST_CASE("lanes that let people in and out all at once agree at the end, and were told the same in the same order") {
  Scene scene;
  for (auto &lane : scene.lanes) scene.threads.emplace_back([at = lane.get()] { at->lane.run(); });
  std::vector<std::thread> busy;
  std::atomic<int> ended{0};
  for (unsigned i = 0; i < 3; ++i)
    busy.emplace_back([&scene, i] {
      std::mt19937 random(i + 1);
      std::map<std::string, int> in;
      for (int step = 0; step < 3000; ++step) {
        const std::string who(1, static_cast<char>('a' + random() % 8)),
            channel(1, static_cast<char>('x' + random() % 2));
        int &count = in[channel + who];
        if (count > 0 && random() % 2) {
          --count;
          scene.leave(who, random() % 2 ? 1000 : 0, channel);
        } else {
          ++count;
          scene.join(who, channel);
        }
        if (step % 7 == 0) scene.clock.now_ns += 100;
      }
      // One member stays for ever, all others go.
      for (auto &[name, count] : in)
        for (; count > 0; --count) scene.leave(name.substr(1), 0, name.substr(0, 1));
      scene.join("stays" + std::to_string(i), "x");
    });
  for (std::thread &thread : busy) thread.join();
  // Until each lane says that it has heard of everything; those who broke off last linger on.
  for (int round = 0; round < 200 && ended.load() < 3; ++round) {
    ended = 0;
    scene.clock.now_ns += 2000;
    std::atomic<int> asked{0};
    for (unsigned i = 0; i < 3; ++i)
      scene.lanes[i]->lane.post([&, i] {
        if (scene.lanes[i]->presence.users(0, "x") == 3 && scene.lanes[i]->presence.users(0, "y") == 0) ++ended;
        ++asked;
      });
    while (asked.load() < 3) std::this_thread::yield();
  }
  scene.stop_threads();
  CHECK(scene.lanes[0]->presence.members(0, "x", nullptr) == R"(["stays0","stays1","stays2"])");
  for (unsigned i = 1; i < 3; ++i) {
    CHECK(scene.heard[i] == scene.heard[0]);
    CHECK(scene.lanes[i]->presence.members(0, "x", nullptr) == scene.lanes[0]->presence.members(0, "x", nullptr));
  }
  CHECK(scene.heard[0].size() >= 3);
}

}  // namespace signalbox
