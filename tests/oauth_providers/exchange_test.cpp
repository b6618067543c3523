#include "tests/oauth_providers/rig.hpp"

using namespace oauth_test;

namespace {

constexpr const char *kToken = R"({"access_token":"token-1","token_type":"bearer","scope":"read:user"})";
constexpr const char *kPlain =
    R"({"preset":"oauth2","client_id":"c","client_secret":"s&t","authorize_url":"https://idp.example/a",
  "token_url":"https://idp.example/t","userinfo_url":"https://idp.example/u")";

oauth::Provider plain(std::string_view more = {}) { return provider(kPlain + std::string(more) + "}"); }

}  // namespace

TEST_CASE("a GitHub login: code, token, user, profile") {
  Rig rig(provider(kGithub));
  REQUIRE(rig.begin() != 0);
  CHECK(rig.newest().method == "POST");
  CHECK(rig.newest().url == "https://github.com/login/oauth/access_token");
  CHECK(rig.newest().header("accept") == "application/json");
  CHECK(rig.newest().header("content-type") == "application/x-www-form-urlencoded");
  CHECK(rig.newest().body ==
        "client_id=gh-1&client_secret=gh-secret&code=the-code&grant_type=authorization_code&redirect_uri="
        "https%3A%2F%2Fshop.example%2Flogin%2Fp%2Fcallback&code_verifier=the-verifier");
  CHECK(rig.newest().body_max == 64 * 1024);
  CHECK(rig.newest().timeout_ns == 5 * sbx::kSecondNs);
  rig.answer(kToken);
  CHECK(rig.newest().method == "GET");
  CHECK(rig.newest().url == "https://api.github.com/user");
  CHECK(rig.newest().header("authorization") == "Bearer token-1");
  CHECK(rig.newest().header("user-agent") == "signalbox");
  CHECK(rig.results.empty());
  rig.answer(R"({"id":583231,"login":"octocat","name":"Octo","token":"token-2",
    "apps":[{"access_token":"token-3"}]})");
  CHECK(rig.result().ok);
  CHECK(rig.result().profile.subject == "583231");
  CHECK(rig.result().profile.json ==
        R"({"claims":{"apps":[{}],"id":583231,"login":"octocat","name":"Octo"},"provider":"p","subject":"583231"})");
  CHECK(rig.exchanges.under_way() == 0);
}

TEST_CASE("clients say who they are in each of the known ways") {
  const auto sent = [](std::string_view more) {
    Rig rig(plain(more));
    rig.begin();
    return rig.newest();
  };
  // "c" and "s%26t", as RFC 6749 section 2.3.1 wants them
  CHECK(sent(R"(,"client_auth":"basic")").header("authorization") == "Basic YzpzJTI2dA==");
  CHECK(sent(R"(,"client_auth":"basic")").body.find("client_") == std::string::npos);
  CHECK(sent(R"(,"client_auth":"basic_raw")").header("authorization") == "Basic YzpzJnQ=");
  CHECK(sent(R"(,"client_auth":"post")").body.starts_with("client_id=c&client_secret=s%26t&code=the-code&"));
  CHECK(sent(R"(,"client_auth":"query")").url == "https://idp.example/t?client_id=c&client_secret=s%26t");
  Rig open(provider(R"({"preset":"oauth2","client_id":"c","client_auth":"none","authorize_url":"https://idp.example/a",
    "token_url":"https://idp.example/t","userinfo_url":"https://idp.example/u"})"));
  open.begin();
  CHECK(open.newest().body.starts_with("client_id=c&code=the-code&"));
  CHECK(open.newest().header("authorization").empty());
  CHECK(
      sent(R"(,"token_method":"GET","pkce":false)").url ==
      "https://idp.example/t?client_id=c&client_secret=s%26t&code=the-code&grant_type=authorization_code&redirect_uri="
      "https%3A%2F%2Fshop.example%2Flogin%2Fp%2Fcallback");
  CHECK(sent(R"(,"param_names":{"code":"auth_code"},"token_params":{"fmt":"json"})")
            .body.find("&auth_code=the-code&grant_type=") != std::string::npos);
  CHECK(sent(R"(,"token_params":{"fmt":"json"})").body.ends_with("&code_verifier=the-verifier&fmt=json"));
  CHECK(sent(R"(,"ca":"idp.pem")").ca == "idp.pem");
}

TEST_CASE("userinfo may be asked with the token in the query") {
  Rig rig(plain(R"(,"userinfo_auth":"query","userinfo_params":{"fields":"id,name"})"));
  rig.begin();
  rig.answer(R"({"access_token":"token-/1"})");
  CHECK(rig.newest().url == "https://idp.example/u?fields=id%2Cname&access_token=token-%2F1");
  CHECK(rig.newest().header("authorization").empty());
  rig.answer(R"({"sub":"u-1"})");
  CHECK(rig.result().profile.subject == "u-1");
}

TEST_CASE("a provider's refusals and mistakes end the login, each with its word") {
  struct Case {
    const char *body;
    uint32_t status;
    const char *reason, *detail;
  };
  const std::string big = "{\"access_token\":\"token-" + std::string(1024 * 1024, 'x') + "\"}";
  for (const Case &c : {
           // GitHub's errors are 200
           Case{R"({"error":"bad_verification_code","error_description":"their words"})", 200, "exchange_failed",
                "the token endpoint refused (bad_verification_code)"},
           {R"({"error":"their words"})", 200, "exchange_failed", "the token endpoint refused"},
           {R"({"error":"invalid_grant"})", 400, "exchange_failed", "the token endpoint answered 400 (invalid_grant)"},
           {"their words", 403, "exchange_failed", "the token endpoint answered 403"},
           {"", 500, "provider_error", "the token endpoint answered 500"},
           {kToken, 302, "exchange_failed", "the token endpoint answered with a redirect (302), which is not followed"},
           {kToken, 307, "exchange_failed", "the token endpoint answered with a redirect (307), which is not followed"},
           {kToken, 204, "exchange_failed", "the token endpoint answered 204"},
           {"callback({\"access_token\":\"token-1\"});", 200, "exchange_failed",
            "the token endpoint answered with something that is no JSON object"},
           {"access_token=token-1&token_type=bearer", 200, "exchange_failed",
            "the token endpoint answered with something that is no JSON object"},
           {R"(["token-1"])", 200, "exchange_failed",
            "the token endpoint answered with something that is no JSON object"},
           {R"({"access_token":"token-1","access_token":"token-2"})", 200, "exchange_failed",
            "the token endpoint answered with something that is no JSON object"},
           {R"({"access_token":"token-1"} )"
            "\xff",
            200, "exchange_failed", "the token endpoint answered with something that is no JSON object"},
           {"{}", 200, "exchange_failed", "the token endpoint gave no access token"},
           {R"({"access_token":["token-1"]})", 200, "exchange_failed", "the token endpoint gave no access token"},
           {R"({"access_token":"token-1\r\nX: 1"})", 200, "exchange_failed",
            "the token endpoint gave an access token with bad characters"},
           {big.c_str(), 200, "exchange_failed", "the token endpoint answered with more than 64 KiB"},
       }) {
    CAPTURE(c.detail);
    Rig rig(provider(kGithub));
    rig.begin();
    rig.answer(c.body, c.status);
    CHECK_FALSE(rig.result().ok);
    CHECK(rig.result().reason == c.reason);
    CHECK(rig.result().detail == c.detail);
    CHECK(rig.web.fetches() == 1);  // nothing is tried twice
    CHECK(rig.exchanges.under_way() == 0);
  }
}

TEST_CASE("userinfo that fails ends the login as well") {
  for (const auto &answer : {std::pair{"their words", 500u},
                             {"{}", 302u},
                             {"[]", 200u},
                             {R"({"error":"x"})", 200u},
                             {R"({"id":1.5})", 200u},
                             {R"({"id":{}})", 200u}}) {
    CAPTURE(answer.first);
    Rig rig(provider(kGithub));
    rig.begin();
    rig.answer(kToken);
    rig.answer(answer.first, answer.second);
    CHECK_FALSE(rig.result().ok);
    CHECK(rig.web.fetches() == 2);
  }
}

TEST_CASE("a slow provider is given 5 s in all") {
  Rig rig(provider(kGithub));
  rig.begin();
  rig.host.advance(3 * sbx::kSecondNs);
  rig.answer(kToken);
  CHECK(rig.newest().timeout_ns == 2 * sbx::kSecondNs);
  rig.host.advance(2 * sbx::kSecondNs - 1);
  CHECK(rig.results.empty());
  rig.host.advance(1);
  CHECK(rig.result().reason == "timeout");
  rig.host.advance(10 * sbx::kSecondNs);
  CHECK(rig.results.size() == 1);
  CHECK(rig.host.timers() == 0);
}

TEST_CASE("a connection that fails is told by its kind and never tried again") {
  for (const auto &[status, reason] : {std::pair{SBX_EREFUSED, "provider_error"},
                                       {SBX_ECLOSED, "provider_error"},
                                       {SBX_EPROTO, "provider_error"},
                                       {SBX_ETIMEOUT, "timeout"},
                                       {SBX_ETOOBIG, "exchange_failed"}}) {
    Rig rig(provider(kGithub));
    rig.begin();
    rig.web.fail(rig.web.newest(), status, "their words");
    CHECK(rig.result().reason == reason);
    CHECK(rig.web.fetches() == 1);
  }
}

TEST_CASE("no more exchanges at once than allowed, and one that is cancelled is not heard of again") {
  Rig rig(provider(kGithub), 2);
  const uint64_t first = rig.begin();
  const uint64_t second = rig.begin();
  CHECK(first != 0);
  CHECK(second != 0);
  CHECK(rig.begin() == 0);
  rig.exchanges.cancel(first);
  CHECK(rig.web[1].state == sbx::testing::FakeHttpClient::Fetch::kCancelled);
  CHECK(rig.begin() != 0);
  rig.exchanges.cancel(99);
  rig.host.advance(6 * sbx::kSecondNs);
  CHECK(rig.results.size() == 2);
}

TEST_CASE("a request that the host does not take ends the login in a later call") {
  Rig rig(provider(kGithub));
  rig.host.provide(SBX_HTTP_CLIENT, nullptr);
  oauth::Exchanges without(sbx::Host(rig.host.get()), 1);
  std::string reason;
  CHECK(without.begin(rig.provider, "the-code", "v", "", kRedirect,
                      [&](oauth::ExchangeResult r) { reason = r.reason; }) != 0);
  CHECK(reason.empty());
  rig.host.advance(1);
  CHECK(reason == "exchange_failed");
}

TEST_CASE("the profile may begin the next exchange from within its call") {
  Rig rig(provider(kGithub), 1);
  uint64_t next = 0;
  rig.exchanges.begin(rig.provider, "the-code", "v", "", kRedirect, [&](oauth::ExchangeResult) { next = rig.begin(); });
  rig.answer("{}");
  CHECK(next != 0);
  rig.answer("{}");
  CHECK(rig.result().reason == "exchange_failed");
}
