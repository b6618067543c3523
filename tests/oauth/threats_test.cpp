// What attackers do with callbacks.
#include <string>
#include <vector>

#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

namespace {

void check_refused(LoginFixture &f, sbx_id id) {
  CHECK(f.http[id].status == 400);
  CHECK(f.http[id].body.find("not valid") != std::string::npos);
  CHECK(f.host.emitted.empty());
  CHECK(f.web.fetches() == 0);
}

}  // namespace

TEST_CASE("login CSRF: a callback in another browser is refused without an event") {
  LoginFixture f;
  const Started attacker = f.start(), victim = f.start();
  REQUIRE(attacker.cookie != victim.cookie);
  check_refused(f, f.call_back(f.good_query(attacker), victim.cookie));
  CHECK(f.host.metric("signalbox_oauth_callbacks_total", "other_browser") == 1);
}

TEST_CASE("login CSRF: a callback without a cookie, or with two, is refused") {
  LoginFixture f;
  const Started a = f.start(), b = f.start();
  check_refused(f, f.call_back(f.good_query(a), ""));
  check_refused(f, f.call_back(f.good_query(b), b.cookie + "; __Host-sb_bind=" + std::string(43, 'x')));
}

TEST_CASE("a refused callback has used its state up, and the login ends as expired") {
  LoginFixture f;
  const Started s = f.start();
  check_refused(f, f.call_back(f.good_query(s), ""));
  check_refused(f, f.call_back(f.good_query(s), s.cookie));
  f.host.advance(601 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0) == Json{{"type", "login.expired"}, {"status", "expired"}, {"login", s.text("login")}});
}

TEST_CASE("the same callback twice is refused the second time, also while the first is under way") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  f.call_back(f.good_query(s), s.cookie);
  const sbx_id second = f.call_back(f.good_query(s), s.cookie);
  CHECK(f.http[second].status == 400);
  CHECK(f.web.fetches() == 1);
  f.web.answer(1, {200, {}, R"({"access_token":"a","token_type":"Bearer"})"});
  f.web.answer(2, {200, {}, R"({"id":"u7"})"});
  f.acknowledge();
  const sbx_id third = f.call_back(f.good_query(s), s.cookie);
  CHECK(f.http[third].status == 400);
  CHECK(f.host.emitted.size() == 1);
}

TEST_CASE("made-up states cost nothing but a look, and too many of them not even that") {
  Json config = config_json();
  config["limits"] = {{"starts_per_minute", 5}};
  LoginFixture f(config);
  const Started s = f.start();
  for (int i = 0; i < 5; ++i) check_refused(f, f.call_back("code=x&state=madeup" + std::to_string(i), s.cookie));
  const sbx_id limited = f.call_back("code=x&state=madeup6", s.cookie);
  CHECK(f.http[limited].status == 429);
  CHECK(f.host.metric("signalbox_oauth_callbacks_total", "unknown_state") == 5);
  CHECK(f.host.metric("signalbox_oauth_callbacks_total", "limited") == 1);
  f.peer = "192.0.2.77";  // everybody else goes on
  const sbx_id good = f.call_back(f.good_query(s), s.cookie);
  f.acknowledge();
  CHECK(f.http[good].status == 200);
}

TEST_CASE("repeated and malformed parameters are refused before the state is looked at") {
  LoginFixture f;
  const Started s = f.start();
  for (const std::string &query :
       {f.good_query(s) + "&state=" + s.state, f.good_query(s) + "&code=other", std::string("code=x"),
        "state=" + s.state, std::string(), f.good_query(s) + "&x=%zz", "code=" + std::string(20'000, 'x') + "&state=a"})
    check_refused(f, f.call_back(query, s.cookie));
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);  // none of them has used it up
  f.acknowledge();
  CHECK(f.http[id].status == 200);
}

TEST_CASE("mix-up: a state comes back on its own provider's path, from its own issuer") {
  LoginFixture f;
  const Started a = f.start("idp"), b = f.start("idp");
  check_refused(f, f.call_back(f.good_query(a), a.cookie, "corp"));
  check_refused(f, f.call_back(f.good_query(a), a.cookie, "idp"));
  check_refused(f, f.call_back(f.good_query(b) + "&iss=https%3A%2F%2Fcorp.example", b.cookie));
  const Started c = f.start("idp");
  f.call_back(f.good_query(c) + "&iss=https%3A%2F%2Fidp.example", c.cookie);
  CHECK(f.host.emitted.size() == 1);
}

TEST_CASE("a login whose time is over is over") {
  LoginFixture f;
  const Started s = f.start();
  f.host.advance(600 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "login.expired");
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  CHECK(f.http[id].status == 400);
  CHECK(f.host.emitted.size() == 1);
  CHECK(f.host.metric("signalbox_oauth_logins_total", "expired") == 1);
}

TEST_CASE("a login that a provider is asked about when its time runs out still ends once, with the answer") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  f.host.advance(599 * sbx::kSecondNs);
  f.call_back(f.good_query(s), s.cookie);
  f.host.advance(2 * sbx::kSecondNs);
  CHECK(f.host.emitted.empty());
  f.web.answer(1, {200, {}, R"({"access_token":"a","token_type":"Bearer"})"});
  f.web.answer(2, {200, {}, R"({"id":"u7"})"});
  REQUIRE(f.host.emitted.size() == 1);
  f.acknowledge();
  f.host.advance(1200 * sbx::kSecondNs);
  CHECK(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "idp.login");
}

TEST_CASE("there is nothing at other paths, nor at a provider's that are not its own") {
  LoginFixture f;
  for (const char *path :
       {"/login", "/login/", "/login/idp", "/login/idp/", "/login/idp/callback/x", "/login/idp/push",
        "/login/phone/callback", "/login/other/callback", "/login/start/callback", "/login/start/"}) {
    CAPTURE(path);
    sbx::testing::Request r;
    r.path = path;
    CHECK(f.http[f.http.request(r)].status == 404);
  }
  sbx::testing::Request r;
  r.method = "POST";
  r.path = "/login/idp/callback";
  r.body = "code=a&state=b";
  r.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  CHECK(f.http[f.http.request(r)].status == 405);
}

TEST_CASE("a provider that posts its callbacks gets a cookie for that, and only a form is one") {
  Json config = config_json();
  config["providers"]["idp"]["response_mode"] = "form_post";
  LoginFixture f(config);
  const Started s = f.start();
  CHECK(s.cookie.find("__Host-sb_bind_form=") == 0);
  CHECK(s.set_cookie.find("; SameSite=None") != std::string::npos);
  sbx::testing::Request r;
  r.method = "POST";
  r.path = "/login/idp/callback";
  r.body = f.good_query(s);
  r.headers = {{"content-type", "text/plain"}, {"cookie", s.cookie}};
  CHECK(f.http[f.http.request(r)].status == 400);
  r.headers[0].second = "application/x-www-form-urlencoded";
  f.http.request(r);
  f.host.turn();
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "idp.login");
}

TEST_CASE("no code, state, secret, token, ticket, cookie or key is ever in the log") {
  LoginFixture f;
  const Started s = f.log_in(), refused = f.start(), failed = f.start();
  f.call_back(f.good_query(refused), "__Host-sb_bind=" + std::string(43, 'q'));
  f.call_back(f.good_query(refused) + "&code=2", refused.cookie);
  f.web.on_fetch = [](const auto &) { return sbx::testing::Answer{400, {}, R"({"error":"words of theirs"})"}; };
  f.call_back(f.good_query(failed), failed.cookie);
  f.redeem_ticket("not-a-ticket");
  f.redeem("{}", "a-key-that-is-wrong");
  REQUIRE(f.host.logs.size() >= 3);
  std::vector<std::string> secrets = {
      kCode,           kClientSecret,     kAccessToken, kRedeemKey,           "not-a-ticket",
      "a-key-that-is", "words of theirs", f.ticket(),   std::string(43, 'q'), "li@example.org"};
  for (const Started *one : {&s, &refused, &failed})
    for (const std::string &secret : {one->state, one->cookie.substr(15), one->text("wait")}) secrets.push_back(secret);
  for (const std::string &secret : secrets) CHECK(f.logged(secret) == 0);
  for (const auto &event : f.host.emitted)
    for (const char *secret : {kCode, kClientSecret, kAccessToken}) CHECK(event.data.find(secret) == std::string::npos);
}
