#include <string>

#include "plugins/sources/oauth/return_to.hpp"
#include "tests/oauth/login_fixture.hpp"

using oauth::is_origin;
using oauth::ReturnTo;

TEST_CASE("a path leads to our own site, a whole address to one that is listed") {
  const ReturnTo to("https://shop.example", {"https://app.example:8443"});
  CHECK(to.resolve("/") == "https://shop.example/");
  CHECK(to.resolve("/a?b=//c#d") == "https://shop.example/a?b=//c#d");
  CHECK(to.resolve("https://shop.example") == "https://shop.example");
  CHECK(to.resolve("https://shop.example?x") == "https://shop.example?x");
  CHECK(to.resolve("https://app.example:8443/x") == "https://app.example:8443/x");
}

TEST_CASE("open redirect: nothing that a browser could read as another site passes") {
  const ReturnTo to("https://shop.example", {});
  const std::string nul("/a\0b", 4);
  for (const std::string &bad : {std::string(),
                                 nul,
                                 std::string("//evil.example"),
                                 std::string("///evil.example"),
                                 std::string("/\\evil.example"),
                                 std::string("\\\\evil.example"),
                                 std::string("/\t/evil.example"),
                                 std::string("/\n/evil.example"),
                                 std::string(" /a"),
                                 std::string("/a b"),
                                 std::string("/\xc3\xa4"),
                                 std::string("https://evil.example"),
                                 std::string("https://shop.example.evil.example"),
                                 std::string("https://shop.example@evil.example/"),
                                 std::string("https://shop.example:pass@evil.example/"),
                                 std::string("https://user@shop.example/"),
                                 std::string("https://shop.example:8443/"),
                                 std::string("http://shop.example/"),
                                 std::string("https:/shop.example"),
                                 std::string("https:shop.example"),
                                 std::string("HTTPS://shop.example/"),
                                 std::string("javascript:alert(1)"),
                                 std::string("data:text/html,x"),
                                 std::string("cart"),
                                 std::string("?x"),
                                 "/" + std::string(3000, 'a')}) {
    CAPTURE(bad);
    CHECK_FALSE(to.resolve(bad));
  }
}

TEST_CASE("an origin is a scheme and a host, and nothing else") {
  CHECK(is_origin("https://shop.example"));
  CHECK(is_origin("https://shop.example:8443"));
  CHECK(is_origin("http://[::1]:8080"));
  for (const char *bad : {"", "shop.example", "https://", "https://shop.example/", "https://Shop.example", "*", "null",
                          "https://a@b", "https://a b", "ftp://a", "https://a\\b", "https://a?b"})
    CHECK_FALSE(is_origin(bad));
}
