#include "core/net/url.hpp"

#include <doctest/doctest.h>

#include "core/base/limits.hpp"

using namespace signalbox;
using net::parse_http_url;

TEST_CASE("a URL is taken apart into where to connect and what to ask for") {
  const auto plain = parse_http_url("http://Example.org");
  REQUIRE(plain);
  CHECK(*plain == net::HttpUrl{false, "example.org", 80, "/"});
  CHECK(plain->authority() == "example.org");
  const auto full = parse_http_url("HTTPS://idp.example:8443/a/b?c=d&e=%20/?#f");
  REQUIRE(full);
  CHECK(*full == net::HttpUrl{true, "idp.example", 8443, "/a/b?c=d&e=%20/?"});
  CHECK(full->authority() == "idp.example:8443");
  CHECK(*parse_http_url("https://[2001:DB8::1]:443?q") == net::HttpUrl{true, "[2001:db8::1]", 443, "/?q"});
  CHECK(parse_http_url("https://[::1]:443/")->authority() == "[::1]");
  CHECK(parse_http_url("http://h:443/")->authority() == "h:443");
  CHECK(parse_http_url("http://h#f")->target == "/");
}

TEST_CASE("what is no plain http or https URL is refused") {
  for (const char *url : {"",
                          "h",
                          "//h/",
                          "http:/h",
                          "ftp://h/",
                          "tcp://h:1",
                          "http://",
                          "http:///x",
                          "http://:80/",
                          "http://?q",
                          "http://u@h/",
                          "http://u:p@h/",
                          "http://h:0/",
                          "http://h:65536/",
                          "http://h:8x/",
                          "http://[::1/",
                          "http://[]/",
                          "http://h/a b",
                          " http://h/",
                          "http://h/\r\nX: y",
                          "http://h/\n",
                          "http://h/\t",
                          "http://h\\@evil/",
                          "http://h/\x7f",
                          "http://h/\xc3\xa4",
                          "http://a,b/",
                          "http://a\"b/"})
    CHECK_MESSAGE(!parse_http_url(url), url);
  CHECK(!parse_http_url(std::string_view("http://h/\0", 10)));
  const std::string longest = "http://h/" + std::string(limits::kFetchUrlMax - 9, 'a');
  CHECK(parse_http_url(longest));
  CHECK(!parse_http_url(longest + "a"));
}
