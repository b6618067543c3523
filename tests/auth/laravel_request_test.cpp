// What goes to the endpoint, and what does not.
#include "plugins/filters/auth/endpoints.hpp"
#include "tests/auth/auth_fixture.hpp"

using namespace auth_test;

namespace {

struct Asked : AuthFixture {
  explicit Asked(const Json &more = Json::object()) : AuthFixture(laravel_config(more)) {}
  const FakeHttpClient::Fetch &call(const std::string &channel, const Visitor &who) {
    const size_t before = web.fetches();
    ask(channel, who);
    REQUIRE(web.fetches() == before + 1);
    return web[web.newest()];
  }
};

std::vector<std::string> names(const FakeHttpClient::Fetch &fetch) {
  std::vector<std::string> out;
  for (const auto &[name, value] : fetch.headers) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

std::string url_for(const std::vector<std::string> &urls, const std::string &host) {
  std::vector<auth::Endpoint> listed;
  for (const auto &url : urls) listed.push_back(auth::parse_endpoint(url).value());
  return auth::Endpoints(listed).url_for(host);
}

}  // namespace

TEST_CASE("the call is laravel-echo-server's: a form with the channel, the client's headers, the handshake's cookies") {
  Asked f;
  const auto &call =
      f.call("private-orders.7 &ü", {.auth = echo_headers({{"Authorization", "Bearer T"}, {"X-CSRF-TOKEN", "c"}}),
                                     .headers = {{"cookie", "laravel_session=abc; XSRF-TOKEN=x%3D"}}});
  CHECK(call.method == "POST");
  CHECK(call.url == "http://127.0.0.1:8000/broadcasting/auth");
  CHECK(call.body == "channel_name=private-orders.7%20%26%C3%BC");
  CHECK(call.header("content-type") == "application/x-www-form-urlencoded");
  CHECK(call.header("x-requested-with") == "XMLHttpRequest");
  CHECK(call.header("accept") == "application/json");
  CHECK(call.header("authorization") == "Bearer T");
  CHECK(call.header("x-csrf-token") == "c");
  CHECK(call.header("cookie") == "laravel_session=abc; XSRF-TOKEN=x%3D");
  CHECK(call.timeout_ns == 5 * sbx::kSecondNs);
  CHECK(call.body_max == 64u << 10);
  CHECK(call.headers.size() == 6);
}

TEST_CASE("a client sets no header but those of the list, in any case, and the first of equal ones counts") {
  Asked f(Json{{"headers", {"X-Tenant"}}, {"cookies", false}});
  const auto &call = f.call("private-a", {.auth = echo_headers({{"x-tenant", "7"},
                                                                {"Authorization", "Bearer T"},
                                                                {"Host", "evil"},
                                                                {"Content-Length", "5"},
                                                                {"X-Forwarded-For", "127.0.0.1"},
                                                                {"Cookie", "laravel_session=forged"},
                                                                {"x-other", 7}}),
                                          .headers = {{"cookie", "a=b"}}});
  CHECK(names(call) == std::vector<std::string>{"accept", "content-type", "x-requested-with", "x-tenant"});
  CHECK(call.header("x-tenant") == "7");
}

TEST_CASE("values that would break out of their line, or are far too long, are never sent") {
  Asked f;
  for (const char *evil : {"a\r\nHost: evil", "a\nx", "a\rb", "a\x7f", "a\tb"}) {
    const uint64_t ask = f.ask("private-a", {.auth = echo_headers({{"Authorization", evil}})});
    CHECK(f.out(ask) == 403);
  }
  const uint64_t nul = f.ask("private-a", {.auth = R"({"headers":{"Authorization":"a\u0000b"}})"});
  CHECK(f.out(nul) == 403);
  CHECK(f.refused("bad_header") == 6);
  const uint64_t big = f.ask("private-a", {.headers = {{"cookie", "a=" + std::string(17'000, 'x')}}});
  CHECK(f.out(big) == 403);
  CHECK(f.refused("too_big") == 1);
  CHECK(f.web.fetches() == 0);
}

TEST_CASE("a token that is no header becomes one, where the list has authorization") {
  Asked f;
  CHECK(f.call("private-a", {.auth = "\"T1\""}).header("authorization") == "Bearer T1");
  CHECK(f.call("private-a", {.connect_auth = R"({"token":"T2"})"}).header("authorization") == "Bearer T2");
  CHECK(f.call("private-a", {.token = "T3"}).header("authorization").empty());  // credentials does not name query
  Asked without(Json{{"headers", {"x-csrf-token"}}});
  CHECK(without.call("private-a", {.auth = "\"T1\""}).header("authorization").empty());
}

TEST_CASE("a list of cookies lets only those through") {
  Asked f(Json{{"cookies", {"laravel_session", "XSRF-TOKEN"}}});
  const auto &call =
      f.call("private-a",
             {.headers = {{"cookie", "_ga=1;laravel_session=abc; x; other=\"q\""}, {"cookie", "XSRF-TOKEN=y=z"}}});
  CHECK(call.header("cookie") == "laravel_session=abc; XSRF-TOKEN=y=z");
  CHECK(f.call("private-a", {.headers = {{"cookie", "_ga=1"}}}).header("cookie").empty());
}

TEST_CASE("the visitor's address is told only when asked for, and a stranger to the sink has none of all that") {
  Asked f(Json{{"forward_address", true}});
  CHECK(f.call("private-a", {}).header("x-forwarded-for") == "203.0.113.7");
  Asked silent;
  CHECK(silent.call("private-a", {}).header("x-forwarded-for").empty());
  CHECK(silent.call("private-b", {.introduced = false}).headers.size() == 3);
}

TEST_CASE("of several endpoints the page's host chooses, and never one that is not in the file") {
  const std::vector<std::string> urls{"https://a.example/auth", "https://shop.example/auth",
                                      "https://eu.shop.example:8443/auth?x=1"};
  CHECK(url_for(urls, "shop.example") == urls[1]);
  CHECK(url_for(urls, "www.shop.example") == urls[1]);
  CHECK(url_for(urls, "x.eu.shop.example") == urls[2]);
  CHECK(url_for(urls, "evilshop.example") == urls[0]);
  CHECK(url_for(urls, "") == urls[0]);
  const std::vector<std::string> tenants{"https://.shop.example:8443/auth"};
  CHECK(url_for(tenants, "t1.shop.example") == "https://t1.shop.example:8443/auth");
  for (const char *other : {"shop.example", "a.b.shop.example", "t1.shop.example.evil", "evil/x.shop.example", ""})
    CHECK(url_for(tenants, other).empty());
  CHECK(auth::host_of("https://Shop.Example:81/x?y#z") == "shop.example");
  CHECK(auth::host_of("http://[::1]:8000") == "[::1]");
  for (const char *none : {"", "null", "shop.example", "https://", "https://a b/", "https://user@shop.example/"})
    CHECK(auth::host_of(none).empty());
}

TEST_CASE("the endpoint is chosen by Origin, or else by Referer") {
  Asked f(Json{{"endpoint", {"https://a.example/auth", "https://b.example/auth", "https://c.example/auth"}}});
  CHECK(f.call("private-a", {.headers = {{"origin", "https://b.example"}, {"referer", "https://c.example/p"}}}).url ==
        "https://b.example/auth");
  CHECK(f.call("private-a", {.headers = {{"referer", "https://c.example/p"}}}).url == "https://c.example/auth");
  Asked tenants(Json{{"endpoint", "https://.shop.example/auth"}});
  CHECK(tenants.out(tenants.ask("private-a", {.headers = {{"origin", "https://evil.example"}}})) == 403);
  CHECK(tenants.refused("no_endpoint") == 1);
}

TEST_CASE("options that cannot work are told with their place") {
  const auto where = [](const Json &more) {
    const AuthFixture f(laravel_config(more));
    REQUIRE(f.host.problems.size() == 1);
    return f.host.problems[0].where;
  };
  const std::string rule = "/rules/0/laravel";
  for (const char *url : {"shop.example", "ftp://shop.example/", "https://u:p@shop.example/", "https://", "http://a b/",
                          "https://shop.example/#x", "https://shop.example:port/"})
    CHECK(where({{"endpoint", url}}) == rule + "/endpoint");
  CHECK(where({{"endpoint", Json::array({"https://a.example/", "b"})}}) == rule + "/endpoint/1");
  CHECK(where({{"endpoint", Json::array()}}) == rule + "/endpoint");
  for (const char *name : {"Cookie", "host", "X-Forwarded-For", "Content-Type", "a b", "transfer-encoding"})
    CHECK(where({{"headers", Json::array({"authorization", name})}}) == rule + "/headers/1");
  CHECK(where({{"cookies", Json::array({"a;b"})}}) == rule + "/cookies/0");
  CHECK(where({{"timeout", 10}}) == rule + "/timeout");
  CHECK(where({{"timeout", 60'000}, {"wait", 60'000}}) == rule + "/wait");
  CHECK(where({{"cache", 600'000}}) == rule + "/cache");
  Json two = laravel_config({{"concurrency", 200}});
  two["rules"].push_back(two["rules"][0]);
  two["rules"][0]["channels"] = {"a"};
  const AuthFixture f(two);
  REQUIRE(f.host.problems.size() == 1);
  CHECK(f.host.problems[0].where == "/rules/1/laravel/concurrency");
}

TEST_CASE("secrets over plain http to another machine get a warning") {
  const auto warnings = [](const char *url, const Json &more = Json::object()) {
    Json options{{"endpoint", url}};
    options.update(more);
    return AuthFixture(laravel_config(options)).host.warnings.size();
  };
  CHECK(warnings("http://app.example/auth") == 1);
  CHECK(warnings("http://app.example/auth", {{"cookies", false}, {"headers", Json::array()}}) == 0);
  CHECK(warnings("https://app.example/auth") == 0);
  for (const char *here : {"http://localhost/auth", "http://127.0.0.1:8000/auth", "http://[::1]/auth"})
    CHECK(warnings(here) == 0);
}
