#include <string>

#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

TEST_CASE("a started login gets an address to open, a channel, a secret and a cookie") {
  LoginFixture f;
  const Started s = f.start();
  REQUIRE(s.status == 200);
  CHECK(s.text("channel") == "login." + s.text("login"));
  CHECK(s.text("login").size() == 22);
  CHECK(s.text("wait").size() == 22);
  CHECK(s.text("wait") != s.text("login"));
  CHECK(s.state.size() == 22);
  CHECK(s.json["expires"] == 600);
  const std::string url = s.text("authorize_url");
  CHECK(url.find("https://idp.example/authorize?") == 0);
  CHECK(url.find("redirect_uri=https%3A%2F%2Fshop.example%2Flogin%2Fidp%2Fcallback") != std::string::npos);
  CHECK(url.find("code_challenge_method=S256") != std::string::npos);
  CHECK(url.find(s.text("wait")) == std::string::npos);
  CHECK(url.find(s.text("login")) == std::string::npos);
  CHECK(s.set_cookie.substr(0, 15) == "__Host-sb_bind=");
  for (const char *part : {"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=600"})
    CHECK(s.set_cookie.find(part) != std::string::npos);
  CHECK(f.http[1].header("cache-control") == "no-store");
  CHECK(f.host.metric("signalbox_oauth_starts_total", "started") == 1);
  CHECK(f.host.metric("signalbox_oauth_waits") == 1);
}

TEST_CASE("whatever names the browser brings along are not listened to") {
  LoginFixture f;
  const Started s = f.started(f.start_request({{"provider", "idp"},
                                               {"state", "attackersstate"},
                                               {"channel", "login.mine"},
                                               {"wait", "attackerswait"},
                                               {"login", "mine"}}));
  REQUIRE(s.status == 200);
  CHECK(s.state != "attackersstate");
  CHECK(s.text("channel") != "login.mine");
  CHECK(s.text("wait") != "attackerswait");
}

TEST_CASE("a browser's tabs share its cookie, and a cookie that is none of ours is replaced") {
  LoginFixture f;
  const Started first = f.start();
  CHECK(f.start("idp", nullptr, first.cookie).cookie == first.cookie);
  CHECK(f.start("idp", nullptr, "__Host-sb_bind=short").cookie != "__Host-sb_bind=short");
  CHECK(f.start("idp", nullptr, first.cookie + "; " + first.cookie).cookie != first.cookie);
}

TEST_CASE("logins are started by our own pages only") {
  LoginFixture f;
  sbx::testing::Request r = f.start_request({{"provider", "idp"}});
  r.origin = "https://evil.example";
  CHECK(f.started(r).status == 403);
  r.origin = "";
  CHECK(f.started(r).status == 403);
  r.origin = "https://shop.example.evil.example";
  CHECK(f.started(r).status == 403);
  r.origin = kOrigin;
  r.no_cors = true;
  CHECK(f.started(r).status == 403);
  r.no_cors = false;
  r.headers = {{"content-type", "text/plain"}};
  CHECK(f.started(r).status == 415);
  r.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  CHECK(f.started(r).status == 415);
  r.headers = {{"content-type", "application/json"}};
  r.method = "GET";
  CHECK(f.started(r).status == 405);
  CHECK(f.host.metric("signalbox_oauth_waits") == 0);
  CHECK(f.host.metric("signalbox_oauth_starts_total", "refused") == 7);
}

TEST_CASE("a body that is no request for a login is refused in words") {
  LoginFixture f;
  const auto status = [&](const std::string &body) {
    sbx::testing::Request r = f.start_request({});
    r.body = body;
    return f.http[f.http.request(r)].status;
  };
  CHECK(status("") == 400);
  CHECK(status("[]") == 400);
  CHECK(status("{\"provider\":\"idp\"") == 400);
  CHECK(status("{\"provider\":7}") == 400);
  CHECK(status("{\"provider\":\"other\"}") == 400);
  CHECK(status("{\"provider\":\"idp\",\"return_to\":7}") == 400);
  CHECK(status("{\"provider\":\"idp\",\"x\":\"" + std::string(5000, 'x') + "\"}") == 400);
  CHECK(status("{\"provider\":\"idp\"}") == 200);
}

TEST_CASE("where to go afterwards is checked before anything begins") {
  LoginFixture f;
  CHECK(f.start("idp", "/cart?a=1#b").status == 200);
  CHECK(f.start("idp", "https://shop.example/cart").status == 200);
  for (const char *bad : {"//evil.example", "https://evil.example/", "/\\evil.example",
                          "https://shop.example@evil.example/", "/a\tb", "javascript:alert(1)", ""})
    CHECK(f.start("idp", bad).status == 400);
}

TEST_CASE("one address can start so many logins in a minute, and have so many open") {
  Json config = config_json();
  config["limits"] = {{"starts_per_minute", 3}, {"waits_per_ip", 4}, {"waits", 6}};
  LoginFixture f(config);
  for (int i = 0; i < 3; ++i) CHECK(f.start().status == 200);
  const sbx_id fourth = f.http.request(f.start_request({{"provider", "idp"}}));
  CHECK(f.http[fourth].status == 429);
  CHECK(f.http[fourth].header("retry-after") == "60");
  f.peer = "192.0.2.2";
  CHECK(f.start().status == 200);
  f.peer = "192.0.2.1";
  f.host.advance(61 * sbx::kSecondNs);
  CHECK(f.start().status == 200);
  CHECK(f.start().status == 429);  // four are open
  f.peer = "192.0.2.3";
  CHECK(f.start().status == 200);
  f.peer = "192.0.2.4";
  CHECK(f.start().status == 503);  // six are remembered
  CHECK(f.host.metric("signalbox_oauth_starts_total", "busy") == 3);
}

TEST_CASE("a login by phone gets what its code shows, and needs no cookie") {
  LoginFixture f;
  const Started s = f.start("phone");
  REQUIRE(s.status == 200);
  CHECK(s.text("scene").size() == 22);
  CHECK(s.text("number").size() == 2);
  CHECK(s.text("scene") != s.text("login"));
  CHECK(s.text("scene") != s.text("wait"));
  CHECK(s.json["expires"] == 120);
  CHECK(s.set_cookie.empty());
  CHECK_FALSE(s.json.contains("authorize_url"));
}
