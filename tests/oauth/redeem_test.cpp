#include <string>

#include "plugins/sources/oauth/tickets.hpp"
#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

TEST_CASE("a ticket is worth the profile, once") {
  LoginFixture f;
  const Started s = f.log_in();
  const auto &first = f.redeem_ticket(f.ticket());
  CHECK(first.status == 200);
  CHECK(first.header("content-type") == "application/json");
  CHECK(first.header("cache-control") == "no-store");
  const Json told = Json::parse(first.body);
  CHECK(told["login"] == s.text("login"));
  CHECK(told["provider"] == "idp");
  CHECK(told["subject"] == "u7");
  CHECK(told["profile"]["email"] == "li@example.org");
  CHECK(first.body.find(kAccessToken) == std::string::npos);
  const auto &second = f.redeem_ticket(f.ticket());
  CHECK(second.status == 404);
  CHECK(f.redeem_ticket("unknown").body == second.body);
  CHECK(f.host.metric("signalbox_oauth_redeems_total", "ok") == 1);
  CHECK(f.host.metric("signalbox_oauth_redeems_total", "unknown") == 2);
}

TEST_CASE("a ticket that nobody brings in time is gone, and says the same") {
  LoginFixture f;
  f.log_in();
  f.host.advance(60 * sbx::kSecondNs);
  const auto &late = f.redeem_ticket(f.ticket());
  CHECK(late.status == 404);
  CHECK(late.body == f.redeem_ticket("unknown").body);
}

TEST_CASE("a wrong key takes nothing and learns nothing") {
  LoginFixture f;
  f.log_in();
  const std::string body = Json{{"ticket", f.ticket()}}.dump();
  const auto &refused = f.redeem(body, "a-key-that-is-wrong");
  CHECK(refused.status == 401);
  CHECK(refused.body == f.redeem(R"({"ticket":"unknown"})", "a-key-that-is-wrong").body);
  sbx::testing::Request bare;
  bare.method = "POST";
  bare.path = "/redeem";
  bare.body = body;
  CHECK(f.http[f.http.request(bare)].status == 401);
  CHECK(f.redeem(body).status == 200);
}

TEST_CASE("what is no request for a ticket is refused") {
  LoginFixture f;
  for (const char *body : {"", "[]", "{}", R"({"ticket":7})", R"({"ticket":""})", R"({"ticket":)"})
    CHECK(f.redeem(body).status == 400);
  sbx::testing::Request r;
  r.path = "/redeem";
  r.headers = {{"authorization", std::string("Bearer ") + kRedeemKey}};
  CHECK(f.http[f.http.request(r)].status == 405);
  r.path = "/redeem/more";
  CHECK(f.http[f.http.request(r)].status == 404);
}

TEST_CASE("tickets are redeemed on the listener that is written there") {
  LoginFixture f;
  REQUIRE(f.http.mounts.size() == 2);
  CHECK(f.http.mounts[0].listener == "public");
  CHECK(f.http.mounts[0].path == "/login");
  CHECK(f.http.mounts[1].listener == "private");
  CHECK(f.http.mounts[1].path == "/redeem");
}

TEST_CASE("there are so many tickets and no more, and their room comes back with time") {
  FakeHost host;
  const auto &loop = *sbx::Host(host.get()).service<sbx_loop>();
  oauth::Tickets tickets(sbx::Host(host.get()), loop, 60 * sbx::kSecondNs, 2);
  const auto first = tickets.make("one");
  REQUIRE(first);
  REQUIRE(tickets.make("two"));
  CHECK_FALSE(tickets.make("three"));
  CHECK(tickets.take(first->ticket) == "one");
  CHECK_FALSE(tickets.take(first->ticket));
  host.advance(60 * sbx::kSecondNs);
  CHECK(tickets.size() == 0);
  const auto fourth = tickets.make("four");
  REQUIRE(fourth);
  tickets.withdraw(fourth->digest);
  CHECK_FALSE(tickets.take(fourth->ticket));
}
