// The same promise with the lanes on threads of their own and publishers on others.
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <random>

#include "tests/subscribe/listener.hpp"

namespace signalbox::testing {
namespace {

constexpr int64_t kPatienceNs = 20'000'000'000;

struct Crowd {
  static RigOptions options() {
    RigOptions o;
    o.lanes = 2;
    o.scopes = 2;
    ChannelRule kept, all;
    kept.match = "kept.*";
    kept.events = 20;
    all.match = "all.*";
    all.events = 20;
    all.replay = Replay::retained;
    o.rules = ChannelRules({kept, all});
    o.replay = {8, 1u << 20, 4, 1u << 20, 1};
    o.outbox.bytes_max = 4000;
    return o;
  }

  Rig rig{options()};
  std::vector<std::unique_ptr<Listener>> clients;
  std::mt19937 random{7};

  Crowd() {
    for (int i = 0; i < 4; ++i)
      clients.push_back(std::make_unique<Listener>(rig, "client " + std::to_string(i), i % 2 == 0, true));
  }
  // On the lane's thread, and done when this returns.
  void on_lane(unsigned lane, const std::function<void()> &fn) {
    std::promise<void> done;
    rig.lane(lane).lane.post([&] {
      fn();
      done.set_value();
    });
    done.get_future().wait();
  }
  void act(Listener &client) {
    const unsigned what = static_cast<unsigned>(random() % 8), lane = static_cast<unsigned>(random() % 2);
    if (!client.connected())
      return on_lane(lane, [&] {
        client.connect(lane);
        if (!client.wants("all.a")) client.subscribe({"all.a", "kept.a", "none.a"});
      });
    on_lane(client.lane(), [&] {
      if (what == 0) return client.cut();
      if (what == 1) return client.transfer();
      if (what == 2 && !client.one_cursor() && !client.wants("all.b")) return client.subscribe({"all.b"});
      if (what == 3 && client.wants("all.b")) return client.unsubscribe("all.b");
      client.read(SIZE_MAX);
    });
  }
  // True: everything has come everywhere.
  bool settle(Listener &client) {
    if (!client.connected()) act(client);
    bool done = false;
    on_lane(client.lane(), [&] {
      client.read(SIZE_MAX);
      done = client.connected() && client.quiet() && rig.lane(client.lane()).position == rig.head();
    });
    if (done) on_lane(client.lane(), [&] { client.read(SIZE_MAX); });
    return done && client.connected();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Crowd, "lanes on threads: in order, nothing twice, nothing lost, or an explicit gap") {
  rig.start_threads();
  std::atomic<bool> over{false};
  std::thread publisher([&] {
    static const char *const kNames[] = {"all.a", "all.b", "kept.a", "none.a"};
    for (unsigned i = 0; !over.load(); ++i) {
      rig.publish(kNames[i % 4], i / 4 % 2, i % 100);
      if (i % 8 == 0) std::this_thread::yield();
      if (i > 20'000) break;
    }
  });
  for (int i = 0; i < 1500; ++i) act(*clients[random() % clients.size()]);
  over.store(true);
  publisher.join();
  const int64_t end = rig.clock.mono_ns() + kPatienceNs;
  for (auto &client : clients) {
    while (!settle(*client) && rig.clock.mono_ns() < end) std::this_thread::yield();
    on_lane(client->lane(), [&] { client->judge_end(); });
  }
  rig.stop_threads();
  for (auto &client : clients) CHECK_MESSAGE(client->complaint().empty(), client->complaint());
}

}  // namespace signalbox::testing
