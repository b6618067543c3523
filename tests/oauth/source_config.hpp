// What the tests and fuzzers of the oauth source configure: the provider "idp" is plain OAuth 2; "corp" is another one,
// to mix up with; "phone" is WeChat codes.
#pragma once
#include <nlohmann/json.hpp>
#include <sbx/testing/fake_files.hpp>
#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>
#include <sbx/testing/fake_http_client.hpp>

extern "C" const sbx_module *sbx_module_v1_oauth(uint32_t) noexcept;

namespace oauth_test {

using Json = nlohmann::json;
using sbx::testing::FakeHost;
using sbx::testing::FakeHttp;

inline constexpr const char *kOrigin = "https://shop.example";
inline constexpr const char *kClientSecret = "the-client-secret-of-idp";
inline constexpr const char *kAccessToken = "the-access-token-of-li";
inline constexpr const char *kCode = "the-code-of-li";
inline constexpr const char *kRedeemKey = "the-redeem-key-of-the-shop";

inline Json provider_json() {
  return {{"preset", "oauth2"},
          {"client_id", "shop"},
          {"client_secret", kClientSecret},
          {"authorize_url", "https://idp.example/authorize"},
          {"token_url", "https://idp.example/token"},
          {"userinfo_url", "https://idp.example/me"},
          {"issuer", "https://idp.example"},
          {"subject", {"/id"}}};
}

inline Json config_json() {
  Json corp = provider_json();
  corp["issuer"] = "https://corp.example";
  return {{"listener", "public"},
          {"path", "/login"},
          {"public_url", kOrigin},
          {"redeem", {{"listener", "private"}, {"path", "/redeem"}, {"key", kRedeemKey}}},
          {"providers",
           {{"idp", provider_json()},
            {"corp", corp},
            {"phone",
             {{"preset", "wechat-scene"},
              {"token", "token-of-the-account"},
              {"appid", "wx0123456789abcdef"},
              {"encoding_aes_key", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"},
              {"site", "Shop"}}}}}};
}

}  // namespace oauth_test
