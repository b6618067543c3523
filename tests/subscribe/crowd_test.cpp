// Many who come back at once: their replays share a lane with everybody else.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/subscribe/rig.hpp"

namespace signalbox::testing {

TEST_CASE("a crowd that comes back is served over many turns, each in order and whole, and live events go in between") {
  constexpr size_t kClients = 50, kRetained = 20;
  RigOptions options;
  ChannelRule rule;
  rule.match = "*";
  rule.events = 100;
  rule.replay = Replay::retained;
  options.rules = ChannelRules({rule});
  options.replay.events_per_turn = 3 * kRetained;
  Rig rig(options);
  for (size_t i = 0; i < kRetained; ++i) rig.publish("c", 0, 0);
  rig.turn();
  std::vector<sbx_id> crowd;
  for (size_t i = 0; i < kClients; ++i) {
    crowd.push_back(rig.ear().member());
    CHECK(rig.ear().subscribe(crowd.back(), 1, {{"c", ""}}) == SBX_OK);
  }
  std::vector<std::vector<uint64_t>> heard(kClients);
  std::vector<bool> live(kClients);
  size_t turns = 0, most = 0, published = kRetained;
  while (std::find(live.begin(), live.end(), false) != live.end()) {
    REQUIRE(++turns < 1000);
    rig.publish("c", 0, 0);
    ++published;
    rig.turn();
    size_t replayed = 0;
    for (size_t i = 0; i < kClients; ++i) {
      const bool was_live = live[i];
      for (const std::string &line : rig.ear().take(crowd[i])) {
        const std::vector<std::string> words = words_of(line);
        if (words[0] == "live") live[i] = true;
        if (words[0] != "event") continue;
        heard[i].push_back(std::stoull(words[2]));
        replayed += was_live ? 0 : 1;
      }
    }
    most = std::max(most, replayed);
  }
  CHECK(turns > kClients / 4);
  // The last one of a turn may go over what is left of it by one page.
  CHECK(most <= 3 * options.replay.events_per_turn);
  rig.turn();
  for (size_t i = 0; i < kClients; ++i)
    for (const std::string &line : rig.ear().take(crowd[i]))
      if (words_of(line)[0] == "event") heard[i].push_back(std::stoull(words_of(line)[2]));
  for (const std::vector<uint64_t> &mine : heard) {
    REQUIRE(mine.size() == published);
    for (size_t i = 0; i < published; ++i) CHECK(mine[i] == i + 1);
  }
}

}  // namespace signalbox::testing
