// By whose leave a connection is in a channel: grants, members, their end, and what clients say to each other.
#include <doctest/doctest.h>

#include <string>

#include "tests/subscribe/keeper.hpp"

namespace signalbox::testing {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

sbx_grant refusal(uint32_t code) {
  sbx_grant g{};
  g.size = sizeof g;
  g.status = SBX_EREFUSED;
  g.code = code;
  return g;
}

sbx_grant vouched(std::string_view principal = {}, std::string_view member = {}) {
  sbx_grant g{};
  g.size = sizeof g;
  g.flags = SBX_GRANT_VOUCHED;
  g.principal = raw(principal);
  g.member = raw(member);
  g.linger_ns = 7;
  return g;
}

struct Desk final : PresenceDesk {
  Frames told;
  void join(uint32_t scope, std::string_view channel, PresentMemberPtr member) override {
    told.push_back("join " + std::to_string(scope) + " " + std::string(channel) + " " + member->principal);
  }
  void leave(uint32_t scope, std::string_view channel, PresentMemberPtr member, int64_t linger_ns) override {
    told.push_back("leave " + std::to_string(scope) + " " + std::string(channel) + " " + member->principal + " " +
                   std::to_string(linger_ns));
  }
};

constexpr int64_t kHourNs = 3600 * INT64_C(1'000'000'000);
const std::string kRefused = std::to_string(SBX_EREFUSED);
const PresentMember kAnn{"1", R"({"user_id":1})"}, kBob{"2", R"({"user_id":2})"};

struct WithDesk {
  Desk desk;
};

struct Room : WithDesk, Gated {
  Room() {
    rig.world.presence = &desk;
    keeper.grants["presence-a"] = vouched(kAnn.principal, kAnn.json);
    keeper.grants["private-a"] = vouched("1");
  }
  const sbx_visitors &visitors() const {
    return *static_cast<const sbx_visitors *>(ear.host->service(ear.host, SBX_VISITORS));
  }
  sbx_status enter(const sbx_visitor &visitor) const { return visitors().enter(ear.host, conn, &visitor); }
  sbx_status say(std::string_view channel, std::string_view event, std::string_view data) const {
    return visitors().say(ear.host, conn, raw(channel), raw(event), raw(data));
  }
};

TEST_CASE("a restricted channel wants somebody to vouch for its listeners") {
  Gated at;
  CHECK(at.subscribe("private-a") == Frames{"subscribed private-a " + kRefused + " 403", "live 1"});
  CHECK(at.subscribe("presence-a", 2) == Frames{"subscribed presence-a " + kRefused + " 403", "live 2"});
  at.keeper.grants["private-a"] = vouched();
  CHECK(at.subscribe("private-a", 3) == Frames{"subscribed private-a 0", "live 3"});
  // The name begins so, and nothing else counts.
  CHECK(at.subscribe("my-private-a", 4) == Frames{"subscribed my-private-a 0", "live 4"});
}

TEST_CASE("without gatekeepers a restricted channel is nobody's") {
  Rig rig;
  Ear &ear = rig.ear();
  const sbx_id conn = ear.member();
  CHECK(ear.subscribe(conn, 1, {{"private-a", ""}, {"a", ""}}) == SBX_OK);
  for (int i = 0; i < 3; ++i) rig.turn_all();
  const Frames frames = ear.take(conn);
  REQUIRE(frames.size() == 3);
  CHECK(words_of(frames[0])[2] == kRefused);
  CHECK(words_of(frames[1])[2] == "0");
}

TEST_CASE("a refusal has the code that its gatekeeper gave it, and silence has none") {
  Gated at;
  at.keeper.grants["a"] = refusal(401);
  CHECK(at.subscribe("a") == Frames{"subscribed a " + kRefused + " 401", "live 1"});
  at.rig.world.gatekeepers.patience_ns = 1;
  at.keeper.verdicts["b"] = SBX_PENDING;
  CHECK(at.subscribe("b", 2) == Frames{"subscribed b " + kRefused + " 0", "live 2"});
}

TEST_CASE("a gatekeeper is shown who asks") {
  Room at;
  CHECK(at.subscribe("x") == Frames{"subscribed x 0", "live 1"});
  CHECK(at.keeper.visitor == "nobody");
  const sbx_attr headers[] = {{raw("cookie"), raw("c=1")}, {raw("x-more"), raw("no")}, {raw("referer"), raw("r")}};
  CHECK(at.enter({sizeof(sbx_visitor), 0, {}, raw("10.0.0.1"), {}, raw("tok"), headers, 3}) == SBX_OK);
  CHECK(at.instance->connections() == 0);
  CHECK(at.rig.instance().connections() == 1);
  at.subscribe("y", 2);
  CHECK(at.keeper.visitor == " 10.0.0.1  tok cookie=c=1 referer=r ");
  // More is known of it; the rest stays.
  CHECK(at.enter({sizeof(sbx_visitor), 0, raw("id7"), {}, raw("{}"), {}, nullptr, 0}) == SBX_OK);
  at.subscribe("z", 3);
  CHECK(at.keeper.visitor == "id7 10.0.0.1 {} tok cookie=c=1 referer=r ");
  const std::string much(SBX_VISITOR_MAX, 'x');
  CHECK(at.enter({sizeof(sbx_visitor), 0, {}, {}, raw(much), {}, nullptr, 0}) == SBX_ETOOBIG);
  at.subscribe("w", 4);
  CHECK(at.keeper.visitor == "id7 10.0.0.1   ");
  at.ear.drop(at.conn);
  CHECK(at.rig.instance().connections() == 0);
  CHECK(at.enter({sizeof(sbx_visitor), 0, {}, {}, {}, {}, nullptr, 0}) == SBX_ESTALE);
}

TEST_CASE("a member is told who is there, then who comes and goes, and never of itself") {
  Room at;
  at.rig.change("joining", "presence-a", kBob);
  at.settle();
  CHECK(at.subscribe("presence-a") == Frames{R"(subscribed presence-a 0 [{"user_id":1},{"user_id":2}])", "live 1"});
  CHECK(at.desk.told == Frames{"join 0 presence-a 1"});
  at.rig.change("joining", "presence-a", kAnn);  // its own, on its way back
  at.rig.change("leaving", "presence-a", kBob);
  at.settle();
  CHECK(at.hear() == Frames{R"(presence presence-a leaving {"user_id":2})"});
  // Asked for again: the same place, the same list, no second member.
  CHECK(at.subscribe("presence-a", 2) == Frames{R"(subscribed presence-a 0 [{"user_id":1}])", "live 2"});
  CHECK(at.desk.told.size() == 1);
}

TEST_CASE("a member leaves at once by its own wish, and lingers when it is cut off") {
  Room at;
  at.subscribe("presence-a");
  CHECK(at.ear.unsubscribe(at.conn, "presence-a") == SBX_OK);
  CHECK(at.desk.told == Frames{"join 0 presence-a 1", "leave 0 presence-a 1 0"});
  at.subscribe("presence-a", 2);
  at.ear.drop(at.conn);
  CHECK(at.desk.told.back() == "leave 0 presence-a 1 7");
  CHECK(at.desk.told.size() == 4);
}

TEST_CASE("at an upgrade the member goes along and nobody leaves") {
  Room at;
  at.subscribe("presence-a");
  const sbx_id next = at.ear.member();
  CHECK(at.ear.transfer(at.conn, next) == SBX_OK);
  at.ear.drop(at.conn);
  CHECK(at.desk.told.size() == 1);
  at.conn = next;
  at.rig.change("joining", "presence-a", kAnn);
  at.settle();
  CHECK(at.hear().empty());
  CHECK(at.say("presence-a", "client-x", "1") == SBX_OK);
  at.ear.drop(next);
  CHECK(at.desk.told.back() == "leave 0 presence-a 1 7");
}

TEST_CASE("a grant ends at its time, unless a newer one came") {
  Room at;
  sbx_grant short_one = vouched("1");
  short_one.until_ns = at.rig.clock.wall_ns() + kHourNs;
  at.keeper.grants["private-a"] = short_one;
  at.subscribe("private-a");
  at.rig.instance().expire_grants();
  CHECK(at.hear().empty());
  at.keeper.grants["private-b"] = vouched("1");
  at.subscribe("private-b", 2);
  at.rig.clock.ahead_ns += 2 * kHourNs;
  at.rig.instance().expire_grants();
  CHECK(at.hear() == Frames{"ended private-a 401"});
  at.rig.publish("private-a");
  at.rig.publish("private-b");
  at.settle();
  CHECK(at.hear() == Frames{"event private-b"});
  // What is over when it is granted lets nobody in.
  CHECK(at.subscribe("private-a", 3) == Frames{"subscribed private-a " + kRefused + " 401", "live 3"});
  // A newer grant that lasts keeps it.
  short_one.until_ns = at.rig.clock.wall_ns() + kHourNs;
  at.keeper.grants["private-b"] = short_one;
  at.subscribe("private-b", 4);
  at.keeper.grants["private-b"] = vouched("1");
  at.subscribe("private-b", 5);
  at.rig.clock.ahead_ns += 2 * kHourNs;
  at.rig.instance().expire_grants();
  CHECK(at.hear().empty());
  // A refusal takes nothing away.
  at.keeper.grants["private-b"] = refusal(401);
  CHECK(at.subscribe("private-b", 6) == Frames{"subscribed private-b 0", "live 6"});
}

TEST_CASE("a renewal that is under way when the old grant ends is answered by itself") {
  Room at;
  sbx_grant short_one = vouched("1");
  short_one.until_ns = at.rig.clock.wall_ns() + kHourNs;
  at.keeper.grants["private-a"] = short_one;
  at.subscribe("private-a");
  at.keeper.grants.clear();
  at.keeper.verdicts["private-a"] = SBX_PENDING;
  CHECK(at.subscribe("private-a", 2).empty());
  at.rig.clock.ahead_ns += 2 * kHourNs;
  at.rig.instance().expire_grants();
  CHECK(at.hear() == Frames{"ended private-a 401"});
  at.keeper.answer(vouched("1"));
  at.settle();
  CHECK(at.hear() == Frames{"subscribed private-a 0", "live 2"});
  at.rig.publish("private-a");
  at.settle();
  CHECK(at.hear() == Frames{"event private-a"});
}

TEST_CASE("a pipeline that admits a listener only later is heard from then on, with a gap before") {
  Gated at(2, 2);
  at.keeper.verdicts["pay"] = SBX_EREFUSED;  // guards pipeline 0
  at.subscribe("pay");
  at.keeper.verdicts.clear();
  CHECK(at.subscribe("pay", 2) == Frames{"subscribed pay 0", "gap pay", "live 2"});
  at.rig.publish("pay", 0);
  at.rig.publish("pay", 1);
  at.settle();
  CHECK(at.hear() == Frames{"event pay", "event pay"});
}

TEST_CASE("clients speak in restricted channels that they are in, in events for clients") {
  Room at;
  const sbx_visitor visitor{sizeof(sbx_visitor), 0, raw("me"), {}, {}, {}, nullptr, 0};
  CHECK(at.enter(visitor) == SBX_OK);
  CHECK(at.say("private-a", "client-x", "1") == SBX_ENOENT);
  at.subscribe("private-a");
  at.subscribe("open", 2);
  CHECK(at.say("open", "client-x", "1") == SBX_EREFUSED);
  CHECK(at.say("private-a", "x-client-", "1") == SBX_EREFUSED);
  CHECK(at.say("private-a", "client-x", "{\"a\":") == SBX_EINVAL);
  CHECK(at.say("private-a", "client-\n", "1") == SBX_EINVAL);
  CHECK(at.say("private-a", "client-x", "\"" + std::string(SBX_SAYING_MAX, 'x') + "\"") == SBX_ETOOBIG);
  CHECK(at.rig.said.empty());
  CHECK(at.say("private-a", "client-x", R"({"a":1})") == SBX_OK);
  REQUIRE(at.rig.said.size() == 1);
  const sbx_event &said = at.rig.said[0].second->view();
  CHECK(text(said.except) == "me");
  CHECK(text(said.data) == R"({"a":1})");
  CHECK((said.flags & SBX_EVENT_TRANSIENT) != 0);
  REQUIRE(said.attr_count == 2);
  CHECK(text(said.attrs[0].value) == "client");
  CHECK(text(said.attrs[1].value) == "1");
  CHECK(at.ear.unsubscribe(at.conn, "private-a") == SBX_OK);
  CHECK(at.say("private-a", "client-x", "1") == SBX_ENOENT);
}

TEST_CASE("who was let into a restricted channel may speak there, also when nobody knows who it is") {
  Room at;
  at.keeper.grants["private-b"] = vouched();
  at.subscribe("private-b");
  CHECK(at.say("private-b", "client-x", "1") == SBX_OK);
  REQUIRE(at.rig.said.size() == 1);
  CHECK(at.rig.said[0].second->view().attr_count == 1);
}

TEST_CASE("what one pipeline granted for a time is not prolonged by the word of another") {
  Gated at(1, 2);  // pipeline 0 has a gatekeeper, pipeline 1 lets everybody in
  sbx_grant short_one = vouched("1");
  short_one.until_ns = at.rig.clock.wall_ns() + kHourNs;
  at.keeper.grants["news"] = short_one;
  at.subscribe("news");
  at.keeper.grants["news"] = refusal(401);
  CHECK(at.subscribe("news", 2) == Frames{"subscribed news 0", "live 2"});
  at.rig.clock.ahead_ns += 2 * kHourNs;
  at.rig.instance().expire_grants();
  CHECK(at.hear() == Frames{"ended news 401"});
  at.rig.publish("news", 0);
  at.settle();
  CHECK(at.hear().empty());
}

TEST_CASE("what is too often is refused, and says so") {
  RigOptions options;
  SinkRates rates;
  rates.connects_address = {0.001, 1};
  rates.subscribes_connection = {0.001, 2};
  options.rates = rates;
  Rig rig(options);
  Ear &ear = rig.ear();
  const auto &visitors = *static_cast<const sbx_visitors *>(ear.host->service(ear.host, SBX_VISITORS));
  CHECK(visitors.knock(ear.host, raw("10.0.0.1")) == SBX_OK);
  CHECK(visitors.knock(ear.host, raw("10.0.0.1")) == SBX_EREFUSED);
  CHECK(visitors.knock(ear.host, raw("10.0.0.2")) == SBX_OK);
  const sbx_id conn = ear.member();
  CHECK(ear.subscribe(conn, 1, {{"a", ""}, {"b", ""}}) == SBX_OK);
  CHECK(ear.subscribe(conn, 2, {{"c", ""}}) == SBX_OK);
  for (int i = 0; i < 3; ++i) rig.turn_all();
  const Frames frames = ear.take(conn);
  REQUIRE(frames.size() == 5);
  CHECK(words_of(frames[1])[2] == "0");
  CHECK(words_of(frames[3])[2] == kRefused);
  CHECK(words_of(frames[3])[7] == "429");
}

// A connection that is behind, because what it asks for next is replayed in small steps.
TEST_CASE("behind a gate changes wait in their place, and are told whole when it overflows") {
  Room at;
  at.rig.world.replay.gate_events = 3;
  at.rig.world.replay.pages_per_turn = 1;
  at.rig.world.replay.page_events = 1;
  at.subscribe("presence-a");
  for (int i = 0; i < 5; ++i) at.rig.publish("many");
  at.settle();
  CHECK(at.ear.subscribe(at.conn, 2, {{"many", ""}}) == SBX_OK);
  at.rig.turn();
  at.rig.change("joining", "presence-a", kBob);
  for (int i = 0; i < 12; ++i) at.rig.turn_all();
  Frames heard = at.hear();
  CHECK(std::count(heard.begin(), heard.end(), R"(presence presence-a joining {"user_id":2})") == 1);
  CHECK(heard.back() == "live 2");

  for (int i = 0; i < 5; ++i) at.rig.publish("much");
  at.settle();
  CHECK(at.ear.subscribe(at.conn, 3, {{"much", ""}}) == SBX_OK);
  at.rig.turn();
  for (int i = 0; i < 3; ++i) {
    at.rig.change("leaving", "presence-a", kBob);
    at.rig.change("joining", "presence-a", kBob);
  }
  for (int i = 0; i < 24; ++i) at.rig.turn_all();
  heard = at.hear();
  CHECK(std::count(heard.begin(), heard.end(), R"(presence presence-a here [{"user_id":1},{"user_id":2}])") == 1);
  CHECK(std::count(heard.begin(), heard.end(), R"(presence presence-a joining {"user_id":2})") == 0);
  CHECK(heard.back() == "live 3");
}

}  // namespace
}  // namespace signalbox::testing
