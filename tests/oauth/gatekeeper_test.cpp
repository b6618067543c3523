// Who may listen to a login's channel.
#include <string>

#include "plugins/sources/oauth/gatekeeper.hpp"
#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

TEST_CASE("whoever started a login may listen to it, and nobody else") {
  LoginFixture f;
  const Started s = f.start(), other = f.start();
  const std::string channel = s.text("channel");
  CHECK(f.admit(channel, f.offer(s)) == SBX_OK);
  CHECK(f.admit(channel, Json(s.text("wait")).dump()) == SBX_OK);
  CHECK(f.admit(channel, Json{{"token", s.text("wait")}}.dump()) == SBX_OK);
  CHECK(f.admit(channel, f.offer(other)) == SBX_EREFUSED);
  CHECK(f.admit(channel, "") == SBX_EREFUSED);
  CHECK(f.admit(channel, "{}") == SBX_EREFUSED);
  CHECK(f.admit(channel, "{\"wait\":\"\"}") == SBX_EREFUSED);
  CHECK(f.admit(channel, "not json") == SBX_EREFUSED);
  CHECK(f.admit(channel, Json(s.text("login")).dump()) == SBX_EREFUSED);
  CHECK(f.admit(channel, Json(s.state).dump()) == SBX_EREFUSED);
}

TEST_CASE("guessing: a channel that does not exist is refused like one that is somebody else's") {
  LoginFixture f;
  const Started s = f.start();
  CHECK(f.admit("login." + std::string(22, 'x'), f.offer(s)) == SBX_EREFUSED);
}

TEST_CASE("the code on the screen does not admit to the channel") {
  LoginFixture f;
  const Started s = f.start("phone");
  CHECK(f.admit(s.text("channel"), Json(s.text("scene")).dump()) == SBX_EREFUSED);
  CHECK(f.admit("login." + s.text("scene"), f.offer(s)) == SBX_EREFUSED);
  CHECK(f.admit(s.text("channel"), f.offer(s)) == SBX_OK);
}

TEST_CASE("channels of others are not ours to judge") {
  LoginFixture f;
  for (const char *channel :
       {"orders.7", "login.", "login.short", "other.0123456789ABCDEFGHIJKL", "login.0123456789ABCDEFGHIJ-L"})
    CHECK(f.admit(channel, "") == SBX_OK);
}

TEST_CASE("late subscriber: the result is given to so many tabs, and after a minute to nobody") {
  Json config = config_json();
  config["tabs"] = 2;
  LoginFixture f(config);
  const Started s = f.log_in();
  const std::string channel = s.text("channel");
  CHECK(f.admit(channel, "\"wrong\"") == SBX_EREFUSED);  // does not count
  CHECK(f.admit(channel, f.offer(s)) == SBX_OK);
  CHECK(f.admit(channel, f.offer(s)) == SBX_OK);
  CHECK(f.admit(channel, f.offer(s)) == SBX_EREFUSED);

  LoginFixture g;
  const Started late = g.log_in();
  g.host.advance(59 * sbx::kSecondNs);
  CHECK(g.admit(late.text("channel"), g.offer(late)) == SBX_OK);
  LoginFixture h;
  const Started later = h.log_in();
  h.host.advance(61 * sbx::kSecondNs);
  CHECK(h.admit(later.text("channel"), h.offer(later)) == SBX_EREFUSED);
}

TEST_CASE("before the end a page may come back as often as it likes") {
  LoginFixture f;
  const Started s = f.start();
  for (int i = 0; i < 20; ++i) CHECK(f.admit(s.text("channel"), f.offer(s)) == SBX_OK);
}

TEST_CASE("what a client offers is read with care") {
  CHECK(oauth::read_offer("\"abc\"") == "abc");
  CHECK(oauth::read_offer(R"({"wait":"abc","more":{"deep":[1,2,{"x":3}]}})") == "abc");
  CHECK(oauth::read_offer(R"({"token":"abc"})") == "abc");
  CHECK(oauth::read_offer(R"({"wait":7,"token":"abc"})").empty());
  CHECK(oauth::read_offer("[\"abc\"]").empty());
  CHECK(oauth::read_offer("\"" + std::string(200, 'a') + "\"").empty());
  CHECK(oauth::read_offer(std::string(10'000, '[')).empty());
  CHECK(oauth::read_offer(std::string(SBX_AUTH_MAX + 1, ' ')).empty());
}
