#include "core/net/pulse.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

namespace signalbox::net {
namespace {
constexpr int64_t kSecond = 1'000'000'000;
using Verdict = Pulse::Verdict;
}  // namespace

TEST_CASE("a silent client is asked once, and is dead when it goes on being silent") {
  Pulse pulse;
  CHECK(!pulse.on());
  pulse.begin(2 * kSecond, kSecond, 0, 1000);
  CHECK(pulse.on());
  CHECK(pulse.due(1000) == 1020);
  CHECK(pulse.look(1019) == Verdict::alive);
  CHECK(pulse.look(1020) == Verdict::ask);
  CHECK(pulse.due(1020) == 1031);
  CHECK(pulse.look(1030) == Verdict::alive);
  CHECK(pulse.look(1031) == Verdict::dead);
}

TEST_CASE("whatever it says keeps it alive, and the next silence is asked about again") {
  Pulse pulse;
  pulse.begin(2 * kSecond, kSecond, 0, 0);
  CHECK(pulse.look(20) == Verdict::ask);
  pulse.heard(29);
  CHECK(pulse.due(29) == 49);
  CHECK(pulse.look(31) == Verdict::alive);
  CHECK(pulse.look(49) == Verdict::ask);
  CHECK(pulse.look(60) == Verdict::dead);
}

TEST_CASE("who answers at once is asked in time again, however long an answer may take") {
  Pulse pulse;
  pulse.begin(kSecond, 5 * kSecond, 0, 0);
  uint32_t now = pulse.due(0);
  CHECK(pulse.look(now) == Verdict::ask);
  pulse.heard(11);
  std::vector<uint32_t> asked;
  while (now < 200) {
    const uint32_t due = pulse.due(now);
    REQUIRE(due > now);
    now = due;
    const Verdict verdict = pulse.look(now);
    if (verdict == Verdict::ask) asked.push_back(now);
    if (verdict == Verdict::dead) break;
  }
  CHECK(asked == std::vector<uint32_t>{21});
  CHECK(now == 72);
  // ... and by the wheel of a lane, which keeps the time that was named last.
  pulse.begin(kSecond, 5 * kSecond, 0, 0);
  CHECK(pulse.look(10) == Verdict::ask);
  const uint32_t named = pulse.due(10);
  pulse.heard(11);
  CHECK(named <= 21);
}

TEST_CASE("the tick count may turn over") {
  Pulse pulse;
  pulse.begin(kSecond, kSecond, 0, UINT32_MAX - 3);
  CHECK(pulse.look(5) == Verdict::alive);
  CHECK(pulse.look(6) == Verdict::ask);
  CHECK(pulse.look(17) == Verdict::dead);
}

TEST_CASE("clients that came together are asked apart, none much too early, and given up at the same time") {
  std::set<uint32_t> asked;
  for (uint64_t id = 0; id < 100; ++id) {
    Pulse pulse;
    pulse.begin(25 * kSecond, 5 * kSecond, id, 0);
    const uint32_t ask = pulse.due(0);
    asked.insert(ask);
    CHECK(pulse.look(ask) == Verdict::ask);
    CHECK(pulse.due(ask) == 301);
  }
  CHECK(asked.size() == 32);
  CHECK(*asked.begin() == 219);
  CHECK(*asked.rbegin() == 250);
}

TEST_CASE("intervals of nothing and of for ever are a tick and a year") {
  Pulse pulse;
  pulse.begin(1, 0, 0, 0);
  CHECK(pulse.due(0) == 1);
  pulse.begin(INT64_MAX, INT64_MAX, 0, 0);
  CHECK(pulse.due(0) == uint32_t{1} << 28);
  CHECK(pulse.look(uint32_t{1} << 28) == Verdict::ask);
}

TEST_CASE("the wheel hands out every id on its tick; one that is far away comes round earlier") {
  std::mt19937 random(5);
  PulseWheel wheel;
  std::map<uint64_t, uint32_t> due;
  uint64_t next = 1;
  for (int step = 0; step < 3000; ++step) {
    for (int i = 0; i < 3; ++i) {
      due[next] = wheel.now() + 1 + static_cast<uint32_t>(random() % 255);
      wheel.add(next, due[next]);
      ++next;
    }
    for (const uint64_t id : wheel.tick()) {
      CHECK(due.at(id) == wheel.now());
      due.erase(id);
    }
  }
  while (!wheel.empty())
    for (const uint64_t id : wheel.tick()) due.erase(id);
  CHECK(due.empty());
  wheel.add(7, wheel.now() + 10'000);
  wheel.add(8, wheel.now() - 1);  // late already
  CHECK(wheel.tick() == std::vector<uint64_t>{8});
  const uint32_t from = wheel.now();
  while (wheel.tick().empty()) REQUIRE(wheel.now() - from < 255);
}

}  // namespace signalbox::net
