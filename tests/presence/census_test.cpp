#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>

#include "core/plugin/census.hpp"
#include "core/plugin/channel_group.hpp"

namespace signalbox {
namespace {

struct Listener final : net::Member {
  void live_in(net::GroupSpace &space) { space_ = &space; }
  void flush(net::FlushBatch &) override {}
  void overflowed() override {}
};

struct Fixture {
  net::Fanout fanout{[](const std::function<void()> &) {}};
  net::GroupSpace groups{fanout, {}};
  std::deque<Listener> listeners{6};
  Fixture() {
    for (Listener &one : listeners) {
      one.live_in(groups);
      fanout.add(one);
    }
  }
  void join(size_t who, std::string_view channel, uint32_t scope = 0, std::string_view kind = "k") {
    std::string buffer;
    groups.join(listeners[who], group_name({kind, scope, channel}, buffer));
  }
  using Counts = std::map<std::string, uint64_t, std::less<>>;
  Counts count(const CensusQuery &query) const {
    CensusTally tally;
    tally.count(groups, query);
    return tally.channels;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a census counts the connections in each channel of the asked pipelines, of all kinds") {
  join(0, "a");
  join(1, "a");
  join(2, "a", 0, "other");
  join(3, "b");
  join(4, "a", 7);  // another pipeline's
  groups.join(listeners[5], "a plugin's own group");
  CHECK(count({"", "", 10, {0}}) == Counts{{"a", 3}, {"b", 1}});
  CHECK(count({"b", "", 10, {0}}) == Counts{{"b", 1}});
  CHECK(count({"nowhere", "", 10, {0}}).empty());
  CHECK(count({"", "", 10, {7}}) == Counts{{"a", 1}});
  CHECK(count({"", "", 10, {}}).empty());
}

TEST_CASE_FIXTURE(Fixture, "a connection that two pipelines let into a channel counts once") {
  join(0, "a", 0);
  join(0, "a", 1);
  join(1, "a", 1);
  join(2, "a", 0, "other");
  CHECK(count({"", "", 10, {0, 1}}) == Counts{{"a", 3}});
}

TEST_CASE_FIXTURE(Fixture, "a prefix chooses, and of too many channels the first ones are counted, with one more") {
  for (const char *channel : {"x.3", "x.1", "y.1", "x.2", "x.4"})
    for (const uint32_t scope : {0u, 1u}) join(0, channel, scope);
  CHECK(count({"", "x.", 10, {0, 1}}) == Counts{{"x.1", 1}, {"x.2", 1}, {"x.3", 1}, {"x.4", 1}});
  for (const auto &scopes : {std::vector<uint32_t>{0}, std::vector<uint32_t>{0, 1}})
    CHECK(count({"", "x.", 2, scopes}) == Counts{{"x.1", 1}, {"x.2", 1}, {"x.3", 1}});
}

TEST_CASE("what the lanes counted is added up, and is cut to the first names again") {
  CensusTally sum;
  sum.add({3, {{"b", 1}, {"d", 2}}}, 2);
  sum.add({4, {{"a", 5}, {"b", 6}, {"c", 1}}}, 2);
  CHECK(sum.connections == 7);
  CHECK(sum.channels == std::map<std::string, uint64_t, std::less<>>{{"a", 5}, {"b", 7}, {"c", 1}});
}

}  // namespace signalbox
