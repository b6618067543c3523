#include <doctest/doctest.h>

#include <sbx/testing/fake_host.hpp>
#include <vector>

#include "plugins/sinks/socketio/heartbeat.hpp"

using namespace socketio;
using sbx::kMillisecondNs;
using sbx::kSecondNs;

namespace {

struct Alarm : Heartbeat::Entry {
  std::vector<int64_t> rang;
  std::vector<Heartbeat::Entry *> cancels;
  Heartbeat *wheel = nullptr;
  int64_t again_ns = 0;
  void on_due(int64_t now_ns) noexcept override {
    rang.push_back(now_ns);
    for (auto *other : cancels) wheel->cancel(*other);
    if (again_ns) wheel->schedule(*this, now_ns + again_ns);
  }
};

struct Clock {
  sbx::testing::FakeHost host;
  Heartbeat wheel{sbx::Host(host.get()), sbx::Host(host.get()).service<sbx_loop>(), 20 * kSecondNs};
};

}  // namespace

TEST_CASE("a deadline is met, never early and at most a tick late, however far it is") {
  Clock c;
  Alarm near, far, beyond;
  const int64_t start = c.host.now_ns;
  const std::pair<Alarm *, int64_t> all[] = {
      {&near, 300 * kMillisecondNs}, {&far, 45 * kSecondNs}, {&beyond, 3600 * kSecondNs}};
  for (auto [alarm, after] : all) c.wheel.schedule(*alarm, start + after);
  c.host.advance(4000 * kSecondNs);
  for (auto [alarm, after] : all) {
    REQUIRE(alarm->rang.size() == 1);
    CHECK(alarm->rang[0] >= start + after);
    CHECK(alarm->rang[0] <= start + after + c.wheel.tick_ns());
  }
}

TEST_CASE("one host timer serves them all, and none when nothing waits") {
  Clock c;
  CHECK(c.host.timers() == 0);
  std::vector<Alarm> alarms(1000);
  for (auto &alarm : alarms) c.wheel.schedule(alarm, c.host.now_ns + kSecondNs);
  CHECK(c.host.timers() == 1);
  CHECK(c.wheel.waiting() == 1000);
  c.host.advance(2 * kSecondNs);
  CHECK(c.wheel.waiting() == 0);
  CHECK(c.host.timers() == 0);
}

TEST_CASE("an entry may cancel another that is due with it, die, and come again") {
  Clock c;
  Alarm first, second;
  first.wheel = second.wheel = &c.wheel;
  first.cancels = {&second};
  second.cancels = {&first};
  c.wheel.schedule(first, c.host.now_ns + kSecondNs);
  c.wheel.schedule(second, c.host.now_ns + kSecondNs);
  {
    Alarm dies;
    c.wheel.schedule(dies, c.host.now_ns + kSecondNs);
  }
  c.host.advance(2 * kSecondNs);
  CHECK(first.rang.size() + second.rang.size() == 1);
  first.cancels.clear();
  first.again_ns = 10 * kSecondNs;
  first.rang.clear();
  c.wheel.schedule(first, c.host.now_ns + 10 * kSecondNs);
  c.host.advance(35 * kSecondNs);
  CHECK(first.rang.size() == 3);
}
