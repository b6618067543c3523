#include "core/net/proxy_headers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/limits.hpp"

using namespace signalbox;
using namespace signalbox::net;

namespace {

HttpHead with(const std::string &name, const std::vector<std::string> &values) {
  HttpHead head;
  for (const std::string &value : values) head.headers.push_back({name, value});
  return head;
}

TrustedProxies trusting(const std::vector<std::string> &entries) {
  auto trusted = TrustedProxies::parse(entries);
  REQUIRE(trusted.ok());
  return trusted.take();
}

std::string client(const std::string &peer, const std::vector<std::string> &forwarded) {
  return client_address(peer, with("x-forwarded-for", forwarded), trusting({"10.0.0.0/8", "127.0.0.1", "fd00::/8"}));
}

bool in(const std::string &range, const std::string &address) { return trusting({range}).trusts(address); }

}  // namespace

TEST_CASE("ranges hold their addresses, by bits") {
  CHECK(in("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  CHECK(in("192.168.4.0/22", "192.168.7.255"));
  CHECK_FALSE(in("192.168.4.0/22", "192.168.8.0"));
  CHECK(in("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(in("0.0.0.0/0", "::1"));
  CHECK(in("127.0.0.1", "127.0.0.1"));
  CHECK_FALSE(in("127.0.0.1", "127.0.0.2"));
  CHECK(in("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(in("::1", "::1"));
}

TEST_CASE("an IPv4 address in IPv6 clothes is the IPv4 address") {
  CHECK(in("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK(in("::ffff:10.0.0.0/104", "10.1.2.3"));
  CHECK_FALSE(in("::ffff:10.0.0.0/104", "11.1.2.3"));
  CHECK(IpAddress::parse("::ffff:192.0.2.1")->text() == "192.0.2.1");
}

TEST_CASE("ranges that are none are refused") {
  for (const char *entry : {"", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "host",
                            "::ffff:10.0.0.0/90", "10.0.0.0/8/8", "*"})
    CHECK_FALSE(TrustedProxies::parse({entry}).ok());
}

TEST_CASE("only trusted peers are believed") {
  CHECK(client("203.0.113.7", {"198.51.100.1"}) == "203.0.113.7");
  CHECK(client("10.0.0.1", {"198.51.100.1"}) == "198.51.100.1");
  CHECK(client("::ffff:10.0.0.1", {"198.51.100.1"}) == "198.51.100.1");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
  CHECK(client_address("10.0.0.1", with("x-forwarded-for", {"198.51.100.1"}), TrustedProxies()) == "10.0.0.1");
}

TEST_CASE("the rightmost address that is no proxy is the client, whatever it claims to the left of it") {
  CHECK(client("10.0.0.1", {"1.1.1.1, 198.51.100.1, 10.0.0.2"}) == "198.51.100.1");
  CHECK(client("10.0.0.1", {"1.1.1.1", "198.51.100.1,10.9.9.9", "127.0.0.1"}) == "198.51.100.1");
  CHECK(client("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3");
  CHECK(client("fd00::1", {"2001:DB8::0:1"}) == "2001:db8::1");
}

TEST_CASE("addresses may have ports and brackets, and nonsense ends the walk") {
  CHECK(client("10.0.0.1", {"198.51.100.1:4711"}) == "198.51.100.1");
  CHECK(client("10.0.0.1", {"[2001:db8::1]:4711"}) == "2001:db8::1");
  CHECK(client("10.0.0.1", {"[2001:db8::1]"}) == "2001:db8::1");
  CHECK(client("10.0.0.1", {"198.51.100.1, unknown"}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"198.51.100.1, unknown, 10.0.0.2"}) == "10.0.0.2");
  CHECK(client("10.0.0.1", {"198.51.100.1,"}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {""}) == "10.0.0.1");
}

TEST_CASE("endless lists of proxies are not walked to the end") {
  std::string list = "198.51.100.1";
  for (size_t i = 0; i < limits::kProxyHopsMax; ++i) list += ", 10.0.0.2";
  CHECK(client("10.0.0.1", {list}) == "10.0.0.2");
}

TEST_CASE("peers on a unix socket are trusted by the word unix") {
  const HttpHead head = with("x-forwarded-for", {"198.51.100.1"});
  CHECK(client_address("", head, trusting({"unix"})) == "198.51.100.1");
  CHECK(client_address("", head, trusting({"10.0.0.0/8"})) == "");
}

TEST_CASE("scheme and host of the browser come from the nearest proxy") {
  const TrustedProxies trusted = trusting({"10.0.0.0/8"});
  const auto tls = [&](const std::string &peer, const std::vector<std::string> &values) {
    return forwarded_tls(peer, with("x-forwarded-proto", values), trusted);
  };
  CHECK(tls("10.0.0.1", {"https"}) == true);
  CHECK(tls("10.0.0.1", {"HTTP"}) == false);
  CHECK(tls("10.0.0.1", {"http, https"}) == true);
  CHECK(tls("10.0.0.1", {"https", "http"}) == false);
  CHECK(tls("10.0.0.1", {"gopher"}) == std::nullopt);
  CHECK(tls("10.0.0.1", {}) == std::nullopt);
  CHECK(tls("192.0.2.1", {"https"}) == std::nullopt);
  const HttpHead head = with("x-forwarded-host", {"evil.example", "a, shop.example:8443"});
  CHECK(forwarded_host("10.0.0.1", head, trusted) == "shop.example:8443");
  CHECK(forwarded_host("192.0.2.1", head, trusted).empty());
  CHECK(forwarded_host("10.0.0.1", with("x-forwarded-host", {"a b"}), trusted).empty());
}
