// An OpenID Connect provider that signs: its keys, its tokens, and a Rig that logs in with it.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "tests/jose/signer.hpp"
#include "tests/oauth_providers/rig.hpp"

namespace oauth_test {

inline constexpr const char *kDiscovery =
    R"({"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a",
  "token_endpoint":"https://idp.example/t","userinfo_endpoint":"https://idp.example/u","jwks_uri":"https://idp.example/k",
  "token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"],"response_types_supported":["code"],
  "authorization_response_iss_parameter_supported":true})";
inline constexpr const char *kOidc =
    R"({"preset":"oidc","discovery":"d.json","client_id":"client","client_secret":"oidc-secret")";
inline constexpr int64_t kNow = 1'700'001'000;  // the fake host's wall clock when it begins

// Claims of a good ID token, with `more` behind them: "\"hd\":\"x\"".
inline std::string claims(std::string_view more = {}, std::string_view nonce = "n-1",
                          std::string_view iss = "https://idp.example", std::string_view aud = "\"client\"") {
  std::string out = R"({"iss":")" + std::string(iss) + R"(","aud":)" + std::string(aud) + R"(,"sub":"7","nonce":")" +
                    std::string(nonce) + R"(","exp":1700001300,"iat":1700001000)";
  if (!more.empty()) out.append(",").append(more);
  return out + "}";
}
inline std::string answer_with(std::string_view id_token) {
  return R"({"access_token":"token-1","id_token":")" + std::string(id_token) + "\"}";
}

// One key for all tests that only need one: making RSA keys is slow.
inline const jose_test::Signer &signer() {
  static const jose_test::Signer made("RS256");
  return made;
}

// With the keys in a file.
inline std::unique_ptr<Rig> oidc_rig(std::string_view more = {}) {
  const std::string jwks = signer().jwks(R"("kid":"1",)");
  auto rig = std::make_unique<Rig>(provider(std::string(kOidc) + R"(,"jwks":"k.json")" + std::string(more) + "}",
                                            {{"d.json", kDiscovery}, {"k.json", jwks}}));
  rig->files.put("k.json", jwks);
  return rig;
}

}  // namespace oauth_test
