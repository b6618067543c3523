// Memory against a model that keeps everything and looks it all through, with random rules, traffic and time.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

struct Kept {
  uint64_t seq;
  std::string channel;
  int64_t wall_ns;
  uint64_t bytes;
  bool retained;
};

// All events in order; `retained` goes when a rule, the budget or time takes one.
struct Model {
  void place(Kept event, const ChannelRule &r, uint64_t memory_max) {
    event.retained = r.keeps();
    all.push_back(event);
    if (!event.retained) return;
    while (count(event.channel) > r.events) lose_oldest([&](const Kept &k) { return k.channel == event.channel; });
    while (bytes() > memory_max) lose_oldest([](const Kept &) { return true; });
  }
  void lose_oldest(const auto &which) {
    for (Kept &k : all)
      if (k.retained && which(k)) {
        k.retained = false;
        return;
      }
  }
  uint64_t count(const std::string &channel) const {
    return static_cast<uint64_t>(
        std::count_if(all.begin(), all.end(), [&](const Kept &k) { return k.retained && k.channel == channel; }));
  }
  uint64_t bytes() const {
    uint64_t sum = 0;
    for (const Kept &k : all) sum += k.retained ? k.bytes : 0;
    return sum;
  }
  std::vector<Kept> all;
};

}  // namespace

TEST_CASE("gaps and contents are exactly those of a model that looks everything through") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto upto = [&](unsigned n) { return random() % n; };
    std::map<std::string, ChannelRule> by_channel;
    std::vector<ChannelRule> rules;
    for (const char *channel : {"a", "b", "c", "d"}) {
      ChannelRule r = rule(channel, upto(5));
      r.for_ns = upto(2) ? (5 + upto(20)) * kSecond : 0;
      by_channel[channel] = r;
      rules.push_back(r);
    }
    House house(rules);
    const uint64_t one = event("a", "x", 0, 100)->bytes();
    house.options.memory_max = one * (2 + upto(10));
    REQUIRE(house.open().ok());
    Model model;
    for (int step = 0; step < 300; ++step) {
      const std::string channel(1, static_cast<char>('a' + upto(4)));
      if (upto(4) == 0) {
        house.clock.now_ns += upto(4) * kSecond;
        // The budget takes what is over its time like anything else, so both have to know it is gone.
        house.log->expire();
        for (Kept &k : model.all) {
          const int64_t for_ns = by_channel[k.channel].for_ns;
          if (for_ns > 0 && house.clock.now_ns - k.wall_ns >= for_ns) k.retained = false;
        }
      }
      const LogReceipt receipt = house.put(channel, "x", 100);
      model.place({receipt.position.seq, channel, house.clock.wall_ns(), one, true}, by_channel[channel],
                  house.options.memory_max);

      LogQuery q = house.query(std::string(1, static_cast<char>('a' + upto(4))), 0);
      q.upto -= std::min<uint64_t>(q.upto, upto(4));
      const uint64_t after = q.upto - std::min<uint64_t>(q.upto, upto(30));
      q.channels[0].after = after;
      const LogPage page = house.read(q);
      std::vector<uint64_t> wanted, got;
      bool gap = false;
      for (const Kept &k : model.all) {
        if (k.channel != q.channels[0].name || k.seq <= after) continue;
        if (k.seq > q.upto) continue;
        if (k.retained) wanted.push_back(k.seq);
        gap |= !k.retained;
      }
      for (const LogEntry &entry : page.events) got.push_back(entry.event->view().seq);
      REQUIRE(got == wanted);
      // At most four are lost beyond the reader's place here, and so many are known exactly.
      REQUIRE(page.channels[0].gap == gap);
    }
  }
}
