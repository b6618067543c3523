// The limits of one sink: which rule counts what, all or nothing, and what is counted of it.
#include "core/plugin/rate_limits.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using signalbox::Metrics;
using signalbox::RateLimits;
using signalbox::SinkRates;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

bool shows(const Metrics &metrics, const std::string &line) {
  std::string text;
  metrics.render(text);
  return text.find(line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a sink without limits lets everything through and shows no metric") {
  Metrics metrics;
  RateLimits limits({}, metrics, "browsers");
  for (int i = 0; i < 1000; ++i) {
    CHECK(limits.connect("10.0.0.1", 0));
    CHECK(limits.subscribe(1, "10.0.0.1", 1000, 0));
    CHECK(limits.subscribed_as("ann", 1000, 0));
    CHECK(limits.say(1, "10.0.0.1", "ann", 0));
  }
  std::string text;
  metrics.render(text);
  CHECK(text.find("signalbox_limited_total") == std::string::npos);
}

TEST_CASE("connects are counted by address") {
  Metrics metrics;
  SinkRates rates;
  rates.connects_address = {1, 2};
  RateLimits limits(rates, metrics, "browsers");
  CHECK(limits.connect("10.0.0.1", 0));
  CHECK(limits.connect("10.0.0.1", 0));
  CHECK_FALSE(limits.connect("10.0.0.1", 0));
  CHECK_FALSE(limits.connect("::ffff:10.0.0.1", 0));
  CHECK(limits.connect("10.0.0.2", 0));
  CHECK(limits.connect("10.0.0.1", kSecond));
  CHECK(shows(metrics, R"(signalbox_limited_total{rule="connects_per_address",sink="browsers"} 2)"));
}

TEST_CASE("an IPv6 customer's whole /64 is one address") {
  Metrics metrics;
  SinkRates rates;
  rates.connects_address = {1, 1};
  RateLimits limits(rates, metrics, "browsers");
  CHECK(limits.connect("2001:db8:1:2::1", 0));
  CHECK_FALSE(limits.connect("2001:db8:1:2:ffff:ffff:ffff:ffff", 0));
  CHECK(limits.connect("2001:db8:1:3::1", 0));
}

TEST_CASE("who has no IP address is not limited by it") {
  Metrics metrics;
  SinkRates rates;
  rates.connects_address = rates.subscribes_address = rates.says_address = {1, 1};
  RateLimits limits(rates, metrics, "browsers");
  for (const char *address : {"", "unix", "/run/signalbox.sock"})
    for (int i = 0; i < 3; ++i) {
      CHECK(limits.connect(address, 0));
      CHECK(limits.subscribe(1, address, 5, 0));
      CHECK(limits.say(1, address, "", 0));
    }
}

TEST_CASE("a subscribe costs as many as it has channels") {
  Metrics metrics;
  SinkRates rates;
  rates.subscribes_connection = {1, 10};
  RateLimits limits(rates, metrics, "browsers");
  CHECK(limits.subscribe(1, "10.0.0.1", 8, 0));
  CHECK_FALSE(limits.subscribe(1, "10.0.0.1", 3, 0));
  CHECK(limits.subscribe(1, "10.0.0.1", 2, 0));
  CHECK(limits.subscribe(2, "10.0.0.1", 10, 0));
}

TEST_CASE("what one bucket refuses costs the others nothing") {
  Metrics metrics;
  SinkRates rates;
  rates.says_connection = {1, 3};
  rates.says_address = {1, 3};
  rates.says_principal = {1, 1};
  rates.subscribes_connection = {1, 5};
  rates.subscribes_address = {1, 6};
  RateLimits limits(rates, metrics, "browsers");
  CHECK(limits.say(1, "10.0.0.1", "ann", 0));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(limits.say(1, "10.0.0.1", "ann", 0));
  CHECK(limits.say(1, "10.0.0.1", "ben", 0));
  CHECK(limits.say(1, "10.0.0.1", "", 0));
  CHECK_FALSE(limits.say(1, "10.0.0.1", "", 0));
  CHECK(limits.subscribe(1, "10.0.0.1", 3, 0));
  CHECK_FALSE(limits.subscribe(2, "10.0.0.1", 4, 0));  // the address has 3 left
  CHECK(limits.subscribe(2, "10.0.0.2", 5, 0));        // ... and the connection all of its own
  CHECK(shows(metrics, R"(signalbox_limited_total{rule="client_events_per_principal",sink="browsers"} 10)"));
  CHECK(shows(metrics, R"(signalbox_limited_total{rule="client_events_per_connection",sink="browsers"} 1)"));
  CHECK(shows(metrics, R"(signalbox_limited_total{rule="client_events_per_address",sink="browsers"} 0)"));
  CHECK(shows(metrics, R"(signalbox_limited_total{rule="subscribes_per_address",sink="browsers"} 1)"));
}

TEST_CASE("a principal is one over all connections and addresses; nobody is not limited") {
  Metrics metrics;
  SinkRates rates;
  rates.subscribes_principal = {1, 2};
  RateLimits limits(rates, metrics, "browsers");
  CHECK(limits.subscribed_as("ann", 2, 0));
  CHECK_FALSE(limits.subscribed_as("ann", 1, 0));
  CHECK(limits.subscribed_as("ben", 1, 0));
  for (int i = 0; i < 5; ++i) CHECK(limits.subscribed_as("", 100, 0));
}

TEST_CASE("a connection that ended is forgotten") {
  Metrics metrics;
  SinkRates rates;
  rates.says_connection = {1, 1};
  rates.subscribes_connection = {1, 1};
  RateLimits limits(rates, metrics, "browsers");
  CHECK(limits.say(1, "", "", 0));
  CHECK(limits.subscribe(1, "", 1, 0));
  CHECK_FALSE(limits.say(1, "", "", 0));
  limits.forget(1);
  limits.forget(99);
  CHECK(limits.say(1, "", "", 0));
  CHECK(limits.subscribe(1, "", 1, 0));
}

TEST_CASE("lanes that ask at the same time get no more than one would") {
  Metrics metrics;
  SinkRates rates;
  rates.connects_address = {0.001, 500};
  RateLimits limits(rates, metrics, "browsers");
  std::atomic<int> allowed = 0;
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < 4; ++lane)
    lanes.emplace_back([&] {
      for (int i = 0; i < 1000; ++i)
        if (limits.connect("10.0.0.1", i)) ++allowed;
    });
  for (std::thread &lane : lanes) lane.join();
  CHECK(allowed == 500);
}
