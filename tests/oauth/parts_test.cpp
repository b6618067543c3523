// The small parts, each by itself.
#include <map>
#include <set>
#include <string>

#include "plugins/sources/oauth/events.hpp"
#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/peers.hpp"
#include "plugins/sources/oauth/request.hpp"
#include "plugins/sources/oauth/tokens.hpp"
#include "plugins/sources/oauth/waits.hpp"
#include "tests/oauth/login_fixture.hpp"

using namespace oauth_test;

TEST_CASE("random names have their length and alphabet, and do not repeat") {
  FakeHost host;
  const sbx::Host h(host.get());
  const auto &loop = *h.service<sbx_loop>();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = oauth::random_base62(h, loop, oauth::kIdChars);
    REQUIRE(name.size() == 22);
    REQUIRE(oauth::is_base62(name));
    REQUIRE(seen.insert(name).second);
    const int number = std::stoi(oauth::random_number(h, loop));
    REQUIRE(number >= 10);
    REQUIRE(number <= 99);
  }
}

TEST_CASE("the PKCE challenge of RFC 7636 appendix B") {
  CHECK(oauth::base64url(oauth::sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")) ==
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST_CASE("an exposed claim stands where it stood, among members or among elements") {
  const oauth::Profile profile{
      "1", Json{{"claims", {{"levels", {{"0", "low"}, {"b", "high"}}}, {"groups", {"staff", "shop"}}}}}.dump()};
  const auto shown = [&](const std::vector<std::string> &expose) {
    return Json::parse(oauth::login_data({}, profile, "ticket", expose)).value("profile", Json());
  };
  CHECK(shown({"/levels/0", "/levels/b"}) == Json{{"levels", {{"0", "low"}, {"b", "high"}}}});
  CHECK(shown({"/levels/b", "/levels/0"}) == Json{{"levels", {{"0", "low"}, {"b", "high"}}}});
  CHECK(shown({"/groups/1", "/groups/9", "/groups/-", "/groups/b", "/groups/99999999999999999999"}) ==
        Json{{"groups", {nullptr, "shop"}}});
  CHECK(shown({"/levels", "/groups/b/c"}) == Json());
}

TEST_CASE("IPv6 addresses count by network, IPv4 ones each") {
  using oauth::network_of;
  CHECK(network_of("192.0.2.1") == "192.0.2.1");
  CHECK(network_of("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
  CHECK(network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  CHECK(network_of("2001:db8:1:2::5") == network_of("2001:0db8:0001:0002::"));
  CHECK(network_of("2001:db8:1:2::5") != network_of("2001:db8:1:3::5"));
  CHECK(network_of("2001:db8::5") == network_of("2001:db8:0:0:9::"));
  CHECK(network_of("::1") == network_of("0:0:0:0:0:0:0:2"));
  CHECK(network_of("fe80::1%eth0") == network_of("fe80::2"));
  for (const char *odd : {"", ":", ":::", "::", "1:2:3:4:5:6:7:8:9:10", "%", "::%"}) network_of(odd);
}

TEST_CASE("a minute's limit is one for each network") {
  oauth::MinuteLimit limit(2);
  CHECK(limit.take("a", 0));
  CHECK(limit.take("a", 1));
  CHECK(limit.exceeded("a", 2));
  CHECK_FALSE(limit.take("a", 2));
  CHECK(limit.take("b", 2));
  CHECK_FALSE(limit.exceeded("b", 2));
  CHECK(limit.take("a", 60 * sbx::kSecondNs));
}

TEST_CASE("more networks than are remembered share what is left") {
  oauth::MinuteLimit limit(2);
  for (int i = 0; i < 65'536; ++i) REQUIRE(limit.take("10.0." + std::to_string(i), 0));
  CHECK(limit.take("x", 0));
  CHECK(limit.take("y", 0));
  CHECK_FALSE(limit.take("z", 0));
  CHECK(limit.exceeded("z", 0));
  CHECK(limit.take("z", 61 * sbx::kSecondNs));
}

TEST_CASE("cookies are found among others, and one that comes twice is none") {
  oauth::Request r;
  const auto read = [&](const std::string &value) {
    r.headers = {{"cookie", value}};
    return std::string(oauth::only_cookie(r, "a"));
  };
  CHECK(read("a=1") == "1");
  CHECK(read("b=2; a=1; c=3") == "1");
  CHECK(read("a=1=2;") == "1=2");
  CHECK(read("aa=1; b=a=5").empty());
  CHECK(read("a=1; a=1").empty());
  CHECK(read("").empty());
  CHECK(read(";;; ;a").empty());
  r.headers = {{"cookie", "a=1"}, {"cookie", "b=2; a=3"}};
  CHECK(oauth::only_cookie(r, "a").empty());
}

TEST_CASE("a wait is found by its names until it is over, and then by its channel alone") {
  FakeHost host;
  const sbx::Host h(host.get());
  oauth::Waits waits(h, *h.service<sbx_loop>(), "x.{id}.y", {2, 1});
  oauth::WaitSecrets secrets;
  oauth::NewWait made;
  made.peer = "192.0.2.1";
  made.scene = true;
  made.lifetime_ns = 5;
  CHECK(waits.room_for(made.peer) == oauth::Waits::Room::kYes);
  oauth::Wait &wait = waits.make(made, secrets);
  CHECK(waits.room_for(made.peer) == oauth::Waits::Room::kPeerFull);
  CHECK(waits.room_for("192.0.2.2") == oauth::Waits::Room::kYes);
  CHECK(wait.channel == "x." + wait.id + ".y");
  CHECK(waits.owns(wait.channel));
  waits.set_confirm(wait, "first");
  waits.set_confirm(wait, "second");
  CHECK(waits.by_confirm("second") == &wait);
  CHECK(waits.by_confirm("first") == nullptr);
  CHECK(waits.by_scene(wait.scene) == &wait);
  CHECK(waits.due(host.now_ns + 4).empty());
  CHECK(waits.due(host.now_ns + 5).size() == 1);
  const std::string scene = wait.scene, channel = wait.channel;
  waits.end(wait, oauth::WaitState::kDone, host.now_ns + 100);
  CHECK(waits.by_scene(scene) == nullptr);
  CHECK(waits.by_confirm("second") == nullptr);
  CHECK(waits.by_channel(channel) == &wait);
  CHECK(waits.open_count() == 0);
  CHECK(waits.room_for(made.peer) == oauth::Waits::Room::kYes);
  waits.forget(wait);
  CHECK(waits.by_channel(channel) == nullptr);
  CHECK_FALSE(waits.next_due());
}
