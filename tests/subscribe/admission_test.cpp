// Who may listen: nothing of a pipeline reaches a connection before all of that pipeline's gatekeepers have said yes.
#include <doctest/doctest.h>

#include <string>

#include "tests/subscribe/keeper.hpp"

namespace signalbox::testing {
namespace {

const std::string kRefused = std::to_string(SBX_EREFUSED) + " 403", kUnheard = std::to_string(SBX_EREFUSED) + " 0";

TEST_CASE("whom a gatekeeper refuses is told so, and hears nothing") {
  Gated at;
  at.keeper.verdicts["secret"] = SBX_EREFUSED;
  at.rig.publish("secret");
  CHECK(at.subscribe("secret") == Frames{"subscribed secret " + kRefused, "live 1"});
  at.rig.publish("secret");
  at.settle();
  CHECK(at.hear().empty());
  // The next one may, and what was refused is no hindrance.
  at.keeper.verdicts.clear();
  CHECK(at.subscribe("secret", 2) == Frames{"subscribed secret 0", "event secret", "event secret", "live 2"});
}

TEST_CASE("an answer that is no verdict is a refusal") {
  Gated at;
  at.keeper.verdicts["a"] = SBX_EINTERNAL;
  at.keeper.verdicts["b"] = SBX_DROP;
  CHECK(at.subscribe("a") == Frames{"subscribed a " + kRefused, "live 1"});
  CHECK(at.subscribe("b", 2) == Frames{"subscribed b " + kRefused, "live 2"});
}

TEST_CASE("the gatekeeper is shown what the client offers, and only names that are names") {
  Gated at;
  const sbx_want wants[] = {{sbx_str{"a", 1}, {}, sbx_str{"\"t\"", 3}}, {sbx_str{"\n", 1}, {}, {}}};
  const sbx_subscribe wanted{sizeof wanted, 0, 1, sbx_str{"k", 1}, wants, 2};
  CHECK(at.ear.log().subscribe(at.ear.host, at.conn, &wanted) == SBX_OK);
  at.settle();
  CHECK(at.keeper.shown == Frames{"a \"t\""});
  CHECK(at.ear.take(at.conn).size() == 3);
}

TEST_CASE("offering too much is no subscription") {
  Gated at;
  const std::string much(SBX_AUTH_MAX + 1, 'x');
  const sbx_want want{sbx_str{"a", 1}, {}, {much.data(), much.size()}};
  const sbx_subscribe wanted{sizeof wanted, 0, 1, sbx_str{"k", 1}, &want, 1};
  CHECK(at.ear.log().subscribe(at.ear.host, at.conn, &wanted) == SBX_EINVAL);
}

TEST_CASE("while a gatekeeper thinks nothing is heard, and nothing is lost") {
  Gated at(2);
  at.keeper.verdicts["pay"] = SBX_PENDING;
  CHECK(at.subscribe("pay").empty());
  at.rig.publish("pay");
  at.settle();
  CHECK(at.hear().empty());
  at.keeper.answer(SBX_OK);
  at.settle();
  CHECK(at.hear() == Frames{"subscribed pay 0", "event pay", "live 1"});
  at.rig.publish("pay");
  at.settle();
  CHECK(at.hear() == Frames{"event pay"});
}

TEST_CASE("a gatekeeper that never answers has refused") {
  Gated at;
  at.rig.world.gatekeepers.patience_ns = 1;
  at.keeper.verdicts["pay"] = SBX_PENDING;
  CHECK(at.subscribe("pay") == Frames{"subscribed pay " + kUnheard, "live 1"});
  at.keeper.answer(SBX_OK);  // too late
  at.settle();
  CHECK(at.hear().empty());
  at.rig.publish("pay");
  at.settle();
  CHECK(at.hear().empty());
}

TEST_CASE("whoever leaves or goes away while a gatekeeper thinks is not brought back") {
  Gated at;
  at.keeper.verdicts["pay"] = SBX_PENDING;
  CHECK(at.subscribe("pay").empty());
  CHECK(at.ear.unsubscribe(at.conn, "pay") == SBX_OK);
  at.keeper.answer(SBX_OK);
  at.settle();
  CHECK(at.hear() == Frames{"live 1"});
  at.rig.publish("pay");
  at.settle();
  CHECK(at.hear().empty());

  CHECK(at.subscribe("pay", 2).empty());
  at.ear.drop(at.conn);
  at.settle();
  at.keeper.answer(SBX_OK);
  at.settle();
  CHECK(at.instance->readers() == 0);
}

TEST_CASE("of two pipelines only the one that admits is heard, also from the past") {
  Gated at(2, 2);
  at.keeper.verdicts["pay"] = SBX_EREFUSED;  // guards pipeline 0
  at.rig.publish("pay", 0);
  at.rig.publish("pay", 1);
  CHECK(at.subscribe("pay") == Frames{"subscribed pay 0", "event pay", "live 1"});
  at.rig.publish("pay", 0);
  at.settle();
  CHECK(at.hear().empty());
  at.rig.publish("pay", 1);
  at.settle();
  CHECK(at.hear() == Frames{"event pay"});
}

TEST_CASE("who is in already stays in, whatever is said of it the second time") {
  Gated at;
  CHECK(at.subscribe("pay") == Frames{"subscribed pay 0", "live 1"});
  at.keeper.verdicts["pay"] = SBX_EREFUSED;
  CHECK(at.subscribe("pay", 2) == Frames{"subscribed pay 0", "live 2"});
  at.rig.publish("pay");
  at.settle();
  CHECK(at.hear() == Frames{"event pay"});
}

TEST_CASE("two gatekeepers of one pipeline must both say yes") {
  Gated at;
  Keeper second;
  next_keeper = &second;
  Instance other(at.rig.world, at.rig.lane(), at.rig, keeper_plugin(), "second");
  REQUIRE(other.create("{}"));
  at.rig.world.gatekeepers.add(0, other);
  second.verdicts["pay"] = SBX_EREFUSED;
  CHECK(at.subscribe("pay") == Frames{"subscribed pay " + kRefused, "live 1"});
  CHECK(at.subscribe("open", 2) == Frames{"subscribed open 0", "live 2"});
  CHECK(second.shown.size() == 2);
}

}  // namespace
}  // namespace signalbox::testing
