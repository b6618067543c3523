#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "plugins/sources/redis/options.hpp"
#include "redis_fixture.hpp"

using sbx::testing::FakeHost;

namespace {

std::string first_problem(std::string_view config) {
  FakeHost host;
  sbx::testing::Plugin p(host, redis_test::table(), config);
  CHECK_FALSE(p.self());
  REQUIRE_FALSE(host.problems.empty());
  for (const auto &problem : host.problems) CHECK(problem.what.find("hunter2") == std::string::npos);
  for (const auto &line : host.logs) CHECK(line.text.find("hunter2") == std::string::npos);
  return host.problems[0].where + " " + host.problems[0].what;
}

// "10s" of the schema as the host would hand it over.
int64_t milliseconds(const nlohmann::json &property) {
  std::string text = property["default"];
  return std::stoll(text) * (text.ends_with("ms") ? 1 : 1000);
}

}  // namespace

TEST_CASE("what only meaning can judge is reported at its place") {
  CHECK(first_problem(R"({"url":"redis://h"})").starts_with(" nothing to subscribe to"));
  CHECK(
      first_problem(R"({"url":"redis://:hunter2@h:x","patterns":["*"]})").starts_with("/url this is no redis address"));
  CHECK(
      first_problem(R"({"url":"redis://h","patterns":["*"],"tls":{"ca":"x"}})").starts_with("/tls the url has no TLS"));
  CHECK(first_problem(R"({"url":"rediss://h","patterns":["*"],"tls":{"key":"x"}})").starts_with("/tls a client"));
  CHECK(
      first_problem(R"({"url":"redis://:hunter2@h","patterns":["*"],"password":"hunter2"})").starts_with("/password"));
  CHECK(first_problem(R"({"url":"redis://h","patterns":["*"],"username":"u"})") == "/username a user needs a password");
  CHECK(
      first_problem(R"({"url":"redis://h","patterns":["*"],"backoff":{"min":9,"max":8}})").starts_with("/backoff/max"));
  CHECK(first_problem(R"({"url":"redis://h","patterns":["*"],"ping_interval":0})").starts_with("/ping_interval"));
  CHECK(first_problem(R"({"url":"redis://h","patterns":["*"],"payload_max":0})").starts_with("/payload_max"));
}

TEST_CASE("all problems are reported at once") {
  FakeHost host;
  sbx::testing::Plugin p(host, redis_test::table(), R"({"url":"x","username":"u"})");
  CHECK(host.problems.size() == 3);
}

TEST_CASE("the schema is JSON and its defaults are the ones in the code") {
  auto schema = nlohmann::json::parse(redis_test::table()->schema_json);
  const auto &p = schema["properties"];
  FakeHost host;
  auto o = redis::read_options(sbx::Host(host.get()), R"({"url":"redis://h","patterns":["*"]})");
  REQUIRE(o);
  CHECK(o->connect_timeout_ns == milliseconds(p["connect_timeout"]) * sbx::kMillisecondNs);
  CHECK(o->session.ping_interval_ns == milliseconds(p["ping_interval"]) * sbx::kMillisecondNs);
  CHECK(o->session.ping_timeout_ns == milliseconds(p["ping_timeout"]) * sbx::kMillisecondNs);
  CHECK(o->backoff_min_ns == milliseconds(p["backoff"]["properties"]["min"]) * sbx::kMillisecondNs);
  CHECK(o->backoff_max_ns == milliseconds(p["backoff"]["properties"]["max"]) * sbx::kMillisecondNs);
  CHECK(p["payload_max"]["default"] == "1MiB");
  CHECK(o->session.payload_max == 1u << 20);
  CHECK(p["codec"]["default"] == "laravel");
  CHECK(o->codec == redis::Codec::kLaravel);
  CHECK(p["keep_socket"]["default"] == o->keep_socket);
  CHECK(p["prefix"]["default"] == o->prefix);
  for (const char *secret : {"url", "password"}) CHECK(p[secret]["x-secret"] == true);
}
