// Which configurations work.
#include <doctest/doctest.h>

#include "echo_api_fixture.hpp"

using namespace echo_api_test;

namespace {

json client(const char *key, const json &app_id = "shop") { return json{{"app_id", app_id}, {"key", key}}; }

}  // namespace

TEST_CASE("the mount is where the options say, with their limit") {
  Source s(json{{"path", "/laravel/apps"}, {"body", 4096}});
  REQUIRE(s.http.mounts.size() == 1);
  CHECK(s.http.mounts[0].listener == "internal");
  CHECK(s.http.mounts[0].path == "/laravel/apps");
  CHECK(s.http.mounts[0].body_max == 4096);
  CHECK(Source().http.mounts[0].path == "/apps");
}

TEST_CASE("a mount that the host refuses fails the start") {
  Source s(json::object(), false);
  s.http.mount_answer = SBX_EREFUSED;
  CHECK(s.plugin.start() == SBX_EREFUSED);
}

TEST_CASE("without a client, or with one that nobody can be, the configuration is refused") {
  const auto where = [](const json &more) {
    Source s(more, false);
    CHECK_FALSE(s.plugin.created());
    return s.host.problems.empty() ? std::string() : s.host.problems[0].where;
  };
  CHECK(where(json{{"clients", json::array()}}) == "/clients");
  CHECK(where(json{{"clients", {client("")}}}) == "/clients/0/key");
  CHECK(where(json{{"clients", {client(kKey), client("with a blank in it")}}}) == "/clients/1/key");
  CHECK(where(json{{"clients", {client(kKey, "")}}}) == "/clients/0/app_id");
  CHECK(where(json{{"path", "/"}}) == "/path");
  CHECK(where(json{{"body", 0}}) == "/body");
}

TEST_CASE("a short key is warned of and works") {
  Source s(json{{"clients", {client("0123456789abcde")}}});
  REQUIRE(s.host.warnings.size() == 1);
  CHECK(s.host.warnings[0].where == "/clients/0/key");
  CHECK(s.host.warnings[0].what.find("0123456789") == std::string::npos);
  CHECK(s.status(s.http.request(post(kOne, "auth_key=0123456789abcde"))) == 0);
  CHECK(Source(json{{"clients", {client("0123456789abcdef")}}}).host.warnings.empty());
}

TEST_CASE("an id of digits may be a number") {
  Source s(json{{"clients", {client(kKey, 417)}}});
  CHECK(s.status(s.http.request(post(kOne, {}, "/apps/417/events"))) == 0);
}
