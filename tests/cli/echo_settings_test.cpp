// Files that cannot be imported, and why: each message names the place or the key, and nothing that could be a secret.
#include "core/cli/echo_settings.hpp"

#include <doctest/doctest.h>

using signalbox::read_echo_settings;

namespace {

std::string why_not(const std::string &json) {
  const auto read = read_echo_settings(json);
  REQUIRE_FALSE(read.ok());
  return read.message();
}

}  // namespace

TEST_CASE("what is no JSON is told with its line and column") {
  CHECK(why_not("").starts_with("1:1: "));
  CHECK(why_not("{\n  \"port\": 6001,\n}").starts_with("3:1: "));
  CHECK(why_not("{\"authHost\": 'x'}").starts_with("1:14: "));
  CHECK(why_not("{\"authHost\": \"\xff\"}").starts_with("1:15: "));
  CHECK(why_not("{\"port\": 1e99999, \"authHost\": null}").starts_with("1:"));
}

TEST_CASE("what is JSON, but no such file, is told so") {
  CHECK(why_not("[]").find("one object") != std::string::npos);
  CHECK(why_not("{}").find("is no laravel-echo-server.json") != std::string::npos);
  CHECK(why_not(R"({"name":"app","version":"1"})").find("is no laravel-echo-server.json") != std::string::npos);
}

TEST_CASE("a value of the wrong kind is told by its key") {
  CHECK(why_not(R"({"authHost":5})").starts_with("\"authHost\" must be a text"));
  CHECK(why_not(R"({"authHost":"h","port":70000})").starts_with("\"port\" must be a whole number from 0 to 65535"));
  CHECK(why_not(R"({"authHost":"h","port":-1})").starts_with("\"port\""));
  CHECK(why_not(R"({"authHost":"h","port":"6001x"})").starts_with("\"port\""));
  CHECK(why_not(R"({"authHost":"h","protocol":"gopher"})").starts_with("\"protocol\""));
  CHECK(why_not(R"({"clients":{}})").starts_with("\"clients\" must be a list"));
  CHECK(why_not(R"({"clients":[{"appId":"x"}]})").starts_with("\"clients\" wants"));
  CHECK(why_not(R"({"clients":["hunter2"]})").find("hunter2") == std::string::npos);
  CHECK(why_not(R"({"subscribers":true})").starts_with("\"subscribers\" must be an object"));
  CHECK(why_not(R"({"databaseConfig":{"redis":[]}})").starts_with("\"databaseConfig.redis\""));
  CHECK(why_not(R"({"databaseConfig":{"redis":{"host":"a@b/c"}}})").starts_with("\"databaseConfig.redis.host\""));
  CHECK(why_not(R"({"databaseConfig":{"redis":{"password":["hunter2"]}}})").find("hunter2") == std::string::npos);
}

TEST_CASE("a file that lets no events in is not imported") {
  CHECK(why_not(R"({"subscribers":{"redis":false,"http":true},"clients":[]})").find("nothing to import") !=
        std::string::npos);
}

TEST_CASE("a file made to break its reader is refused, not read") {
  const std::string deep(100'000, '[');
  CHECK(why_not("{\"authHost\": " + deep).starts_with("1:"));
  CHECK(why_not("{\"authHost\": " + deep + std::string(deep.size(), ']') + "}").find("nested deeper") !=
        std::string::npos);
  std::string many = R"({"authHost":[)";
  for (int i = 0; i < 1000; ++i) many += "\"http://h\",";
  CHECK(why_not(many + "\"http://h\"]}").find("more than 64") != std::string::npos);
}

TEST_CASE("keys without meaning are named, but not without end") {
  std::string json = "{\"authHost\":null";
  for (int i = 0; i < 100; ++i) json += ",\"key" + std::to_string(i) + "\":1";
  const auto read = read_echo_settings(json + "}");
  REQUIRE(read.ok());
  CHECK(read->unknown.size() == 40);
  CHECK(read->unknown_left_out == 60);
}

TEST_CASE("what a file leaves out is what laravel-echo-server takes then") {
  const auto read = read_echo_settings(R"({"databaseConfig":null,"authHost":null})");
  REQUIRE(read.ok());
  CHECK(read->auth_hosts == std::vector<std::string>{"http://localhost"});
  CHECK(read->auth_endpoint == "/broadcasting/auth");
  CHECK(read->port == 6001);
  CHECK_FALSE(read->https);
  CHECK(read->from_redis);
  CHECK(read->from_http);
  CHECK(read->redis.host == "127.0.0.1");
  CHECK(read->redis.port == 6379);
}
