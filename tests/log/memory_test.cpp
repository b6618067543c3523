#include <doctest/doctest.h>

#include "core/base/limits.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

TEST_CASE("events get rising positions, and a follower is shown them in this order") {
  House house;
  REQUIRE(house.open().ok());
  const LogReceipt a = house.put("c", "a"), b = house.put("c", "b");
  CHECK(a.status == SBX_OK);
  CHECK(a.position == Position{house.log->epoch(), 1});
  CHECK(b.position.seq == 2);
  CHECK(house.notes.seqs == std::vector<uint64_t>{1, 2});
  CHECK(house.notes.head == 2);
}

TEST_CASE("two logs without a store have different epochs") {
  House one, two;
  REQUIRE(one.open().ok());
  REQUIRE(two.open().ok());
  CHECK(one.log->epoch() != two.log->epoch());
}

TEST_CASE("an emission that became nothing gets a receipt without a position") {
  House house;
  REQUIRE(house.open().ok());
  CHECK(house.put(Emission{}).position == Position{});
  CHECK(house.notes.head == 0);
}

TEST_CASE("an event of two pipelines gets two positions and the receipt the last one") {
  House house({rule("*", 10)});
  REQUIRE(house.open().ok());
  Emission e = house.emission("c", "a");
  e.events.push_back({e.events[0].event, 1});
  CHECK(house.put(std::move(e)).position.seq == 2);
  LogQuery q = house.query("c", 0);
  CHECK(house.read(q).events.size() == 1);
  q.channels[0].scopes = {0, 1};
  const LogPage both = house.read(q);
  REQUIRE(both.events.size() == 2);
  CHECK(both.events[0].scope == 0);
  CHECK(both.events[1].scope == 1);
  CHECK(both.events[1].event->view().scope == 1);
}

TEST_CASE("exactly the retained number missed is no gap, one more is") {
  House house({rule("c", 3)});
  REQUIRE(house.open().ok());
  for (const char *name : {"a", "b", "c", "d", "e"}) house.put("c", name);
  CHECK(names(house.read("c", 2)) == Names{"c", "d", "e"});
  CHECK_FALSE(house.read("c", 2).channels[0].gap);
  CHECK(names(house.read("c", 1)) == Names{"c", "d", "e"});
  CHECK(house.read("c", 1).channels[0].gap);
}

TEST_CASE("a channel that keeps nothing tells a gap only if something was missed") {
  House house;
  REQUIRE(house.open().ok());
  house.put("c", "a");
  house.put("other", "b");
  CHECK(house.read("c", 0).channels[0].gap);
  CHECK_FALSE(house.read("c", 1).channels[0].gap);
  CHECK_FALSE(house.read("never", 0).channels[0].gap);
  CHECK_FALSE(house.read("c", 7).channels[0].gap);
}

TEST_CASE("what is lost beyond a reader's own place is still to come to it, and no gap") {
  House house({rule("one", 1)});
  REQUIRE(house.open().ok());
  house.put("one", "a");
  house.put("none", "b");
  for (int i = 0; i < 3; ++i) house.put("one", "c"), house.put("none", "d");
  for (const char *channel : {"one", "none"}) {
    LogQuery q = house.query(channel, 2);
    q.upto = 2;
    CHECK_FALSE(house.read(q).channels[0].gap);
    q.upto = house.notes.head;
    CHECK(house.read(q).channels[0].gap);
  }
}

TEST_CASE("a newcomer is given what replay says, and begins just before it") {
  House house({rule("all", 5), rule("last", 5, false, Replay::last), rule("none", 5, false, Replay::none)});
  REQUIRE(house.open().ok());
  for (const char *channel : {"all", "last", "none"})
    for (const char *name : {"a", "b"}) house.put(channel, name);
  const LogPage all = house.read("all", {}), last = house.read("last", {}), none = house.read("none", {});
  CHECK(names(all) == Names{"a", "b"});
  CHECK(all.channels[0].after == 0);
  CHECK(names(last) == Names{"b"});
  CHECK(last.channels[0].after == 3);
  CHECK(names(none).empty());
  CHECK(none.channels[0].after == house.notes.head);
  CHECK_FALSE(all.channels[0].gap);
}

TEST_CASE("a newcomer to a trimmed channel is told no gap, also when it comes back with the place it began at") {
  House house({rule("c", 2)});
  REQUIRE(house.open().ok());
  for (const char *name : {"a", "b", "c"}) house.put("c", name);
  const LogPage page = house.read("c", {});
  CHECK_FALSE(page.channels[0].gap);
  CHECK(page.channels[0].after == 1);
  CHECK_FALSE(house.read("c", page.channels[0].after).channels[0].gap);
}

TEST_CASE("pages follow one another through several channels in the log's order") {
  House house({rule("*", 100)});
  REQUIRE(house.open().ok());
  Names wanted;
  for (int i = 0; i < 30; ++i) {
    wanted.push_back(std::to_string(i));
    house.put(i % 3 ? "a" : "b", wanted.back());
  }
  LogQuery q = house.query("a", 0);
  q.channels.push_back({"b", {0}, 0});
  q.events_max = 7;
  Names got;
  for (int pages = 0; pages < 10; ++pages) {
    const LogPage page = house.read(q);
    CHECK(page.events.size() <= 7);
    for (const std::string &name : names(page)) got.push_back(name);
    for (auto &channel : q.channels) channel.after = page.upto;
    if (page.upto == q.upto) break;
  }
  CHECK(got == wanted);
}

TEST_CASE("a page holds its bytes, but at least one event") {
  House house({rule("*", 100)});
  REQUIRE(house.open().ok());
  for (int i = 0; i < 3; ++i) house.put("c", std::to_string(i), 1000);
  LogQuery q = house.query("c", 0);
  q.bytes_max = 10;
  CHECK(names(house.read(q)) == Names{"0"});
  CHECK(house.read(q).upto == 1);
  q.bytes_max = 2 * event("c", "0", 0, 1000)->bytes();
  CHECK(names(house.read(q)) == Names{"0", "1"});
}

TEST_CASE("bytes of a channel end what it retains") {
  ChannelRule small = rule("c", 100);
  small.bytes = 3 * event("c", "0", 0, 1000)->bytes();
  House house({small});
  REQUIRE(house.open().ok());
  for (int i = 0; i < 5; ++i) house.put("c", std::to_string(i), 1000);
  CHECK(names(house.read("c", 2)) == Names{"2", "3", "4"});
  CHECK_FALSE(house.read("c", 2).channels[0].gap);
  house.put("c", "huge", 10'000);
  CHECK(house.read("c", 5).channels[0].gap);
  CHECK(names(house.read("c", 0)).empty());
  house.put("c", "next");
  CHECK(names(house.read("c", 6)) == Names{"next"});
  CHECK_FALSE(house.read("c", 6).channels[0].gap);
}

TEST_CASE("the budget of memory evicts the oldest event of all channels") {
  House house({rule("*", 100)});
  house.options.memory_max = 4 * event("a", "0", 0, 1000)->bytes();
  REQUIRE(house.open().ok());
  for (int i = 0; i < 6; ++i) house.put(i % 2 ? "a" : "b", std::to_string(i), 1000);
  CHECK(names(house.read("b", 1)) == Names{"2", "4"});
  CHECK_FALSE(house.read("b", 1).channels[0].gap);
  CHECK(house.read("b", 0).channels[0].gap);
  CHECK(house.read("a", 0).channels[0].gap);
  CHECK_FALSE(house.read("a", 2).channels[0].gap);
}

TEST_CASE("what is over its time is not shown and a gap, before expire() and after") {
  ChannelRule timed = rule("c", 100);
  timed.for_ns = 10 * kSecond;
  House house({timed});
  REQUIRE(house.open().ok());
  house.put("c", "old");
  house.clock.now_ns += 6 * kSecond;
  house.put("c", "new");
  house.clock.now_ns += 5 * kSecond;
  for (int round = 0; round < 2; ++round) {
    CHECK(names(house.read("c", 0)) == Names{"new"});
    CHECK(house.read("c", 0).channels[0].gap);
    CHECK_FALSE(house.read("c", 1).channels[0].gap);
    CHECK(names(house.read("c", {})) == Names{"new"});
    CHECK_FALSE(house.read("c", {}).channels[0].gap);
    house.log->expire();
  }
  house.clock.now_ns += 60 * kSecond;
  house.log->expire();
  CHECK(names(house.read("c", {})).empty());
  CHECK(house.read("c", 1).channels[0].gap);
  CHECK_FALSE(house.read("c", 2).channels[0].gap);
}

TEST_CASE("channels beyond the number that is remembered leave a floor: never silence, never memory") {
  House house;
  REQUIRE(house.open().ok());
  for (size_t i = 0; i < limits::kLogQuietStreamsMax + 10; ++i)
    house.append(house.emission("c" + std::to_string(i), "x"));
  house.send();
  CHECK(house.read("c0", 0).channels[0].gap);
  CHECK(house.read("never", 0).channels[0].gap);  // cannot be told from c0
  const uint64_t late = house.notes.head - 5;
  CHECK_FALSE(house.read("never", late).channels[0].gap);
  CHECK(house.read("c" + std::to_string(limits::kLogQuietStreamsMax + 9), late).channels[0].gap);
}

TEST_CASE("a reader from nowhere does no harm") {
  House house({rule("*", 3)});
  REQUIRE(house.open().ok());
  house.put("c", "a");
  const LogPage future = house.read("c", UINT64_MAX);
  CHECK(future.events.empty());
  CHECK_FALSE(future.channels[0].gap);
  LogQuery q = house.query("c", 0);
  q.channels[0].scopes = {7};
  CHECK(house.read(q).events.empty());
  q.channels.clear();
  CHECK(house.read(q).upto == q.upto);
}

TEST_CASE("a durable rule without a store is an error that says what to do") {
  House house({rule("*", 3, true)});
  const Status s = house.open();
  REQUIRE_FALSE(s.ok());
  CHECK(s.message().find("store.path") != std::string::npos);
}
