#include "plugins/sources/oauth/authorize_url.hpp"
#include "tests/oauth_providers/rig.hpp"

using namespace oauth_test;

namespace {

constexpr const char *kToken = R"({"access_token":"token-1","expires_in":7200,"refresh_token":"token-2","openid":"o-1",
  "scope":"snsapi_login","unionid":"u-1"})";

}  // namespace

TEST_CASE("WeChat's page is asked with its parameters in its order, and its fragment") {
  const auto url = oauth::authorize_url(provider(kWechat), {"St4te", "unused", "unused", kRedirect});
  CHECK(url ==
        "https://open.weixin.qq.com/connect/qrconnect?appid=wx1&redirect_uri=https%3A%2F%2Fshop.example%2Flogin%2Fp%2F"
        "callback&response_type=code&scope=snsapi_login&state=St4te#wechat_redirect");
}

TEST_CASE("a WeChat login: GET, then userinfo with openid, and the unionid is the subject") {
  Rig rig(provider(kWechat));
  rig.begin();
  CHECK(rig.newest().method == "GET");
  CHECK(rig.newest().url ==
        "https://api.weixin.qq.com/sns/oauth2/access_token?appid=wx1&secret=wx-secret&code=the-code&"
        "grant_type=authorization_code");
  CHECK(rig.newest().body.empty());
  rig.answer(kToken);
  CHECK(rig.newest().url == "https://api.weixin.qq.com/sns/userinfo?access_token=token-1&lang=zh_CN&openid=o-1");
  CHECK(rig.newest().header("authorization").empty());
  rig.answer(R"({"openid":"o-1","nickname":"Li","unionid":"u-1","privilege":[]})");
  CHECK(rig.result().ok);
  CHECK(rig.result().profile.subject == "u-1");
  CHECK(rig.result().profile.json == R"({"claims":{"nickname":"Li","openid":"o-1","privilege":[],"unionid":"u-1"},)"
                                     R"("provider":"p","subject":"u-1"})");
}

TEST_CASE("without a unionid the subject is the app's id and the openid") {
  Rig rig(provider(
      R"({"preset":"wechat","client_id":"wx1","client_secret":"wx-secret","scopes":["snsapi_base"],"userinfo_url":""})"));
  rig.begin();
  rig.answer(R"({"access_token":"token-1","openid":"o-1"})");
  CHECK(rig.result().profile.subject == "wx1:o-1");
  CHECK(rig.web.fetches() == 1);
}

TEST_CASE("WeChat's errors are 200 with a number") {
  for (const auto &[body, detail] :
       {std::pair{R"({"errcode":40029,"errmsg":"their words"})", "the token endpoint refused (errcode 40029)"},
        {R"({"errcode":40163,"errmsg":"code been used"})", "the token endpoint refused (errcode 40163)"},
        {R"({"errcode":"40029"})", "the token endpoint refused"},
        {R"({"errcode":123456789012})", "the token endpoint refused"}}) {
    Rig rig(provider(kWechat));
    rig.begin();
    rig.answer(body);
    CHECK(rig.result().reason == "exchange_failed");
    CHECK(rig.result().detail == detail);
    CHECK(rig.web.fetches() == 1);
  }
  Rig late(provider(kWechat));
  late.begin();
  late.answer(R"({"errcode":0,"access_token":"token-1","openid":"o-1"})");
  late.answer(R"({"errcode":48001,"errmsg":"their words"})");
  CHECK(late.result().detail == "the userinfo endpoint refused (errcode 48001)");
}

TEST_CASE("userinfo of somebody else is refused") {
  Rig rig(provider(kWechat));
  rig.begin();
  rig.answer(kToken);
  rig.answer(R"({"openid":"o-2","nickname":"Li"})");
  CHECK(rig.result().reason == "exchange_failed");
}

TEST_CASE("a WeChat callback with a state and no code is a refusal") {
  const auto wechat = provider(kWechat);
  CHECK(oauth::read_callback(wechat, "state=St4te").error == "denied");
  CHECK_FALSE(oauth::read_callback(wechat, "state=St4te").malformed);
  CHECK(oauth::read_callback(wechat, "code=&state=St4te").error == "denied");
  CHECK(oauth::read_callback(provider(kGithub), "state=St4te").malformed);
}
