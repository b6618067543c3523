// The sessions of a sink by themselves, as its lanes share them.
#include "plugins/sinks/socketio/kept_sessions.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

using namespace socketio;

namespace {

struct Shard final : KeptSessions::Shard {
  std::atomic<int> evictions = 0;
  void evict(uint64_t) override { ++evictions; }
};

Kept session(const std::string &pid, size_t channels = 0, size_t name_bytes = 1) {
  Kept kept;
  kept.pid = pid;
  for (size_t i = 0; i < channels; ++i) kept.channels.emplace_back().name = std::string(name_bytes, 'x');
  return kept;
}

}  // namespace

TEST_CASE("sinks with the same name share their sessions as long as one of them is there, and no longer") {
  Shard shard;
  auto one = KeptSessions::of("twins");
  auto two = KeptSessions::of("twins");
  const auto other = KeptSessions::of("other");
  CHECK(one == two);
  CHECK(one != other);
  one->limit(1000, 10);
  auto ticket = one->open(shard, 1, session("a"));
  one->lose(ticket, 0);
  CHECK(two->lost() == 1);
  CHECK(other->lost() == 0);
  const std::weak_ptr<KeptSessions> first = one;
  SUBCASE("a sink that comes after them begins anew") {
    one.reset();
    two.reset();
    CHECK(first.expired());
    CHECK(KeptSessions::of("twins")->lost() == 0);
  }
  SUBCASE("one that comes meanwhile knows them") { CHECK(KeptSessions::of("twins")->lost() == 1); }
}

TEST_CASE("lost sessions are bounded by their number and by what they hold") {
  Shard shard;
  const auto all = KeptSessions::of("bounded");
  for (const size_t lost_max : {size_t{3}, size_t{2000}}) {
    all->limit(1'000'000, lost_max);
    for (int i = 0; i < 400; ++i) {
      auto ticket = all->open(shard, 1, session(std::to_string(i), 100, 1000));
      all->lose(ticket, i);
    }
    const size_t each = session("100", 100, 1000).bytes();
    const size_t room = std::max(lost_max * KeptSessions::kLostBytesEach, KeptSessions::kLostBytesMin) / each;
    CHECK(all->lost() == std::min(lost_max, room));
    CHECK_FALSE(all->claim_pid(shard, 2, "0", 400).has_value());
    auto last = all->claim_pid(shard, 2, "399", 400);
    REQUIRE(last.has_value());
    all->end(last->ticket);
    CHECK_FALSE(all->claim_pid(shard, 2, "399", 400).has_value());
  }
  CHECK_FALSE(all->claim_pid(shard, 2, "398", 2'000'000).has_value());
  CHECK(all->lost() == 0);
}

TEST_CASE("whoever claims a session last has it, whatever the lanes do at once") {
  const auto all = KeptSessions::of("threads");
  all->limit(1'000'000, 4);
  std::atomic<int> claims = 0;
  const auto lane = [&](unsigned seed) {
    Shard shard;
    std::mt19937 random(seed);
    std::vector<KeptSessions::Ticket> mine;
    for (int i = 0; i < 3000; ++i) {
      const std::string pid = std::to_string(random() % 8);
      if (auto claimed = all->claim_pid(shard, static_cast<uint64_t>(i), pid, i)) {
        ++claims;
        all->with(claimed->ticket, [&](Kept &kept) { ++kept.ops; });
        mine.push_back(std::move(claimed->ticket));
      } else {
        mine.push_back(all->open(shard, static_cast<uint64_t>(i), session(pid, 3)));
      }
      if (mine.size() < 4) continue;
      auto &old = mine[random() % mine.size()];
      if (random() % 3 == 0) all->rename(old, std::to_string(random() % 8), {});
      if (random() % 2)
        all->lose(old, i);
      else
        all->end(old);
      std::swap(old, mine.back());
      mine.pop_back();
    }
    // A shard gives all its tickets back before it ends: nobody evicts from it later.
    for (auto &ticket : mine) all->lose(ticket, 3000);
  };
  std::vector<std::thread> lanes;
  for (unsigned i = 0; i < 4; ++i) lanes.emplace_back(lane, i);
  for (std::thread &t : lanes) t.join();
  CHECK(claims > 0);
  CHECK(all->lost() <= 4);
}
