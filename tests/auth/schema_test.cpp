// The schema as the host reads it, and rules of every kind at work in one filter.
#include "core/config/schema.hpp"
#include "tests/auth/auth_fixture.hpp"

using namespace auth_test;

TEST_CASE("the host can read the schema, and every option has a description") {
  const char *text = sbx_module_v1_auth(0)->plugins[0]->schema_json;
  const auto schema = signalbox::config::compile(text);
  REQUIRE(schema.ok());
  CHECK(schema->property("rules"));
  for (const auto &option : schema->properties) CHECK_FALSE(option.schema.description.empty());
}

TEST_CASE("rules that judge tokens get the first token that credentials lets through") {
  const std::string key(32, 'k');
  const Json config{{"credentials", {"query"}},
                    {"rules",
                     {{{"channels", {"private-t.*"}}, {"ticket", {{"key", key}}}},
                      {{"channels", {"*"}},
                       {"jwt", {{"keys", {{"secret", key}}}, {"algorithms", {"HS256"}}, {"audience", "any"}}}}}}};
  AuthFixture f(config);
  REQUIRE(f.plugin->created());
  CHECK(f.out(f.ask("private-t.1")) == 401);
  CHECK(f.refused("no_ticket") == 1);
  CHECK(f.out(f.ask("private-t.1", {.auth = "\"a token\""})) == 401);
  CHECK(f.refused("no_ticket") == 2);
  CHECK(f.out(f.ask("private-t.1", {.token = "1.ab"})) == 401);
  CHECK(f.refused("bad_ticket") == 1);
  CHECK(f.out(f.ask("private-j", {.token = "a.b.c"})) == 401);
}

TEST_CASE("a token rule that cannot work refuses the whole configuration") {
  AuthFixture f(Json{{"rules", {{{"channels", {"*"}}, {"ticket", {{"key", "short"}}}}}}});
  CHECK_FALSE(f.plugin->created());
  REQUIRE(f.host.problems.size() == 1);
  CHECK(f.host.problems[0].where == "/rules/0/ticket/key");
}
