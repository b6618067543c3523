// The page behind the link: who may press its buttons, and what each of them does.
#include "tests/oauth_scene/scene_fixture.hpp"

using namespace scene_test;
using oauth::WaitState;
using Names = std::vector<std::string>;

namespace {

// A code that was scanned, and the page that its link shows.
struct Scanned : SceneFixture {
  Scanned() {
    query = scan(start());
    page = open(query);
    REQUIRE(page.status == 200);
  }
  std::string wrong_number() const {
    const oauth::Wait *wait = const_cast<oauth::Waits &>(waits).by_id(id);
    for (int n = 10; n < 100; ++n)
      if (page.body.find(">" + std::to_string(n) + "<") != std::string::npos && std::to_string(n) != wait->number)
        return std::to_string(n);
    return {};
  }
  std::string query;
  oauth::Answer page;
};

}  // namespace

TEST_CASE("who chooses the number of the computer is logged in, once that is safe") {
  Scanned f;
  f.acknowledge();
  CHECK(f.post(Scanned::form(f.page, f.number)).status == 0);  // not yet
  f.acknowledge();
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].status == 200);
  CHECK(f.answers[0].body.find("Please go on at your computer") != std::string::npos);
  CHECK(f.events() == Names{"wechat_mp.scanned", "wechat_mp.login"});
  CHECK(f.state() == WaitState::kDone);
  CHECK(f.last_data()["status"] == "ok");
  CHECK(f.last_data()["ticket"].get<std::string>().size() >= 22);
  CHECK(f.host.emitted.back().data.find("oPhone") == std::string::npos);
}

TEST_CASE("the ticket is redeemed for the openid that scanned, under the name of its account") {
  Scanned f;
  f.post(Scanned::form(f.page, f.number));
  f.acknowledge();
  const auto told = f.tickets.take(f.last_data()["ticket"].get<std::string>());
  REQUIRE(told);
  const auto profile = nlohmann::json::parse(*told);
  CHECK(profile["provider"] == "wechat_mp");
  CHECK(profile["subject"] == f.wechat.appid + ":oPhone");
  const auto &claims = profile["profile"];
  CHECK(claims["openid"] == "oPhone");
  CHECK(claims["appid"] == f.wechat.appid);
  CHECK(claims["started_from"] == "203.0.113.9");
  CHECK(claims["confirmed_from"] == "198.51.100.7");
}

TEST_CASE("a login that could not be kept is said so on the phone") {
  Scanned f;
  f.acknowledge();
  f.post(Scanned::form(f.page, f.number));
  f.acknowledge(SBX_ESTORE);
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].status == 503);
  CHECK(f.state() == WaitState::kFailed);
}

TEST_CASE("the right number is among the three, and the page does not say which it is") {
  Scanned f;
  size_t buttons = 0;
  for (size_t at = 0; (at = f.page.body.find("<button", at)) != std::string::npos; ++at) ++buttons;
  CHECK(buttons == 4);
  const std::string mark = "value=\"" + f.number + "\">" + f.number + "<";
  CHECK(f.page.body.find(mark) != std::string::npos);
  CHECK(f.page.body.find(f.number, f.page.body.find(mark) + mark.size()) == std::string::npos);
}

TEST_CASE("a page that is looked at again, by whomever, is the same and changes nothing") {
  Scanned f;
  const oauth::Answer again = f.open(f.query);
  CHECK(again.body == f.page.body);
  CHECK(f.state() == WaitState::kScanned);
  CHECK(f.events() == Names{"wechat_mp.scanned"});
}

TEST_CASE("another number ends the login") {
  Scanned f;
  const oauth::Answer answer = f.post(Scanned::form(f.page, f.wrong_number()));
  CHECK(answer.status == 200);
  CHECK(answer.body.find("That was not the number") != std::string::npos);
  CHECK(f.state() == WaitState::kFailed);
  CHECK(f.events() == Names{"wechat_mp.scanned", "login.failed"});
  CHECK(f.last_data()["reason"] == "refused");
  CHECK(f.post(Scanned::form(f.page, f.number)).status == 410);
}

TEST_CASE("who says that it is not him ends the login as denied") {
  Scanned f;
  CHECK(f.post(Scanned::form(f.page, "no")).status == 200);
  CHECK(f.state() == WaitState::kFailed);
  CHECK(f.last_data()["reason"] == "denied");
}

TEST_CASE("a link works once: neither its page nor its form does anything afterwards") {
  Scanned f;
  f.post(Scanned::form(f.page, f.number));
  CHECK(f.post(Scanned::form(f.page, f.number)).status == 410);  // before it is safe, too
  CHECK(f.post(Scanned::form(f.page, "no")).status == 410);
  f.acknowledge();
  CHECK(f.post(Scanned::form(f.page, f.number)).status == 410);
  CHECK(f.open(f.query).status == 410);
  CHECK(f.events() == Names{"wechat_mp.scanned", "wechat_mp.login"});
}

TEST_CASE("links that are unknown, cut, doubled or too old look alike") {
  Scanned f;
  const std::string unknown = f.open("c=" + std::string(32, '0')).body;
  CHECK(f.open("").body == unknown);
  CHECK(f.open("c=").body == unknown);
  CHECK(f.open(f.query.substr(0, 20)).body == unknown);
  CHECK(f.open(f.query + "&" + f.query).body == unknown);
  CHECK(f.open("c=%00").body == unknown);
  CHECK(f.open(std::string(5000, 'a')).body == unknown);
  CHECK(f.open(f.query).body == f.page.body);
  f.host.advance(kLifetimeNs + sbx::kSecondNs);
  CHECK(f.open(f.query).body == unknown);
  CHECK(f.post(Scanned::form(f.page, f.number)).status == 410);
}

TEST_CASE("the wait's id, its scene and its number open no page") {
  Scanned f;
  for (const std::string &name : {f.id, f.number, f.waits.by_id(f.id)->scene}) CHECK(f.open("c=" + name).status == 410);
}

TEST_CASE("a form without the page's token is refused and uses nothing up") {
  Scanned f;
  const std::string good = Scanned::form(f.page, f.number), secret = f.query.substr(2);
  for (const std::string &body :
       {"c=" + secret + "&n=" + f.number, "c=" + secret + "&t=&n=" + f.number,
        "c=" + secret + "&t=" + std::string(32, '0') + "&n=" + f.number,
        "c=" + secret + "&t=" + secret + "&n=" + f.number, good + "&n=no", good + "&t=x", std::string(),
        good.substr(0, good.rfind("&n=")), good + "&x=" + std::string(600, 'a')})
    CHECK(f.post(body).status == 403);
  CHECK(f.state() == WaitState::kScanned);
  CHECK(f.post(good).status == 0);
}

TEST_CASE("another login's token does not do") {
  Scanned f;
  const std::string secret = f.query.substr(2);
  const oauth::Answer other = f.open(f.scan(f.start(), "oAnother"));
  const std::string token = Scanned::form(other, "no").substr(34, 35);
  CHECK(token.starts_with("&t="));
  CHECK(f.post("c=" + secret + token + "&n=no").status == 403);
}

TEST_CASE("a form that another site sends is refused and uses nothing up") {
  Scanned f;
  const std::string good = Scanned::form(f.page, f.number);
  const auto send = [&](const Headers &headers, const std::string &origin) {
    return f.open({}, "POST", good, headers, origin).status;
  };
  CHECK(send({}, "https://evil.example") == 403);
  CHECK(send({{"sec-fetch-site", "cross-site"}}, kOrigin) == 403);
  CHECK(send({{"sec-fetch-site", "cross-site"}}, "") == 403);
  CHECK(send({{"sec-fetch-site", "same-site"}}, "https://evil.shop.example") == 403);
  CHECK(send({{"sec-fetch-site", "none"}}, "") == 403);
  CHECK(send({{"sec-fetch-site", "same-origin"}}, "https://evil.example") == 403);
  CHECK(send({}, "null") == 403);
  CHECK(send({}, "") == 403);
  CHECK(send({}, "http://shop.example") == 403);
  CHECK(send({}, "https://shop.example.evil.example") == 403);
  CHECK(f.state() == WaitState::kScanned);
  CHECK(send({{"sec-fetch-site", "same-origin"}}, "null") == 0);  // accepted, its answer follows
}

TEST_CASE("browsers that send Origin alone may press the button") {
  Scanned f;
  CHECK(f.open({}, "POST", Scanned::form(f.page, "no"), {}, kOrigin).status == 200);
  CHECK(f.state() == WaitState::kFailed);
}

TEST_CASE("nothing but GET and POST is taken") {
  Scanned f;
  CHECK(f.open(f.query, "PUT").status == 405);
  CHECK(f.open(f.query, "DELETE").status == 405);
  CHECK(f.state() == WaitState::kScanned);
}

TEST_CASE("no log line holds a secret of a login") {
  Scanned f;
  f.post("c=" + f.query.substr(2) + "&t=" + std::string(32, '0') + "&n=11");
  f.post(Scanned::form(f.page, f.number));
  f.acknowledge();
  for (const std::string &secret : {f.query.substr(2), f.number + " ", std::string("oPhone"), f.wechat.token})
    CHECK(f.host.logged(secret) == 0);
}
