#include "plugins/sources/redis/url.hpp"

#include <doctest/doctest.h>

#include <string>

using redis::parse_url;

namespace {

redis::Url good(std::string_view text) {
  auto parsed = parse_url(text);
  REQUIRE_MESSAGE(std::holds_alternative<redis::Url>(parsed), text);
  return std::get<redis::Url>(parsed);
}
std::string bad(std::string_view text) {
  auto parsed = parse_url(text);
  REQUIRE_MESSAGE(std::holds_alternative<redis::UrlError>(parsed), text);
  return std::get<redis::UrlError>(parsed).text;
}

}  // namespace

TEST_CASE("hosts, ports and databases") {
  CHECK(good("redis://h").dial == "tcp://h:6379");
  CHECK(good("redis://h:7000/").dial == "tcp://h:7000");
  CHECK(good("redis://h:7000/3").db == 3);
  CHECK(good("redis://h?db=4").db == 4);
  CHECK(good("rediss://h:1/2").dial == "tls://h:1");
  CHECK(good("rediss://h").tls);
  CHECK(good("redis://[::1]:99").dial == "tcp://[::1]:99");
  CHECK(good("redis://[fe80::1]").dial == "tcp://[fe80::1]:6379");
}

TEST_CASE("logins are decoded, and odd passwords are understood") {
  auto u = good("redis://bob:p%40ss%3A%2F@h");
  CHECK(u.username == "bob");
  CHECK(u.password == "p@ss:/");
  CHECK(u.shown == "redis://h:6379");
  CHECK(good("redis://:only@h").password == "only");
  CHECK(good("redis://:only@h").username.empty());
  CHECK(good("redis://:a@b/c?d@h:1/5").password == "a@b/c?d");
  CHECK(good("redis://:a@b/c?d@h:1/5").db == 5);
}

TEST_CASE("unix sockets") {
  CHECK(good("unix:///run/redis.sock").dial == "unix:///run/redis.sock");
  CHECK(good("unix:///run/redis.sock?db=2").db == 2);
  CHECK(good("redis+unix:///run/a%20b").dial == "unix:///run/a b");
  CHECK(good("unix://u:p@/run/r").password == "p");
  CHECK(good("unix://u:p@/run/r").shown == "unix:///run/r");
}

TEST_CASE("what is no redis address is refused, and its password not repeated") {
  for (const char *text : {"",
                           "redis",
                           "http://h",
                           "redis://",
                           "redis:///0",
                           "redis://h:0",
                           "redis://h:65536",
                           "redis://h:x",
                           "redis://h/x",
                           "redis://h/99999999999",
                           "redis://h?x=1",
                           "redis://h?db=",
                           "redis://[::1",
                           "redis://[::1]x",
                           "redis://::1",
                           "redis://h h",
                           "redis://h\n",
                           "redis://a%2@h",
                           "redis://h#x",
                           "redis://h!",
                           "unix://",
                           "unix://host/path",
                           "unix:///",
                           "unix:///a%zz",
                           "unix:///a%00b",
                           "unix:///a?db=x",
                           "redis://:hunter2@h:bad",
                           "redis://:hunter2@/",
                           "unix://:hunter2@x/y"}) {
    std::string why = bad(text);
    CHECK_FALSE(why.empty());
    CHECK(why.find("hunter2") == std::string::npos);
  }
}
