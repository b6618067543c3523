// Pages of the log that clients share, and when they may not.
#include "core/plugin/turn_pages.hpp"

#include <doctest/doctest.h>

#include "tests/subscribe/rig.hpp"

namespace signalbox::testing {
namespace {

LogQuery question(const std::string &channel, uint64_t upto = 9) {
  LogQuery query;
  query.channels.push_back({channel, {0}, 3});
  query.upto = upto;
  return query;
}

PagePtr page() { return std::make_shared<const LogPage>(); }

RigOptions for_an_hour() {
  RigOptions options;
  ChannelRule rule;
  rule.match = "*";
  rule.events = 100;
  rule.for_ns = 3'600'000'000'000;
  rule.replay = Replay::retained;
  options.rules = ChannelRules({rule});
  return options;
}

// The positions of the events that a newcomer to this channel is replayed.
std::vector<std::string> replayed(Rig &rig, const std::string &channel) {
  const sbx_id conn = rig.ear().member();
  CHECK(rig.ear().subscribe(conn, 1, {{channel, ""}}) == SBX_OK);
  rig.turn();
  std::vector<std::string> positions;
  for (const std::string &line : rig.ear().take(conn))
    if (const auto words = words_of(line); words[0] == "event") positions.push_back(words[2]);
  return positions;
}

}  // namespace

TEST_CASE("the same question is answered with the same page, and nothing else is") {
  TurnPages pages;
  const PagePtr kept = page();
  pages.keep(question("a"), kept);
  CHECK(pages.find(question("a")) == kept);
  CHECK(!pages.find(question("b")));
  CHECK(!pages.find(question("a", 10)));  // another place of the lane
  LogQuery other = question("a");
  other.channels[0].after = 4;
  CHECK(!pages.find(other));
  other.channels[0].after.reset();
  CHECK(!pages.find(other));
  other = question("a");
  other.channels[0].scopes = {0, 1};
  CHECK(!pages.find(other));
  other = question("a");
  other.events_max = 1;
  CHECK(!pages.find(other));
  pages.clear();
  CHECK(!pages.find(question("a")));
}

TEST_CASE("of many pages the newest are kept") {
  TurnPages pages;
  for (size_t i = 0; i <= limits::kReplayPagesKept; ++i) pages.keep(question(std::to_string(i)), page());
  CHECK(!pages.find(question("0")));
  for (size_t i = 1; i <= limits::kReplayPagesKept; ++i) CHECK(pages.find(question(std::to_string(i))));
  pages.clear();
  pages.keep(question("0"), page());
  CHECK(pages.find(question("0")));
}

TEST_CASE("who comes in a later turn is replayed what the log holds then") {
  Rig rig(for_an_hour());
  rig.publish("c");
  rig.turn();
  CHECK(replayed(rig, "c") == std::vector<std::string>{"1"});
  rig.publish("c");
  rig.turn();
  CHECK(replayed(rig, "c") == std::vector<std::string>{"1", "2"});
  rig.clock.ahead_ns = 3'600'000'000'001;  // the lane's place is the same
  CHECK(replayed(rig, "c").empty());
}

TEST_CASE("who shares a page and leaves in the middle of it keeps nothing from the others") {
  Rig rig(for_an_hour());
  for (int i = 0; i < 3; ++i) rig.publish("c");
  rig.publish("d");
  rig.turn();
  const sbx_id one = rig.ear().member(), other = rig.ear().member();
  CHECK(rig.ear().subscribe(one, 1, {{"c", ""}, {"d", ""}}) == SBX_OK);
  CHECK(rig.ear().subscribe(other, 1, {{"c", ""}, {"d", ""}}) == SBX_OK);
  bool left = false;
  rig.ear().on_call = [&](std::string_view what) {
    if (!left && what.starts_with("event c 2")) left = rig.ear().unsubscribe(one, "c") == SBX_OK;
  };
  rig.turn();
  const auto events = [&](sbx_id conn) {
    std::vector<std::string> out;
    for (const std::string &line : rig.ear().take(conn))
      if (const auto words = words_of(line); words[0] == "event") out.push_back(words[1] + words[2]);
    return out;
  };
  CHECK(events(one) == std::vector<std::string>{"c1", "c2", "d4"});
  CHECK(events(other) == std::vector<std::string>{"c1", "c2", "c3", "d4"});
}

}  // namespace signalbox::testing
