// The end of the program, and what becomes of logins then.
#include <string>

#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

TEST_CASE("whoever waits when the program ends is told so, and the source stops when that is safe") {
  LoginFixture f;
  f.start();
  f.start();
  f.plugin->stop();
  REQUIRE(f.host.emitted.size() == 2);
  CHECK(f.host.emitted[0].name == "login.expired");
  CHECK(f.host.emitted[1].name == "login.expired");
  CHECK_FALSE(f.host.stopped);
  const uint64_t first = f.host.emitted[0].ack, second = f.host.emitted[1].ack;
  f.host.ack(first, SBX_OK, "1-1");
  CHECK_FALSE(f.host.stopped);
  f.host.ack(second, SBX_OK, "1-2");
  CHECK(f.host.stopped);
  CHECK(f.start().status == 503);
}

TEST_CASE("ends that found no room when the program ends are told before it stops, if there is time") {
  LoginFixture f;
  f.start();
  f.host.emit_answer = SBX_FULL;
  f.plugin->stop(f.host.now_ns + 10 * sbx::kSecondNs);
  CHECK_FALSE(f.host.stopped);
  f.host.emit_answer = SBX_OK;
  f.host.advance(2 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "login.expired");
  f.acknowledge();
  CHECK(f.host.stopped);
}

TEST_CASE("ends that find no room do not hold up the end of the program") {
  LoginFixture f;
  f.start();
  f.host.emit_answer = SBX_FULL;
  f.plugin->stop(f.host.now_ns + 10 * sbx::kSecondNs);
  f.host.advance(8 * sbx::kSecondNs);
  CHECK_FALSE(f.host.stopped);
  f.host.advance(2 * sbx::kSecondNs);
  CHECK(f.host.stopped);
}

TEST_CASE("without logins the source stops at once") {
  LoginFixture f;
  f.plugin->stop();
  CHECK(f.host.stopped);
}

TEST_CASE("a login that a provider is asked about may still end well") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  f.plugin->stop();
  CHECK_FALSE(f.host.stopped);
  f.web.answer(1, {200, {}, R"({"access_token":"a","token_type":"Bearer"})"});
  f.web.answer(2, {200, {}, R"({"id":"u7"})"});
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.host.emitted[0].name == "idp.login");
  f.acknowledge();
  CHECK(f.http[id].status == 200);
  CHECK(f.host.stopped);
}

TEST_CASE("before the deadline a provider that does not answer is given up") {
  LoginFixture f;
  f.web.on_fetch = nullptr;
  const Started s = f.start();
  const sbx_id id = f.call_back(f.good_query(s), s.cookie);
  f.plugin->stop(f.host.now_ns + 3 * sbx::kSecondNs);
  f.host.advance(2 * sbx::kSecondNs);
  REQUIRE(f.host.emitted.size() == 1);
  CHECK(f.data(0)["reason"] == "unavailable");
  CHECK(f.http[id].status != 0);
  CHECK(f.web.waiting() == 0);
  f.acknowledge();
  CHECK(f.host.stopped);
}

TEST_CASE("a request that is still being read is refused") {
  LoginFixture f;
  const sbx_id id = f.http.begin(f.start_request({{"provider", "idp"}}));
  f.plugin->stop();
  CHECK(f.http[id].status == 503);
  CHECK(f.host.stopped);
}
