// Each rule of the subscribe operation by itself.
#include <doctest/doctest.h>

#include "core/base/limits.hpp"
#include "tests/subscribe/rig.hpp"

// What a failed comparison shows.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string> &lines) {
    std::string all;
    for (const std::string &line : lines) all += "\n  " + line;
    return all.c_str();
  }
};

namespace signalbox::testing {
namespace {

using Frames = std::vector<std::string>;

ChannelRule rule(const std::string &match, uint64_t events, Replay replay = Replay::none) {
  ChannelRule r;
  r.match = match;
  r.events = events;
  r.replay = replay;
  return r;
}

RigOptions options(size_t gate_events = 4, size_t page_events = 3, size_t pages = 100) {
  RigOptions o;
  o.rules = ChannelRules({rule("kept.*", 5), rule("all.*", 100, Replay::retained), rule("last.*", 100, Replay::last)});
  o.replay.gate_events = gate_events;
  o.replay.page_events = page_events;
  o.replay.pages_per_turn = pages;
  return o;
}

struct Fixture {
  Rig rig;
  Ear &ear = rig.ear();
  sbx_id conn = ear.member();
  explicit Fixture(const RigOptions &o = options()) : rig(o) {}

  void publish(const std::string &channel, int count = 1, uint32_t scope = 0, size_t bytes = 0) {
    for (int i = 0; i < count; ++i) rig.publish(channel, scope, bytes);
  }
  void deliver() { rig.turn(); }
  // Every frame without the data of events.
  Frames hear(sbx_id id = 0) {
    Frames all = ear.take(id ? id : conn);
    for (std::string &line : all)
      if (const std::vector<std::string> words = words_of(line); words[0] == "event")
        line = "event " + words[1] + " " + words[2];
    return all;
  }
  Frames subscribe(const std::vector<std::pair<std::string, std::string>> &wants, uint64_t ref = 1) {
    CHECK(ear.subscribe(conn, ref, wants) == SBX_OK);
    rig.turn();
    return hear();
  }
};

struct SmallBox : Fixture {
  static RigOptions small() {
    RigOptions o = options();
    o.outbox.bytes_max = 2000;
    return o;
  }
  SmallBox() : Fixture(small()) {}
};

struct TwoLanes : Fixture {
  static RigOptions two() {
    RigOptions o = options();
    o.lanes = 2;
    return o;
  }
  TwoLanes() : Fixture(two()) {}
};

struct TwoScopes : Fixture {
  static RigOptions two() {
    RigOptions o = options();
    o.scopes = 2;
    return o;
  }
  TwoScopes() : Fixture(two()) {}
};

struct OnePage : Fixture {  // a replay of more than a page takes several turns
  OnePage() : Fixture(options(4, 3, 1)) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a newcomer to a channel that replays nothing is live at the lane's place") {
  publish("kept.a", 3);
  deliver();
  CHECK(subscribe({{"kept.a", ""}}) == Frames{"subscribed kept.a 0 1 0 3 3", "live 1 3"});
  publish("kept.a");
  deliver();
  CHECK(hear() == Frames{"event kept.a 4"});
}

TEST_CASE_FIXTURE(Fixture, "nothing is told inside the call, and what is lent may change after it") {
  std::string channel = "kept.a";
  CHECK(ear.subscribe(conn, 7, {{channel, ""}}) == SBX_OK);
  channel = "xxxxxx";
  CHECK(hear().empty());
  deliver();
  CHECK(hear() == Frames{"subscribed kept.a 0 7 0 0 0", "live 7 0"});
}

TEST_CASE_FIXTURE(Fixture, "a newcomer gets what replay: says, from the cursor that it was told") {
  publish("all.a", 4);
  publish("last.a", 2);
  deliver();
  CHECK(subscribe({{"all.a", ""}}) == Frames{"subscribed all.a 0 1 0 0 6", "event all.a 1", "event all.a 2",
                                             "event all.a 3", "event all.a 4", "live 1 6"});
  CHECK(subscribe({{"last.a", ""}}, 2) == Frames{"subscribed last.a 0 2 0 5 6", "event last.a 6", "live 2 6"});
}

TEST_CASE_FIXTURE(
    Fixture, "several channels of one request are replayed in the log's order, and every cursor is the first one's") {
  publish("all.a");
  publish("all.b");
  publish("all.a");
  deliver();
  CHECK(subscribe({{"all.b", ""}, {"kept.x", ""}, {"all.a", rig.cursor(0)}}) ==
        Frames{"subscribed all.b 0 1 0 0 3", "subscribed kept.x 0 1 0 0 3", "subscribed all.a 0 1 1 0 3",
               "event all.a 1", "event all.b 2", "event all.a 3", "live 1 3"});
}

TEST_CASE_FIXTURE(Fixture, "with a cursor exactly what came after it is replayed") {
  publish("kept.a", 4);
  deliver();
  CHECK(subscribe({{"kept.a", rig.cursor(2)}}) ==
        Frames{"subscribed kept.a 0 1 1 2 4", "event kept.a 3", "event kept.a 4", "live 1 4"});
}

TEST_CASE_FIXTURE(Fixture,
                  "exactly the retained number missed is no gap, one more is: the gap comes first, then what is left") {
  publish("kept.a", 6);
  deliver();
  CHECK(subscribe({{"kept.a", rig.cursor(1)}}) == Frames{"subscribed kept.a 0 1 1 1 6", "event kept.a 2",
                                                         "event kept.a 3", "event kept.a 4", "event kept.a 5",
                                                         "event kept.a 6", "live 1 6"});
  conn = ear.member();
  CHECK(subscribe({{"kept.a", rig.cursor(0)}}) == Frames{"subscribed kept.a 0 1 0 1 6", "gap kept.a", "event kept.a 2",
                                                         "event kept.a 3", "event kept.a 4", "event kept.a 5",
                                                         "event kept.a 6", "live 1 6"});
}

TEST_CASE_FIXTURE(Fixture, "a channel that keeps nothing tells a gap only if something was missed") {
  publish("plain");
  deliver();
  CHECK(subscribe({{"plain", rig.cursor(1)}}) == Frames{"subscribed plain 0 1 1 1 1", "live 1 1"});
  conn = ear.member();
  CHECK(subscribe({{"plain", rig.cursor(0)}}) == Frames{"subscribed plain 0 1 0 1 1", "gap plain", "live 1 1"});
}

TEST_CASE_FIXTURE(Fixture,
                  "a cursor that is none, of another epoch or from the future is a gap with everything that is left") {
  publish("kept.a", 2);
  deliver();
  const Frames wanted{"subscribed kept.a 0 1 0 0 2", "gap kept.a", "event kept.a 1", "event kept.a 2", "live 1 2"};
  for (const std::string &since :
       {std::string("nonsense"), std::string(5000, 'A'), rig.cursor(1, 1), rig.cursor(3), rig.cursor(UINT64_MAX)}) {
    conn = ear.member();
    CHECK(subscribe({{"kept.a", since}}) == wanted);
  }
}

TEST_CASE_FIXTURE(Fixture, "what is no name for a channel is refused by itself") {
  const std::string longest(limits::kChannelMax, 'x'), longer = longest + "x";
  CHECK(subscribe({{"", ""}, {"a\nb", ""}, {"\xff", ""}, {longer, ""}, {longest, ""}}).size() == 6);
  conn = ear.member();
  const std::string refused = std::to_string(SBX_EINVAL);
  CHECK(subscribe({{"\x01", ""}, {"good", ""}}) ==
        Frames{"subscribed \x01 " + refused + " 1 0 0 0", "subscribed good 0 1 0 0 0", "live 1 0"});
  publish("good");
  deliver();
  CHECK(hear() == Frames{"event good 1"});
}

TEST_CASE_FIXTURE(Fixture, "joining a channel that the connection is already in replays nothing") {
  publish("all.a", 2);
  deliver();
  subscribe({{"all.a", ""}});
  CHECK(subscribe({{"all.a", rig.cursor(0)}}, 2) == Frames{"subscribed all.a 0 2 0 2 2", "live 2 2"});
  publish("all.a");
  deliver();
  CHECK(hear() == Frames{"event all.a 3"});
  conn = ear.member();
  CHECK(subscribe({{"last.a", ""}, {"last.a", ""}}) ==
        Frames{"subscribed last.a 0 1 0 3 3", "subscribed last.a 0 1 0 3 3", "live 1 3"});
}

TEST_CASE_FIXTURE(Fixture, "what a call cannot do it says at once") {
  CHECK(ear.subscribe(12345, 1, {{"a", ""}}) == SBX_ESTALE);
  CHECK(ear.unsubscribe(12345, "a") == SBX_ESTALE);
  CHECK(ear.unsubscribe(conn, "a") == SBX_ENOENT);
  CHECK(ear.subscribe(conn, 1, {}) == SBX_EINVAL);
  CHECK(ear.subscribe(conn, 1, {{"a", ""}}, std::string(65, 'k')) == SBX_EINVAL);
  CHECK(ear.subscribe(conn, 1, {{"a", ""}}, std::string_view("k\0", 2)) == SBX_EINVAL);
  CHECK(ear.subscribe(conn, 1, {{"a", ""}}) == SBX_OK);
  CHECK(ear.subscribe(conn, 1, {{"b", ""}}, "other") == SBX_EINVAL);  // as long as it waits
  deliver();
  CHECK(ear.subscribe(conn, 1, {{"b", ""}}, "other") == SBX_EINVAL);  // and when it is live
  const std::vector<std::pair<std::string, std::string>> many(limits::kSubscribeChannelsMax, {"a", ""});
  CHECK(ear.subscribe(conn, 1, many) == SBX_OK);
  CHECK(ear.subscribe(conn, 1, {{"a", ""}}) == SBX_ETOOBIG);
  const sbx_log_events none{sizeof none, 0, nullptr, nullptr, nullptr, nullptr};
  CHECK(ear.log().open(ear.host, &none, nullptr) == SBX_ESTATE);
  CHECK(ear.log().open(ear.host, nullptr, nullptr) == SBX_EINVAL);
}

TEST_CASE_FIXTURE(Fixture, "the groups behind channels cannot be reached as a plugin's own") {
  const std::string name("\0k\0\0\0\0\0a", 8);
  CHECK(ear.fanout().join(ear.host, conn, {name.data(), name.size()}) == SBX_EINVAL);
  subscribe({{"a", ""}});
  CHECK(ear.fanout().leave(ear.host, conn, {name.data(), name.size()}) == SBX_EINVAL);
  publish("a");
  deliver();
  CHECK(hear() == Frames{"event a 1"});
}

TEST_CASE_FIXTURE(Fixture, "after unsubscribe nothing comes, and a subscribe that waits is taken back") {
  subscribe({{"kept.a", ""}, {"kept.b", ""}});
  CHECK(ear.unsubscribe(conn, "kept.a") == SBX_OK);
  CHECK(ear.unsubscribe(conn, "kept.a") == SBX_ENOENT);
  publish("kept.a");
  publish("kept.b");
  deliver();
  CHECK(hear() == Frames{"event kept.b 2"});
  CHECK(ear.subscribe(conn, 2, {{"kept.a", ""}, {"kept.c", ""}}) == SBX_OK);
  CHECK(ear.unsubscribe(conn, "kept.a") == SBX_OK);
  CHECK(ear.subscribe(conn, 3, {{"kept.c", ""}}) == SBX_OK);
  deliver();
  CHECK(hear() == Frames{"subscribed kept.c 0 2 0 2 2", "live 2 2", "subscribed kept.c 0 3 0 2 2", "live 3 2"});
  publish("kept.a");
  deliver();
  CHECK(hear().empty());
}

TEST_CASE_FIXTURE(Fixture, "a plugin may unsubscribe, drop the connection or ask for more in the middle of a replay") {
  publish("all.a", 3);
  publish("all.b", 1);
  deliver();
  ear.on_call = [this](std::string_view what) {
    if (what.starts_with("event all.a 2")) CHECK(ear.unsubscribe(conn, "all.a") == SBX_OK);
    if (what.starts_with("event all.b")) CHECK(ear.subscribe(conn, 2, {{"last.x", ""}}) == SBX_OK);
  };
  CHECK(subscribe({{"all.a", ""}, {"all.b", ""}}) == Frames{"subscribed all.a 0 1 0 0 4", "subscribed all.b 0 1 0 0 4",
                                                            "event all.a 1", "event all.a 2", "event all.b 4",
                                                            "live 1 4", "subscribed last.x 0 2 0 4 4", "live 2 4"});
  publish("all.a");
  deliver();
  CHECK(hear().empty());
  for (const char *when : {"subscribed all.a", "event all.a 1", "live 5"}) {
    conn = ear.member();
    ear.on_call = [&](std::string_view what) {
      if (what.starts_with(when)) ear.drop(conn);
    };
    CHECK(ear.subscribe(conn, 5, {{"all.a", ""}, {"all.b", ""}}) == SBX_OK);
    rig.turn();
    CHECK(rig.instance().readers() == 0);
  }
}

TEST_CASE_FIXTURE(OnePage, "events that come during a replay wait at the gate and are handed over behind it") {
  subscribe({{"plain", ""}});
  publish("all.a", 4);
  deliver();
  CHECK(ear.subscribe(conn, 2, {{"all.a", ""}}) == SBX_OK);
  publish("plain");
  publish("all.a");
  deliver();  // the first page, then the two
  CHECK(hear() == Frames{"subscribed all.a 0 2 0 0 4", "event all.a 1", "event all.a 2", "event all.a 3"});
  publish("plain");
  deliver();
  CHECK(hear() == Frames{"event all.a 4", "event plain 5", "event all.a 6", "live 2 6", "event plain 7"});
  CHECK(rig.instance().readers() == 0);
}

TEST_CASE_FIXTURE(OnePage, "a gate that overflows sends the reader to the log again; what the log has not is a gap") {
  subscribe({{"plain", ""}});
  publish("all.a", 4);
  deliver();
  CHECK(ear.subscribe(conn, 2, {{"all.a", ""}}) == SBX_OK);
  publish("plain", 2);
  publish("all.a", 3);  // five: one more than the gate holds
  deliver();
  Frames all = hear();
  for (int i = 0; i < 6; ++i) {
    deliver();
    for (const std::string &line : hear()) all.push_back(line);
  }
  CHECK(all == Frames{"subscribed all.a 0 2 0 0 4", "event all.a 1", "event all.a 2", "event all.a 3", "event all.a 4",
                      "gap plain", "event all.a 7", "event all.a 8", "event all.a 9", "live 2 9"});
}

TEST_CASE_FIXTURE(OnePage, "unsubscribe and close while the gate is shut") {
  subscribe({{"plain", ""}});
  publish("all.a", 7);
  deliver();
  CHECK(ear.subscribe(conn, 2, {{"all.a", ""}, {"all.b", ""}}) == SBX_OK);
  publish("plain", 2);
  deliver();
  hear();
  CHECK(ear.unsubscribe(conn, "plain") == SBX_OK);
  CHECK(ear.unsubscribe(conn, "all.a") == SBX_OK);
  CHECK(ear.unsubscribe(conn, "all.a") == SBX_ENOENT);
  for (int i = 0; i < 3; ++i) deliver();
  CHECK(hear() == Frames{"live 2 9"});
  publish("plain");
  publish("all.b");
  deliver();
  CHECK(hear() == Frames{"event all.b 11"});
  CHECK(ear.subscribe(conn, 3, {{"all.a", ""}}) == SBX_OK);
  deliver();
  ear.drop(conn);
  CHECK(rig.instance().readers() == 0);
  publish("all.a", 10);
  deliver();
}

TEST_CASE_FIXTURE(SmallBox,
                  "a slow connection is handed no more than half of its outbox holds, and goes on as it reads") {
  publish("all.a", 20, 0, 300);
  deliver();
  CHECK(ear.subscribe(conn, 1, {{"all.a", ""}}) == SBX_OK);
  Frames all;
  for (int i = 0; i < 60; ++i) {
    deliver();
    const Frames some = hear();
    CHECK(some.size() < 6);
    all.insert(all.end(), some.begin(), some.end());
  }
  REQUIRE(all.size() == 22);
  for (size_t i = 1; i <= 20; ++i) CHECK(all[i] == "event all.a " + std::to_string(i));
  CHECK(all.back() == "live 1 20");
  CHECK(ear.closed.empty());
}

TEST_CASE_FIXTURE(SmallBox, "a connection that does not read costs a bounded gate and no turns") {
  publish("all.a", 20, 0, 300);
  deliver();
  CHECK(ear.subscribe(conn, 1, {{"all.a", ""}}) == SBX_OK);
  for (int i = 0; i < 50; ++i) {
    publish("all.a", 3, 0, 300);
    deliver();
  }
  CHECK(ear.closed.empty());
  Frames all;
  for (int i = 0; i < 300; ++i) {
    const Frames some = hear();
    all.insert(all.end(), some.begin(), some.end());
    deliver();
  }
  CHECK(all.back() == "live 1 170");
  CHECK(all[all.size() - 2] == "event all.a 170");
  CHECK(std::count(all.begin(), all.end(), "gap all.a") >= 1);
}

TEST_CASE_FIXTURE(SmallBox, "transfer takes a replay that is under way along") {
  subscribe({{"plain", ""}});
  publish("all.a", 6, 0, 300);
  deliver();
  CHECK(ear.subscribe(conn, 2, {{"all.a", ""}}) == SBX_OK);
  deliver();
  publish("plain");
  deliver();
  const sbx_id next = ear.member();
  CHECK(ear.transfer(conn, next) == SBX_OK);
  Frames all;
  for (int i = 0; i < 20; ++i) {
    const Frames some = hear(next);
    all.insert(all.end(), some.begin(), some.end());
    deliver();
  }
  CHECK(all == Frames{"subscribed all.a 0 2 0 0 6", "event all.a 1", "event all.a 2", "event all.a 3", "event all.a 4",
                      "event all.a 5", "event all.a 6", "event plain 7", "live 2 7"});
  CHECK(ear.subscribe(conn, 3, {{"all.b", ""}}) == SBX_ESTALE);
  publish("all.a");
  deliver();
  CHECK(hear(next) == Frames{"event all.a 8"});
  const sbx_id live = ear.member();
  CHECK(ear.transfer(next, live) == SBX_OK);
  publish("plain");
  deliver();
  CHECK(hear(live) == Frames{"event plain 9"});
}

TEST_CASE_FIXTURE(SmallBox, "a replay cannot be transferred to a connection that has channels of its own") {
  publish("all.a", 6, 0, 300);
  deliver();
  CHECK(ear.subscribe(conn, 2, {{"all.a", ""}}) == SBX_OK);
  deliver();
  const sbx_id other = ear.member();
  CHECK(ear.subscribe(other, 1, {{"plain", ""}}) == SBX_OK);
  CHECK(ear.transfer(conn, other) == SBX_ESTATE);
  deliver();
  CHECK(ear.transfer(conn, other) == SBX_ESTATE);
  CHECK(ear.transfer(other, conn) == SBX_ESTATE);
}

TEST_CASE_FIXTURE(TwoLanes, "a cursor of a lane that is ahead is no gap, and nothing comes twice") {
  publish("kept.a", 3);
  rig.turn(0, 0);
  rig.turn(1);  // shows the cursor of 3
  CHECK(ear.subscribe(conn, 1, {{"kept.a", rig.cursor(3)}, {"kept.b", ""}}) == SBX_OK);
  rig.turn(0, 1);
  CHECK(hear().empty());
  rig.turn(0, 1);
  CHECK(hear().empty());
  publish("kept.a");
  rig.turn(0, 2);
  rig.turn(0);
  CHECK(hear() == Frames{"subscribed kept.a 0 1 1 3 4", "subscribed kept.b 0 1 0 3 4", "event kept.a 4", "live 1 4"});
}

TEST_CASE_FIXTURE(TwoScopes, "a channel is heard through every pipeline, at the gate too") {
  subscribe({{"all.a", ""}});
  publish("all.a", 1, 0);
  publish("all.a", 1, 1);
  deliver();
  CHECK(hear() == Frames{"event all.a 1", "event all.a 2"});
  conn = ear.member();
  rig.world.replay.pages_per_turn = 0;
  CHECK(ear.subscribe(conn, 1, {{"all.a", ""}}) == SBX_OK);
  publish("all.a", 1, 1);
  publish("all.a", 1, 0);
  deliver();
  CHECK(hear().empty());
  rig.world.replay.pages_per_turn = 1;
  deliver();
  CHECK(hear() == Frames{"subscribed all.a 0 1 0 0 4", "event all.a 1", "event all.a 2", "event all.a 3",
                         "event all.a 4", "live 1 4"});
}

TEST_CASE_FIXTURE(OnePage, "a gap that the lane tells its sinks passes the gate in its place") {
  publish("all.a", 4);
  deliver();
  CHECK(ear.subscribe(conn, 1, {{"all.a", ""}}) == SBX_OK);
  deliver();
  hear();
  const EventPtr gap = Event::gap("all.a", 0);
  rig.instance().on_event(gap->view());
  rig.instance().gate(gap);
  publish("all.a");
  deliver();
  CHECK(hear() == Frames{"event all.a 4", "gap all.a", "live 1 4", "event all.a 5"});
}

TEST_CASE_FIXTURE(Fixture, "head, cursor and parse") {
  publish("a", 3);
  deliver();
  sbx_cursor cursor{}, head{};
  ear.log().head(ear.host, &head);
  ear.log().cursor(ear.host, rig.log().epoch(), 3, &cursor);
  CHECK(std::string_view(head.text, head.len) == std::string_view(cursor.text, cursor.len));
  uint64_t epoch = 0, seq = 0;
  CHECK(ear.log().parse(ear.host, {head.text, head.len}, &epoch, &seq) == SBX_OK);
  CHECK(epoch == rig.log().epoch());
  CHECK(seq == 3);
  CHECK(ear.log().parse(ear.host, {"x", 1}, &epoch, &seq) == SBX_EINVAL);
}

}  // namespace signalbox::testing
