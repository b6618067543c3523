// Which rule decides, and what the kinds that ask nobody say.
#include "tests/auth/auth_fixture.hpp"

using namespace auth_test;

namespace {

Json rules(const Json &listed) { return {{"rules", listed}}; }
bool complained(const AuthFixture &f, const std::string &where) {
  return !f.plugin->created() &&
         std::any_of(f.host.problems.begin(), f.host.problems.end(), [&](const auto &p) { return p.where == where; });
}
bool warned(const AuthFixture &f, const std::string &where) {
  return std::any_of(f.host.warnings.begin(), f.host.warnings.end(), [&](const auto &p) { return p.where == where; });
}

}  // namespace

TEST_CASE("the first rule whose channels match decides") {
  AuthFixture f(rules({{{"channels", {"news.secret"}}, {"deny", true}},
                       {{"channels", {"news.*", "private-all"}}, {"allow", "everyone"}},
                       {{"channels", {"news.late", "x?"}}, {"deny", true}}}));
  CHECK(f.out(f.ask("news.secret")) == 403);
  CHECK(f.in(f.ask("news.late")));
  CHECK(f.in(f.ask("private-all")));
  CHECK(f.out(f.ask("xy")) == 403);
  CHECK(f.refused("denied") == 2);
  CHECK(f.host.metric("signalbox_auth_admitted_total", "allow") == 2);
}

TEST_CASE("where no rule matches, public channels are open to all and restricted ones to nobody") {
  AuthFixture f(rules({{{"channels", {"orders.*"}}, {"deny", true}}}));
  f.ask("lobby");
  CHECK(f.last_status == SBX_OK);
  CHECK(f.admission.told.empty());  // nothing against it, but not vouched either
  CHECK(f.out(f.ask("private-x")) == 403);
  CHECK(f.out(f.ask("presence-x")) == 403);
  CHECK(f.refused("no_rule") == 2);
  f.ask("Private-x");  // names are case-sensitive
  CHECK(f.last_status == SBX_OK);
  f.ask("my-private-x");  // and begin with it
  CHECK(f.last_status == SBX_OK);
}

TEST_CASE("allow: everyone opens a private channel, but has no member for a presence channel") {
  AuthFixture f(rules({{{"channels", {"*"}}, {"allow", "everyone"}}}));
  CHECK(f.in(f.ask("private-a")));
  CHECK(f.in(f.ask("private-a", {.introduced = false})));
  CHECK(f.out(f.ask("presence-a")) == 403);
  CHECK(f.refused("no_member") == 1);
}

TEST_CASE("a refusal's log line names rule, channel and code, and nothing that was offered") {
  AuthFixture f(rules({{{"channels", {"*"}}, {"deny", true}}}));
  f.ask("private-a", {.auth = "\"s3cret\"", .token = "s3cret", .headers = {{"cookie", "s=s3cret"}}});
  CHECK(f.host.logged("refused channel private-a: /rules/0 (deny): denied; told 403") == 1);
  CHECK(f.host.logged("s3cret") == 0);
}

TEST_CASE("a rule says exactly one thing") {
  CHECK(complained(AuthFixture(rules({{{"channels", {"*"}}}})), "/rules/0"));
  CHECK(
      complained(AuthFixture(rules({{{"channels", {"*"}}, {"allow", "everyone"}, {"deny", true}}})), "/rules/0/deny"));
}

TEST_CASE("a rule that is never reached gets a warning") {
  const Json deny{{"channels", {"private-*"}}, {"deny", true}};
  AuthFixture all(rules({{{"channels", {"*"}}, {"allow", "everyone"}}, deny}));
  CHECK(all.plugin->created());
  CHECK(warned(all, "/rules/1"));
  AuthFixture parts(
      rules({{{"channels", {"a.*", "b.*"}}, {"deny", true}}, {{"channels", {"a.?", "b.x.*"}}, {"deny", true}}}));
  CHECK(warned(parts, "/rules/1"));
  AuthFixture fine(rules({{{"channels", {"a?"}}, {"deny", true}}, {{"channels", {"a*"}}, {"deny", true}}}));
  CHECK(fine.host.warnings.empty());
}

TEST_CASE("credentials from a cookie want its name") {
  Json config = rules(Json::array());
  config["credentials"] = {"cookie"};
  CHECK(complained(AuthFixture(config), "/cookie"));
  config["cookie"] = "to ken";
  CHECK(complained(AuthFixture(config), "/cookie"));
  config["cookie"] = "token";
  CHECK(AuthFixture(config).plugin->created());
  config["credentials"] = {"bearer"};
  CHECK(warned(AuthFixture(config), "/cookie"));
}

TEST_CASE("event rules: what is asked of the attributes has to hold") {
  Json config = rules(Json::array());
  config["events"] = {{{"channels", {"pay.*"}}, {"require", {{"source", {"stripe", "alipay"}}, {"verified", true}}}},
                      {{"channels", {"pay.7", "x"}}, {"require", {{"principal", "7"}}}}};
  AuthFixture f(config);
  REQUIRE(f.plugin->created());
  const auto give = [&](const char *channel, std::vector<std::pair<std::string, std::string>> attrs) {
    sbx::testing::Event e{.channel = channel, .name = "n", .data = "1"};
    e.attrs.assign(attrs.begin(), attrs.end());
    return f.plugin->deliver(e);
  };
  CHECK(give("pay.7", {{"source", "alipay"}, {"verified", "true"}}) == SBX_OK);
  CHECK(give("other", {}) == SBX_OK);
  CHECK(f.host.reasons.empty());
  CHECK(give("pay.7", {{"source", "alipay"}}) == SBX_DROP);
  CHECK(give("pay.7", {{"source", "client"}, {"verified", "true"}, {"principal", "7"}}) == SBX_DROP);
  CHECK(give("pay.7", {{"source", "stripe"}, {"verified", "false"}}) == SBX_DROP);
  CHECK(give("pay.7", {{"source", "stripe"}, {"source", "client"}, {"verified", "true"}}) == SBX_DROP);
  CHECK(give("x", {{"principal", "7"}}) == SBX_OK);
  CHECK(give("x", {{"principal", "8"}}) == SBX_DROP);
  CHECK(f.host.reasons == std::vector<std::string>(5, "attributes"));
}
