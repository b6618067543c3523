#include "core/net/origin.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/base/limits.hpp"

using namespace signalbox;
using namespace signalbox::net;

namespace {

HttpHead from(const std::string &origin, const std::string &host = "events.example:6001") {
  HttpHead head;
  head.method = "GET";
  head.headers = {{"host", host}};
  if (!origin.empty()) head.headers.push_back({"origin", origin});
  return head;
}

const OriginPolicy kShop({"https://shop.example", "http://localhost:3000", "https://[::1]:8443"});

OriginPolicy::Verdict judge(const std::string &origin) { return kShop.judge(from(origin), false); }

std::string header(const std::vector<HttpHeader> &headers, const std::string &name) {
  for (const HttpHeader &h : headers)
    if (h.name == name) return h.value;
  return "(none)";
}

}  // namespace

TEST_CASE("origins are compared as a whole, with default ports and without case") {
  for (const char *origin : {"https://shop.example", "https://SHOP.example", "HTTPS://shop.example:443",
                             "http://localhost:3000", "https://[::1]:8443"})
    CHECK(judge(origin) == OriginPolicy::allowed);
  for (const char *origin :
       {"http://shop.example", "https://shop.example:444", "https://shop.example.evil.example",
        "https://evilshop.example", "https://shop.example@evil.example", "https://shop.example/",
        "https://shop.example ", "https://sub.shop.example", "shop.example", "http://localhost", "null", "https://",
        "https://shop.example, https://shop.example", "//shop.example", "https://shop.example:0443x", "*"})
    CHECK(judge(origin) == OriginPolicy::refused);
}

TEST_CASE("a star allows every page, also those without a name") {
  const OriginPolicy any({"*"});
  CHECK(any.judge(from("https://anywhere.example"), false) == OriginPolicy::allowed);
  CHECK(any.judge(from("null"), false) == OriginPolicy::allowed);
  CHECK(any.judge(from(""), false) == OriginPolicy::no_origin);
}

TEST_CASE("a page of the same host needs no entry, with the same scheme and port") {
  const OriginPolicy none({});
  CHECK(none.judge(from("http://events.example:6001"), false) == OriginPolicy::same_origin);
  CHECK(none.judge(from("http://EVENTS.example:6001"), false) == OriginPolicy::same_origin);
  CHECK(none.judge(from("https://events.example:6001"), false) == OriginPolicy::refused);
  CHECK(none.judge(from("https://events.example:6001"), true) == OriginPolicy::same_origin);
  CHECK(none.judge(from("http://events.example"), false) == OriginPolicy::refused);
  CHECK(none.judge(from("https://a", "a"), true) == OriginPolicy::same_origin);
  CHECK(none.judge(from("https://a", "a:443"), true) == OriginPolicy::same_origin);
  CHECK(none.judge(from("https://outside", "inside:80"), true, "outside") == OriginPolicy::same_origin);
  CHECK(none.judge(from("https://inside", "inside"), true, "outside") == OriginPolicy::refused);
}

TEST_CASE("no Origin header and several of them are told apart") {
  CHECK(judge("") == OriginPolicy::no_origin);
  HttpHead twice = from("https://shop.example");
  twice.headers.push_back({"origin", "https://shop.example"});
  CHECK(kShop.judge(twice, false) == OriginPolicy::refused);
}

TEST_CASE("entries that are not origins are told with what to write") {
  CHECK(OriginPolicy::check("https://shop.example:8443").ok());
  CHECK(OriginPolicy::check("*").ok());
  for (const char *entry : {"shop.example", "https://", "*.shop.example", "https://shop example", "", "null"})
    CHECK_FALSE(OriginPolicy::check(entry).ok());
  CHECK(OriginPolicy::check("https://shop.example/page").message().find("\"https://shop.example\"") !=
        std::string::npos);
}

TEST_CASE("an allowed page is told so by its exact origin") {
  const auto headers = cors_headers(from("https://shop.example"));
  CHECK(header(headers, "Access-Control-Allow-Origin") == "https://shop.example");
  CHECK(header(headers, "Access-Control-Allow-Credentials") == "true");
  CHECK(header(headers, "Vary") == "Origin");
  CHECK(cors_headers(from("")).empty());
}

TEST_CASE("a preflight is answered with the headers that it asks for, if they are names") {
  HttpHead head = from("https://shop.example");
  CHECK_FALSE(is_preflight(head));
  head.method = "OPTIONS";
  CHECK_FALSE(is_preflight(head));
  head.headers.push_back({"access-control-request-method", "POST"});
  CHECK(is_preflight(head));
  CHECK(header(preflight_headers(head), "Access-Control-Allow-Headers") == "(none)");
  head.headers.push_back({"access-control-request-headers", "content-type,x-socket-id"});
  const auto headers = preflight_headers(head);
  CHECK(header(headers, "Access-Control-Allow-Headers") == "content-type, x-socket-id");
  CHECK(header(headers, "Access-Control-Allow-Origin") == "https://shop.example");
  CHECK(header(headers, "Access-Control-Allow-Methods").starts_with("GET, POST"));
  CHECK(header(headers, "Access-Control-Max-Age") == "600");
  head.headers.back().value = "a b";
  CHECK(header(preflight_headers(head), "Access-Control-Allow-Headers") == "(none)");
  head.headers.back().value = std::string(limits::kCorsRequestHeadersMax + 1, 'x');
  CHECK(header(preflight_headers(head), "Access-Control-Allow-Headers") == "(none)");
}

TEST_CASE("scripts of foreign pages come without Origin and are known by what the browser says") {
  const auto judged = [](const std::string &site, const std::string &referer) {
    HttpHead head = from("");
    if (!site.empty()) head.headers.push_back({"sec-fetch-site", site});
    if (!referer.empty()) head.headers.push_back({"referer", referer});
    return cross_site_without_origin(head, kShop);
  };
  CHECK(judged("cross-site", ""));
  CHECK(judged("same-site", ""));
  CHECK(judged("cross-site", "https://evil.example/page"));
  CHECK(judged("", "https://evil.example/page"));
  CHECK_FALSE(judged("cross-site", "https://shop.example/cart?x=https://evil.example"));
  CHECK_FALSE(judged("", "http://events.example:6001/"));
  CHECK_FALSE(judged("same-origin", ""));
  CHECK_FALSE(judged("none", ""));
  CHECK_FALSE(judged("", ""));
  HttpHead head = from("https://evil.example");
  head.headers.push_back({"sec-fetch-site", "cross-site"});
  CHECK_FALSE(cross_site_without_origin(head, kShop));
  CHECK_FALSE(cross_site_without_origin(head, OriginPolicy({"*"})));
}
