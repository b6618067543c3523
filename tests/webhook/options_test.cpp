#include "plugins/sources/webhook/options.hpp"

#include <doctest/doctest.h>

#include <string>

#include "publish_fixture.hpp"

using webhook_test::config;
using webhook_test::json;

namespace {

std::string first_problem(const json &more) {
  sbx::testing::FakeHost host;
  sbx::testing::Plugin p(host, webhook_test::table(), config(more).dump());
  CHECK_FALSE(p.created());
  REQUIRE_FALSE(host.problems.empty());
  for (const auto &problem : host.problems) CHECK(problem.what.find("hunter2") == std::string::npos);
  return host.problems[0].where + " " + host.problems[0].what;
}

json key(const json &value) { return {{"secrets", json{{"key", value}}}}; }

}  // namespace

TEST_CASE("a key that is empty or cannot travel refuses the start at its place") {
  CHECK(first_problem(key("")).starts_with("/secrets/key the key is empty"));
  CHECK(first_problem(key(json::array())).starts_with("/secrets/key no key is given"));
  CHECK(first_problem(key({"hunter2-hunter2-hunter2", ""})).starts_with("/secrets/key/1 the key is empty"));
  CHECK(first_problem(key("hunter2 hunter2 hunter2")).starts_with("/secrets/key no request can show this key"));
  CHECK(first_problem(key("hunter2-hunter2-hunter2\n")).starts_with("/secrets/key no request"));
  CHECK(first_problem(key("schlüssel-schlüssel")).starts_with("/secrets/key no request"));
  CHECK(first_problem(key(std::string(513, 'x'))).starts_with("/secrets/key the key is longer"));
  CHECK(first_problem(key(json(std::vector<std::string>(17, "hunter2-hunter2-hunter2"))))
            .starts_with("/secrets/key more"));
}

TEST_CASE("a short key is warned of and taken") {
  sbx::testing::FakeHost host;
  host.part<sbx::testing::FakeHttp>();
  sbx::testing::Plugin p(host, webhook_test::table(), config(key({"hunter2-hunter2-hunter2", "hunter2"})).dump());
  CHECK(p.created());
  REQUIRE(host.warnings.size() == 1);
  CHECK(host.warnings[0].where == "/secrets/key/1");
  CHECK(host.warnings[0].what.find("hunter2") == std::string::npos);
}

TEST_CASE("what only meaning can judge is reported at its place") {
  CHECK(first_problem({{"path", "/"}}).starts_with("/path "));
  CHECK(first_problem({{"path", "/publish/"}}).starts_with("/path "));
  CHECK(first_problem({{"body", 0}}).starts_with("/body "));
  CHECK(first_problem({{"deadline", 0}}).starts_with("/deadline "));
  CHECK(first_problem({{"dedupe", 0}}).starts_with("/dedupe "));
  CHECK(first_problem({{"dedupe", int64_t{367} * 24 * 3600 * 1000}}).starts_with("/dedupe "));
}

TEST_CASE("all problems are reported at once") {
  sbx::testing::FakeHost host;
  sbx::testing::Plugin p(host, webhook_test::table(), config({{"body", 0}, {"dedupe", 0}, {"deadline", 0}}).dump());
  CHECK(host.problems.size() == 3);
}

TEST_CASE("the schema is JSON and its defaults are the ones in the code") {
  const auto schema = json::parse(webhook_test::table()->schema_json);
  const auto &p = schema["properties"];
  sbx::testing::FakeHost host;
  const auto o = webhook::read_options(sbx::Host(host.get()), config().dump());
  REQUIRE(o);
  CHECK(p["body"]["default"] == "1MiB");
  CHECK(o->endpoint.body_max == 1u << 20);
  CHECK(p["requests_max"]["default"] == o->endpoint.requests_max);
  CHECK(p["events_max"]["default"] == o->publish.events_max);
  CHECK(p["deadline"]["default"] == std::to_string(o->publish.deadline_ns / sbx::kSecondNs) + "s");
  CHECK(p["dedupe"]["default"] == std::to_string(o->publish.dedupe_ns / sbx::kSecondNs / 3600) + "h");
  CHECK(p["secrets"]["properties"]["key"]["x-secret"] == true);
}

TEST_CASE("a host without HTTP is told so") {
  sbx::testing::FakeHost host;
  sbx::testing::Plugin p(host, webhook_test::table(), config().dump());
  CHECK_FALSE(p.created());
  CHECK(host.logged("this signalbox is too old for the webhook source") == 1);
}
