// PATH/PROVIDER/callback, as it should be.
#include <string>

#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

TEST_CASE("a login becomes one event with a ticket, and the browser is answered once that is safe") {
  LoginFixture f;
  const Started s = f.start();
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.http[id].status == 0);
  const auto &event = f.host.emitted[0];
  CHECK(event.channel == s.text("channel"));
  CHECK(event.name == "idp.login");
  CHECK(event.ack != 0);
  const Json data = f.data(0);
  CHECK(data["type"] == "idp.login");
  CHECK(data["status"] == "ok");
  CHECK(data["login"] == s.text("login"));
  CHECK(data["ticket"].get<std::string>().size() == 22);
  CHECK(data.size() == 4);
  const std::vector<std::pair<std::string, std::string>> facts = {
      {"source", "login"}, {"verified", "true"}, {"principal", "u7"}};
  CHECK(event.attrs == facts);

  f.acknowledge();
  CHECK(f.http[id].status == 200);
  CHECK(f.http[id].body.find("logged in") != std::string::npos);
  CHECK(f.http[id].header("content-security-policy").find("default-src 'none'; frame-ancestors 'none'") == 0);
  CHECK(f.http[id].header("referrer-policy") == "no-referrer");
  CHECK(f.http[id].header("cache-control") == "no-store");
  CHECK(f.http[id].body.find(kCode) == std::string::npos);
  CHECK(f.http[id].body.find(s.state) == std::string::npos);
  CHECK(f.host.metric("signalbox_oauth_logins_total", "ok") == 1);
  CHECK(f.host.metric("signalbox_oauth_waits") == 0);
}

TEST_CASE("the code is exchanged with the verifier and the very redirect_uri, once") {
  LoginFixture f;
  const Started s = f.start();
  f.call_back(f.good_query(s), s.cookie);
  REQUIRE(f.web.fetches() == 2);
  const std::string body = f.web[1].body;
  CHECK(body.find(std::string("code=") + kCode) != std::string::npos);
  CHECK(body.find("code_verifier=") != std::string::npos);
  CHECK(body.find("redirect_uri=https%3A%2F%2Fshop.example%2Flogin%2Fidp%2Fcallback") != std::string::npos);
}

TEST_CASE("a browser that wants to go somewhere is sent there with 303") {
  LoginFixture f;
  const Started s = f.start("idp", "/cart");
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  f.acknowledge();
  CHECK(f.http[id].status == 303);
  CHECK(f.http[id].header("location") == "https://shop.example/cart");
}

TEST_CASE("exposed claims are in the event, and nothing beside them") {
  Json config = config_json();
  config["expose"] = {"/name", "/address/city", "/address", "/missing"};
  LoginFixture f(config);
  const Started s = f.start();
  f.call_back(f.good_query(s), s.cookie);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0)["profile"] == Json{{"name", "Li"}, {"address", {{"city", "Xi'an"}}}});
  CHECK(f.host.emitted[0].data.find("li@example.org") == std::string::npos);
}

TEST_CASE("a user who says no ends the login with a word of ours") {
  LoginFixture f;
  const Started s = f.start();
  const sbx_id id =
      f.call_back("error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state=" + s.state, s.cookie);
  CHECK(f.http[id].status == 200);
  CHECK(f.http[id].body.find("script") == std::string::npos);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "login.failed");
  CHECK(f.data(0) ==
        Json{{"type", "login.failed"}, {"status", "failed"}, {"reason", "denied"}, {"login", s.text("login")}});
  CHECK(f.web.fetches() == 0);
  CHECK(f.host.metric("signalbox_oauth_logins_total", "denied") == 1);
}

TEST_CASE("an exchange that fails ends the login and is not tried again") {
  LoginFixture f;
  f.web.on_fetch = [](const auto &) { return sbx::testing::Answer{500, {}, "provider's secret troubles"}; };
  const Started s = f.start();
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  CHECK(f.http[id].status == 400);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0)["status"] == "failed");
  CHECK(f.web.fetches() == 1);
  CHECK(f.http[id].body.find("troubles") == std::string::npos);
  CHECK(f.logged("troubles") == 0);
}

TEST_CASE("a slow provider: the page is told after two seconds, the event comes when it comes") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  f.host.advance(1900 * sbx::kMillisecondNs);
  CHECK(f.http[id].status == 0);
  f.host.advance(200 * sbx::kMillisecondNs);
  CHECK(f.http[id].status == 200);
  CHECK(f.http[id].body.find("being finished") != std::string::npos);
  f.web.answer(1, {200, {}, R"({"access_token":"a","token_type":"Bearer"})"});
  f.web.answer(2, {200, {}, R"({"id":"u7"})"});
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "idp.login");
}

TEST_CASE("a provider that says nothing at all is a failure after its time") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  f.call_back(f.good_query(s), s.cookie);
  f.host.advance(8 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0)["reason"] == "timeout");
}

TEST_CASE("a browser that goes away in between does not stop the login") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  f.http.drop(id);
  f.web.answer(1, {200, {}, R"({"access_token":"a","token_type":"Bearer"})"});
  f.web.answer(2, {200, {}, R"({"id":"u7"})"});
  REQUIRE(f.host.emitted.size() == 1);
  f.acknowledge();
  CHECK(f.host.metric("signalbox_oauth_logins_total", "ok") == 1);
}

TEST_CASE("more exchanges than allowed at a time are not begun") {
  Json config = config_json();
  config["limits"] = {{"exchanges", 1}};
  LoginFixture f(config);
  f.web.on_fetch = nullptr;
  const Started first = f.start(), second = f.start();
  f.call_back(f.good_query(first), first.cookie);
  const sbx_id id = f.call_back(f.good_query(second), second.cookie);
  CHECK(f.http[id].status == 503);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0)["reason"] == "unavailable");
  CHECK(f.web.fetches() == 1);
}

TEST_CASE("a result that could not be kept is a failed login, and its ticket is worth nothing") {
  LoginFixture f;
  const Started s = f.start("idp", "/cart");
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  const std::string ticket = f.ticket();
  f.acknowledge(SBX_ESTORE);
  CHECK(f.http[id].status == 503);
  REQUIRE(f.host.emitted.size() == 2);
  CHECK(f.host.emitted[1].name == "login.failed");
  CHECK(f.data(1)["reason"] == "unavailable");
  CHECK(f.redeem_ticket(ticket).status == 404);
  CHECK(f.host.metric("signalbox_oauth_logins_total", "ok") == 0);
}

TEST_CASE("an end that the pipeline has no room for is told again until there is") {
  LoginFixture f;
  const Started s = f.start();
  f.host.emit_answer = SBX_FULL;
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  CHECK(f.http[id].status == 503);
  f.host.advance(3 * sbx::kSecondNs);
  CHECK(f.host.emitted.empty());
  f.host.emit_answer = SBX_OK;
  f.host.advance(2 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0)["reason"] == "unavailable");
  f.host.advance(30 * sbx::kSecondNs);
  CHECK(f.host.emitted.size() == 1);
}

TEST_CASE("a login whose end could not be told is not forgotten before it is") {
  LoginFixture f;
  const Started s = f.start();
  f.host.emit_answer = SBX_FULL;
  f.call_back(f.good_query(s), s.cookie);
  f.host.advance(180 * sbx::kSecondNs);
  CHECK(f.host.emitted.empty());
  f.host.emit_answer = SBX_OK;
  f.host.advance(2 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "login.failed");
  CHECK(f.admit(s.text("channel"), f.offer(s)) == SBX_OK);
}
