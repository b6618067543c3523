// The promise of the subscribe operation under any interleaving of publish, subscribe, unsubscribe, cut, resume and
// transfer on several lanes, with slow clients, small gates and little retention: every channel in order, nothing
// twice, nothing lost, or a gap in its place; and no gap where nothing was lost.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/subscribe/listener.hpp"

namespace signalbox::testing {
namespace {

class Play {
 public:
  Play(uint32_t seed, const std::string &store) : random_(seed), rig_(options(store)) {
    for (size_t i = 0; i < 3; ++i)
      clients_.push_back(std::make_unique<Listener>(rig_, "client " + std::to_string(i), one_in(2), !dropping_));
  }

  // Empty: all is as promised.
  std::string run(int steps) {
    for (int i = 0; i < steps && complaint().empty(); ++i) step();
    rig_.log().drain(deadline());
    for (const int64_t end = deadline(); complaint().empty() && !settled() && rig_.clock.mono_ns() < end;)
      std::this_thread::yield();  // the disk may be asked
    for (auto &client : clients_)
      if (complaint().empty()) client->judge_end();
    return complaint();
  }

 private:
  unsigned below(size_t n) { return static_cast<unsigned>(random_() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }
  std::string any_channel() {
    static const char *const kNames[] = {"kept.a", "kept.b", "all.a", "last.a", "none.a"};
    return kNames[below(std::size(kNames))];
  }

  RigOptions options(const std::string &store) {
    RigOptions o;
    o.lanes = 1 + below(3);
    o.scopes = 1 + below(2);
    std::vector<ChannelRule> rules;
    const std::pair<const char *, Replay> kinds[] = {
        {"kept.*", Replay::none}, {"all.*", Replay::retained}, {"last.*", Replay::last}};
    for (const auto &[match, replay] : kinds) {
      ChannelRule rule;
      rule.match = match;
      rule.events = 2 + below(12);
      rule.replay = replay;
      rule.durable = !store.empty() && one_in(2);
      rules.push_back(rule);
    }
    o.rules = ChannelRules(rules);
    o.store = store;
    o.replay = {1 + below(6), 1u << 20, 1 + below(4), 1u << 20, below(3) + 1};
    dropping_ = one_in(4);
    o.outbox.bytes_max = one_in(2) ? 1u << 20 : 500 + below(2000);
    if (dropping_) o.outbox.policy = SBX_OUTBOX_DROP_OLDEST;
    return o;
  }

  std::string complaint() const {
    for (const auto &client : clients_)
      if (!client->complaint().empty()) return client->complaint();
    return {};
  }

  int64_t deadline() const { return rig_.clock.mono_ns() + 20'000'000'000; }

  // Lets everything go on that waits; true: there was nothing.
  bool settled() {
    rig_.turn_all();
    bool all = true;
    for (auto &client : clients_) {
      if (!client->connected()) begin(*client);
      client->read(SIZE_MAX);
      all &= client->connected() && client->quiet();
    }
    rig_.turn_all();
    for (unsigned i = 0; i < rig_.world.lanes; ++i)
      all &= rig_.lane(i).position == rig_.head() && rig_.instance(i).readers() == 0;
    for (auto &client : clients_) {
      client->read(SIZE_MAX);
      all &= client->connected();
    }
    return all;
  }

  void step() {
    Listener &client = *clients_[below(clients_.size())];
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        for (unsigned n = 1 + below(4); n > 0; --n)
          rig_.publish(any_channel(), below(rig_.scopes), one_in(3) ? below(300) : 0);
        return;
      case 3:
      case 4:
      case 5:
        return rig_.turn(below(rig_.world.lanes), one_in(2) ? SIZE_MAX : below(4));
      case 6:
      case 7:
        return client.read(one_in(2) ? SIZE_MAX : 1 + below(200));
      case 8:
        if (one_in(2)) return client.cut();
        return;
      default:
        if (!client.connected())
          begin(client);
        else
          act(client);
    }
  }

  // A client with one cursor names its channels when it connects for the first time.
  void begin(Listener &client) {
    client.connect(below(rig_.world.lanes));
    if (client.one_cursor() && !client.wants("all.a") && !client.wants("kept.a"))
      client.subscribe({"kept.a", "all.a", "none.a"});
  }

  void act(Listener &client) {
    if (one_in(4)) return client.transfer();
    if (client.one_cursor()) return;
    const std::string first = any_channel(), second = any_channel();
    if (one_in(3)) {
      if (client.wants(first)) client.unsubscribe(first);
      return;
    }
    std::vector<std::string> channels;
    if (!client.wants(first)) channels.push_back(first);
    if (!client.wants(second) && second != first) channels.push_back(second);
    if (!channels.empty()) client.subscribe(channels);
  }

  std::mt19937 random_;
  bool dropping_ = false;
  Rig rig_;
  std::vector<std::unique_ptr<Listener>> clients_;
};

uint32_t first_seed() {
  const char *given = std::getenv("SUBSCRIBE_SEED");
  return given ? static_cast<uint32_t>(std::strtoul(given, nullptr, 10)) : 1;
}

}  // namespace

TEST_CASE("any interleaving: in order, nothing twice, nothing lost, or an explicit gap") {
  constexpr uint32_t kRuns = 1500;
  for (uint32_t seed = first_seed(); seed < first_seed() + kRuns; ++seed) {
    const std::string complaint = Play(seed, "").run(150);
    REQUIRE_MESSAGE(complaint.empty(), "SUBSCRIBE_SEED=", seed, ": ", complaint);
  }
}

TEST_CASE("any interleaving with durable channels on disk") {
  constexpr uint32_t kRuns = 40;
  const auto folder = std::filesystem::temp_directory_path() / ("subscribe_test." + std::to_string(::getpid()));
  for (uint32_t seed = first_seed(); seed < first_seed() + kRuns; ++seed) {
    std::filesystem::create_directory(folder);
    const std::string complaint = Play(seed, (folder / "log.db").string()).run(150);
    std::filesystem::remove_all(folder);
    REQUIRE_MESSAGE(complaint.empty(), "SUBSCRIBE_SEED=", seed, ": ", complaint);
  }
}

}  // namespace signalbox::testing
