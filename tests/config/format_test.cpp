#include "core/config/format.hpp"

#include <doctest/doctest.h>

#include "core/base/bind_address.hpp"
#include "core/config/address.hpp"
#include "core/config/path.hpp"

namespace signalbox::config {

TEST_CASE("durations come out in milliseconds") {
  CHECK(duration_ms("500ms") == 500);
  CHECK(duration_ms("10s") == 10'000);
  CHECK(duration_ms("5m") == 300'000);
  CHECK(duration_ms("2h") == 7'200'000);
  CHECK(duration_ms("7d") == 604'800'000);
  CHECK(duration_ms("0") == 0);
  for (const char *bad :
       {"", "10", "s", "-1s", "1.5s", "10 s", "10S", "1h30m", "99999999999999999999s", "9007199254740992d"}) {
    CHECK_MESSAGE(!duration_ms(bad), bad);
  }
}

TEST_CASE("sizes come out in bytes") {
  CHECK(size_bytes("512") == 512);
  CHECK(size_bytes("64KiB") == 65'536);
  CHECK(size_bytes("1MiB") == 1'048'576);
  CHECK(size_bytes("2GiB") == int64_t{2} << 30);
  for (const char *bad : {"", "KiB", "1MB", "1kib", "-1", "1 MiB", "9007199254740992GiB"})
    CHECK_MESSAGE(!size_bytes(bad), bad);
}

TEST_CASE("URLs, paths, pointers and patterns are told from what is none") {
  for (const char *good :
       {"redis://h", "redis://u:p@h:6379/0", "rediss://[::1]:6380", "unix:///run/redis.sock", "https://a.b/c?d#e"}) {
    CHECK_MESSAGE(fits(Format::url, good), good);
  }
  for (const char *bad :
       {"", "h:6379", "://h", "redis://", "redis://h:99999", "redis://a b", "1x://h", "redis://h:p:q"}) {
    CHECK_MESSAGE(!fits(Format::url, bad), bad);
  }
  for (const char *good : {"/", "/a", "/a/b.js"}) CHECK_MESSAGE(fits(Format::path, good), good);
  for (const char *bad : {"", "a", "/a b", "/a?b", "/../a", "/a/..", "//a", "/a//b"})
    CHECK_MESSAGE(!fits(Format::path, bad), bad);
  for (const char *good : {"", "/", "/a/0/b", "/a~0b~1"}) CHECK_MESSAGE(fits(Format::json_pointer, good), good);
  for (const char *bad : {"a", "/a~", "/a~2"}) CHECK_MESSAGE(!fits(Format::json_pointer, bad), bad);
  CHECK(fits(Format::channel_pattern, "pay.*"));
  CHECK_FALSE(fits(Format::channel_pattern, ""));
  CHECK_FALSE(fits(Format::channel_pattern, std::string(2000, 'a')));
}

TEST_CASE("an address to bind is read whole, and two ways to write it are the same address") {
  auto bind = parse_bind_address("[::1]:6001");
  REQUIRE(bind.ok());
  CHECK(bind->host == "::1");
  CHECK(bind->port == 6001);
  CHECK(parse_bind_address("unix:/run/x.sock")->path == "/run/x.sock");
  CHECK(parse_bind_address("LocalHost:80")->canonical() == parse_bind_address("localhost:80")->canonical());
  CHECK(parse_bind_address("0.0.0.0:0").ok());
  for (const char *bad : {"", "6001", ":1", "h:", "h:x", "h:65536", "h:80", "*:80", "1.2.3:80", "[::1]", "[::1]x:1",
                          "[g]:1", "unix:", "a:b:c"}) {
    CHECK_MESSAGE(!parse_bind_address(bad).ok(), bad);
  }
  CHECK_FALSE(parse_bind_address("unix:/" + std::string(200, 'x')).ok());
}

TEST_CASE("networks and origins are what the standards call so") {
  for (const char *good : {"unix", "10.0.0.0/8", "10.0.0.1", "::1", "fe80::/10", "0.0.0.0/0"})
    CHECK_MESSAGE(check_network(good).ok(), good);
  for (const char *bad : {"", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "host", "::1/129"})
    CHECK_MESSAGE(!check_network(bad).ok(), bad);
  for (const char *good : {"*", "https://a.b", "http://localhost:8080", "https://[::1]:8080"})
    CHECK_MESSAGE(check_origin(good).ok(), good);
  for (const char *bad : {"", "a.b", "https://a.b/", "https://*.b", "https://u@a.b", "https://", "null"})
    CHECK_MESSAGE(!check_origin(bad).ok(), bad);
}

TEST_CASE("a path of the file is meant from the file's own folder") {
  CHECK(resolve_path("/etc/signalbox/main.yaml", "cert.pem") == "/etc/signalbox/cert.pem");
  CHECK(resolve_path("/etc/signalbox/main.yaml", "../tls/./cert.pem") == "/etc/tls/cert.pem");
  CHECK(resolve_path("/etc/signalbox/main.yaml", "/run/cert.pem") == "/run/cert.pem");
  CHECK(resolve_path("main.yaml", "cert.pem") == "cert.pem");
}

}  // namespace signalbox::config
