#include "plugins/sources/oauth/provider.hpp"

#include <nlohmann/json.hpp>

#include "plugins/sources/oauth/condition.hpp"
#include "plugins/sources/oauth/url_text.hpp"
#include "tests/oauth_providers/oidc_rig.hpp"

using namespace oauth_test;
using Json = nlohmann::json;

namespace {

const Json kPlain = {{"preset", "oauth2"},
                     {"client_id", "c"},
                     {"client_secret", "s"},
                     {"authorize_url", "https://idp.example/a"},
                     {"token_url", "https://idp.example/t"},
                     {"userinfo_url", "https://idp.example/u"}};
const Json kOpenId = {{"preset", "oidc"}, {"client_id", "c"}, {"client_secret", "s"}, {"discovery", "d.json"}};

// What is said about one setting of an entry that is good without it.
std::string complaint(Json entry, const char *setting, const Json &value, const char *place = "") {
  entry[setting] = value;
  return read(entry.dump(), {{"d.json", kDiscovery}, {"odd.json", "[]"}}).complaint(std::string("/") + setting + place);
}

}  // namespace

TEST_CASE("every preset is complete with an id and a secret") {
  for (const char *preset : {"github", "google", "wechat"}) {
    const auto p = provider(Json{{"preset", preset}, {"client_id", "c"}, {"client_secret", "s"}}.dump());
    CHECK(p.name == "p");
    CHECK(p.preset == preset);
    CHECK_FALSE(p.subject.empty());
    CHECK_FALSE(p.success_when.empty());
  }
  const auto google =
      provider(R"({"preset":"google","client_id":"c","client_secret":"s","hosted_domain":"shop.example"})");
  CHECK(google.openid);
  CHECK(google.issuer == "https://accounts.google.com");
  CHECK(google.algorithms == std::vector<std::string>{"RS256"});
  CHECK(google.hosted_domain == "shop.example");
  CHECK_FALSE(provider(kWechat).pkce);
}

TEST_CASE("a scene provider has the account's secrets and nothing else") {
  const std::string key(43, 'a');
  const auto scene = provider(R"({"preset":"wechat-scene","token":"t","appid":"wx1","encoding_aes_key":")" + key +
                              R"(","site":"Shop"})");
  CHECK(scene.scene);
  CHECK(scene.scene_secrets.encoding_aes_key == key);
  CHECK(scene.scene_secrets.site == "Shop");
  const auto bare = read(R"({"preset":"wechat-scene"})");
  for (const char *pointer : {"/token", "/appid", "/encoding_aes_key"}) CHECK_FALSE(bare.complaint(pointer).empty());
  CHECK(read(R"({"preset":"wechat-scene","jwks":"x"})").complaint("/jwks") == "a provider has no such setting");
}

TEST_CASE("a discovery document gives the endpoints, and the operator's word stands above it") {
  auto p = provider(kOpenId.dump(), {{"d.json", kDiscovery}});
  CHECK(p.issuer == "https://idp.example");
  CHECK(p.authorize_url == "https://idp.example/a");
  CHECK(p.token_url == "https://idp.example/t");
  CHECK(p.keys.url == "https://idp.example/k");
  CHECK(p.userinfo_url.empty());
  CHECK(p.iss_required);
  CHECK(p.client_auth == oauth::ClientAuth::kBasic);
  Json entry = kOpenId;
  entry["token_url"] = "https://other.example/t";
  entry["userinfo"] = true;
  p = provider(entry.dump(), {{"d.json", kDiscovery}});
  CHECK(p.token_url == "https://other.example/t");
  CHECK(p.userinfo_url == "https://idp.example/u");
  CHECK_FALSE(complaint(kOpenId, "issuer", "https://other.example").empty());
  CHECK_FALSE(complaint(kOpenId, "discovery", "missing.json").empty());
  CHECK_FALSE(complaint(kOpenId, "discovery", "odd.json").empty());
}

TEST_CASE("an OpenID provider without keys, issuer or scope is refused") {
  const auto bare = read(R"({"preset":"oidc","client_id":"c","client_secret":"s"})");
  for (const char *pointer : {"/jwks", "/issuer", "/authorize_url", "/token_url"})
    CHECK_FALSE(bare.complaint(pointer).empty());
  CHECK_FALSE(complaint(kOpenId, "scopes", Json::array({"profile"})).empty());
  CHECK_FALSE(complaint(kOpenId, "jwks", "missing.json").empty());
  CHECK_FALSE(complaint(kOpenId, "jwks", "odd.json").empty());
  CHECK_FALSE(complaint(kOpenId, "jwks", "http://idp.example/k").empty());
  CHECK_FALSE(complaint(kPlain, "hosted_domain", "shop.example").empty());
}

TEST_CASE("algorithms that prove nothing are refused by name") {
  CHECK(complaint(kOpenId, "algorithms", Json::array({"RS256", "none"}), "/1").find("unsigned") != std::string::npos);
  for (const char *name : {"HS256", "HS384", "HS512"})
    CHECK(complaint(kOpenId, "algorithms", Json::array({name}), "/0").find("leave the HS algorithms out") !=
          std::string::npos);
  CHECK_FALSE(complaint(kOpenId, "algorithms", Json::array({"rs256"}), "/0").empty());
  CHECK_FALSE(complaint(kOpenId, "algorithms", Json::array()).empty());
  CHECK(complaint(kOpenId, "algorithms", "ES256").empty());
}

TEST_CASE("mistakes are told at their place") {
  CHECK(read("[]").complaint("").find("preset") != std::string::npos);
  CHECK(read(R"({"preset":"gitlub","client_id":"c"})")
            .complaint("/preset")
            .find("github, google, oauth2, oidc, wechat") != std::string::npos);
  CHECK_FALSE(read("{}").complaint("/preset").empty());
  CHECK(complaint(kPlain, "client_secret", "").find("must not be empty") != std::string::npos);
  CHECK_FALSE(complaint(kPlain, "client_id", "").empty());
  CHECK_FALSE(complaint(kPlain, "client_id", 7).empty());
  CHECK_FALSE(complaint(kPlain, "client_id", "a\nb").empty());
  CHECK(complaint(kPlain, "token_method", "PUT") == "write one of POST, GET");
  CHECK(complaint(kPlain, "client_auth", "private_key_jwt") == "write one of post, basic, basic_raw, query, none");
  CHECK_FALSE(complaint(kPlain, "pkce", "yes").empty());
  CHECK_FALSE(complaint(kPlain, "leeway", 7'200'000).empty());
  CHECK_FALSE(complaint(kPlain, "response_type", "token").empty());
  CHECK_FALSE(complaint(kPlain, "param_order", Json::array({"appid"}), "/0").empty());
  CHECK_FALSE(complaint(kPlain, "param_names", {{"scope", "s"}}, "/scope").empty());
  CHECK_FALSE(complaint(kPlain, "extra_params", {{"a", 1}}, "/a").empty());
  CHECK_FALSE(complaint(kPlain, "userinfo_params", {{"a", "{access_token}"}}, "/a").empty());
  CHECK_FALSE(complaint(kPlain, "success_when", Json::array({"errcode is 0"}), "/0").empty());
  CHECK_FALSE(complaint(kPlain, "subject", Json::array({"id"}), "/0").empty());
  CHECK_FALSE(complaint(kPlain, "userinfo_url", "").empty());
  CHECK(complaint(kPlain, "client_sekret", "s") == "a provider has no such setting");
}

TEST_CASE("a client without a secret says so, and keeps PKCE") {
  Json entry = kPlain;
  entry["client_auth"] = "none";
  CHECK_FALSE(read(entry.dump()).complaint("/client_secret").empty());
  entry.erase("client_secret");
  CHECK(provider(entry.dump()).client_auth == oauth::ClientAuth::kNone);
  entry["pkce"] = false;
  CHECK_FALSE(read(entry.dump()).complaint("/pkce").empty());
}

TEST_CASE("URLs that would carry secrets in the clear are refused, but for this machine") {
  for (const char *good : {"https://idp.example/t", "https://idp.example:8443/t?a=b", "http://localhost:9000/t",
                           "http://127.0.0.1/t", "http://[::1]:9/t"}) {
    CHECK(oauth::fault_of_url(good).empty());
    CHECK(complaint(kPlain, "token_url", good).empty());
  }
  for (const char *bad : {"http://idp.example/t", "http://localhost.evil.example/t", "http://127.0.0.1.evil.example/",
                          "http://127.0.0.1@evil.example/", "https://a:b@idp.example/t", "https://idp.example/t#f",
                          "https:///t", "https://:443/t", "ftp://idp.example/", "idp.example/t",
                          "https://idp.example/ t", "https://idp.example\\t", "https://\xc3\xa4.example/"}) {
    CAPTURE(bad);
    CHECK_FALSE(oauth::fault_of_url(bad).empty());
    CHECK_FALSE(complaint(kPlain, "token_url", bad).empty());
  }
}

TEST_CASE("conditions are written in one of three ways") {
  const auto absent = oauth::read_condition("json:/error absent"),
             either = oauth::read_condition("json:/errcode absent or 0"),
             is = oauth::read_condition("json:/a~1b is \"x\"");
  REQUIRE(absent);
  REQUIRE(either);
  REQUIRE(is);
  CHECK((absent->absent && !absent->value));
  CHECK((either->absent && either->value == "0" && either->pointer == "/errcode"));
  CHECK((!is->absent && is->value == "\"x\""));
  for (const char *bad : {"", "json:/a", "json:a absent", "/a absent", "json:/a absent or", "json:/a absent or x",
                          "json:/a is", "json:/a isnt 1", "json:/~2 absent"})
    CHECK_FALSE(oauth::read_condition(bad));
  for (const char *good : {"/id", "{client_id}:{/openid}", "{/a}"}) CHECK(oauth::is_subject(good));
  for (const char *bad : {"id", "", "{client_id}", "{/a", "{secret}{/a}", "/~"}) CHECK_FALSE(oauth::is_subject(bad));
}
