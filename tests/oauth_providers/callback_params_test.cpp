#include "plugins/sources/oauth/authorize_url.hpp"
#include "tests/oauth_providers/oidc_rig.hpp"

using namespace oauth_test;
using oauth::authorize_url;
using oauth::read_callback;

TEST_CASE("the authorize URL has what the provider needs, encoded, and nothing more") {
  CHECK(authorize_url(provider(kGithub), {"St4te", "Ch4llenge", "unused", kRedirect}) ==
        "https://github.com/login/oauth/authorize?response_type=code&client_id=gh-1&redirect_uri="
        "https%3A%2F%2Fshop.example%2Flogin%2Fp%2Fcallback&scope=read%3Auser&state=St4te&code_challenge=Ch4llenge&code_"
        "challenge_method=S256");
  const auto oidc =
      provider(std::string(kOidc) +
                   R"(,"scopes":["openid","email"],"response_mode":"form_post","extra_params":{"prompt":"login"},)"
                   R"("hosted_domain":"shop.example","authorize_url":"https://idp.example/a?tenant=1"})",
               {{"d.json", kDiscovery}});
  CHECK(oidc.form_post);
  CHECK(authorize_url(oidc, {"St4te", "Ch4llenge", "N0nce", kRedirect}) ==
        "https://idp.example/"
        "a?tenant=1&response_type=code&client_id=client&redirect_uri=https%3A%2F%2Fshop.example%2Flogin%2Fp%2Fcallback"
        "&scope=openid%20email&state=St4te&nonce=N0nce&code_challenge=Ch4llenge&code_challenge_method=S256&response_"
        "mode=form_post"
        "&prompt=login&hd=shop.example");
}

TEST_CASE("a callback is read: code, state, issuer") {
  const auto github = provider(kGithub);
  const auto params = read_callback(github, "code=a%2Fb%2D1&state=St4te&iss=https%3A%2F%2Fidp.example&scope=x+y");
  CHECK(params.code == "a/b-1");
  CHECK(params.state == "St4te");
  CHECK(params.iss == "https://idp.example");
  CHECK(params.error.empty());
  CHECK_FALSE(params.repeated);
  CHECK_FALSE(params.malformed);
  const auto renamed =
      provider(R"({"preset":"github","client_id":"c","client_secret":"s","param_names":{"code":"auth_code"}})");
  CHECK(read_callback(renamed, "auth_code=1&state=St4te").code == "1");
  CHECK(read_callback(renamed, "code=1&state=St4te").malformed);
}

TEST_CASE("a parameter that comes twice is noticed, however it is written") {
  const auto github = provider(kGithub);
  for (const char *query : {"code=1&code=2&state=s", "code=1&state=s&state=s", "code=1&state=s&c%6Fde=1",
                            "code=1&state=s&x=1&x=1", "error=a&error=b&state=s"})
    CHECK(read_callback(github, query).repeated);
}

TEST_CASE("an error is one of our own words, and its text stays outside") {
  const auto github = provider(kGithub);
  CHECK(read_callback(github, "error=access_denied&error_description=%3Cscript%3E&state=s").error == "denied");
  CHECK(read_callback(github, "error=%3Cscript%3E&state=s").error == "provider_error");
  CHECK(read_callback(github, "error=server_error&code=1&state=s").code.empty());
  CHECK_FALSE(read_callback(github, "error=access_denied&state=s").malformed);
  const auto renamed =
      provider(R"({"preset":"github","client_id":"c","client_secret":"s","denied_errors":["user_cancelled_login"]})");
  CHECK(read_callback(renamed, "error=user_cancelled_login&state=s").error == "denied");
  CHECK(read_callback(renamed, "error=access_denied&state=s").error == "provider_error");
}

TEST_CASE("what cannot be a callback of ours is malformed") {
  const auto github = provider(kGithub);
  std::string many;
  for (int i = 0; i < 70; ++i) many += "x" + std::to_string(i) + "=1&";
  for (const std::string &query :
       {std::string(), std::string("code=1"), std::string("state=s"), std::string("code=1&state="),
        std::string("code=1&state=a-b"), std::string("code=1&state=%00"), std::string("code=%0d%0aX&state=s"),
        std::string("code=a+b&state=s"), std::string("code=1&state=s&iss=%0a"), std::string("code=%zz&state=s"),
        std::string("code=1&state=s&x=%"), "code=1&state=" + std::string(129, 'a'),
        "code=" + std::string(oauth::kCodeBytesMax + 1, 'a') + "&state=s", many + "code=1&state=s",
        "code=1&state=s&x=" + std::string(oauth::kCallbackBytesMax, 'a')}) {
    CAPTURE(query.substr(0, 40));
    CHECK(read_callback(github, query).malformed);
  }
}

TEST_CASE("an issuer of the wrong provider is noticed, and one that must be there") {
  const auto github = provider(kGithub);
  const auto google = provider(R"({"preset":"google","client_id":"c","client_secret":"s"})");
  const auto oidc = provider(std::string(kOidc) + "}", {{"d.json", kDiscovery}});
  const auto with = [](const char *iss) { return oauth::CallbackParams{"1", "s", iss, {}}; };
  CHECK(oauth::issuer_fits(github, with("")));
  CHECK(oauth::issuer_fits(github, with("https://anything.example")));
  CHECK(oauth::issuer_fits(google, with("")));
  CHECK(oauth::issuer_fits(google, with("https://accounts.google.com")));
  CHECK_FALSE(oauth::issuer_fits(google, with("https://idp.example")));
  CHECK_FALSE(oauth::issuer_fits(oidc, with("")));
  CHECK(oauth::issuer_fits(oidc, with("https://idp.example")));
}
