#include "plugins/shared/jose/base64url.hpp"
#include "tests/oauth_providers/oidc_rig.hpp"

using namespace oauth_test;

namespace {

// Why a login with this token is refused; empty when it is not.
std::string refusal(std::string_view token, std::string_view more = {}) {
  const auto rig = oidc_rig(more);
  rig->begin();
  rig->answer(answer_with(token));
  if (!rig->result().ok) CHECK(rig->result().profile.json.empty());
  return rig->result().ok ? "" : rig->result().reason + ": " + rig->result().detail;
}
std::string refusal_of_claims(const std::string &claims_json) { return refusal(signer().id_token(claims_json, "1")); }

}  // namespace

TEST_CASE("an OpenID Connect login: the ID token is all there is to ask") {
  const auto rig = oidc_rig();
  rig->begin();
  CHECK(rig->newest().url == "https://idp.example/t");
  CHECK(rig->newest().header("authorization") == "Basic Y2xpZW50Om9pZGMtc2VjcmV0");
  rig->answer(answer_with(signer().id_token(claims(R"("name":"Li","at_hash":"x")"), "1")));
  CHECK(rig->result().ok);
  CHECK(rig->result().profile.subject == "7");
  CHECK(rig->result().profile.json.find("\"name\":\"Li\"") != std::string::npos);
  for (const char *tie : {"nonce", "at_hash", "token-1"})
    CHECK(rig->result().profile.json.find(tie) == std::string::npos);
  CHECK(rig->web.fetches() == 1);
}

TEST_CASE("an ID token that is not for this login is refused, whatever is wrong with it") {
  CHECK(refusal_of_claims(claims()).empty());
  CHECK(refusal_of_claims(claims({}, "n-0")) == "bad_token: the ID token is refused: wrong nonce");
  CHECK(refusal_of_claims(claims({}, "n-1", "https://evil.example")) ==
        "bad_token: the ID token is refused: wrong issuer");
  CHECK(refusal_of_claims(claims({}, "n-1", "https://idp.example", "\"other\"")) ==
        "bad_token: the ID token is refused: wrong audience");
  CHECK(refusal_of_claims(claims({}, "n-1", "https://idp.example", R"(["client","other"])")) ==
        "bad_token: the ID token is refused: wrong audience");
  CHECK(refusal_of_claims(claims(R"("azp":"other")")) == "bad_token: the ID token is refused: wrong audience");
  CHECK(
      refusal_of_claims(
          R"({"iss":"https://idp.example","aud":"client","sub":"7","nonce":"n-1","exp":1700000900,"iat":1700000800})") ==
      "bad_token: the ID token is refused: expired");
  CHECK(
      refusal_of_claims(
          R"({"iss":"https://idp.example","aud":"client","sub":"7","nonce":"n-1","exp":1700009999,"iat":1700000000})") ==
      "bad_token: the ID token is refused: expired");
  CHECK(refusal_of_claims(
            R"({"iss":"https://idp.example","aud":"client","sub":"7","exp":1700001300,"iat":1700001000})") ==
        "bad_token: the ID token is refused: wrong nonce");
}

TEST_CASE("an ID token that somebody else made is refused") {
  const std::string none = jose::to_base64url(R"({"alg":"none"})") + "." + jose::to_base64url(claims()) + ".";
  CHECK(refusal(none) == "bad_token: the ID token is refused: algorithm not allowed");
  // HMAC with what everybody knows: the public key.
  const std::string jwk = signer().jwk(R"("kid":"1",)");
  CHECK(refusal(jose_test::hmac_token(R"({"alg":"HS256","kid":"1"})", claims(), jwk)) ==
        "bad_token: the ID token is refused: algorithm not allowed");
  CHECK(refusal(jose_test::hmac_token(R"({"alg":"HS256"})", claims(), "oidc-secret")) ==
        "bad_token: the ID token is refused: algorithm not allowed");
  const jose_test::Signer other("ES256");
  CHECK(refusal(other.id_token(claims(), "1")) == "bad_token: the ID token is refused: no such key");
  const std::string token = signer().id_token(claims(), "1");
  CHECK(refusal(token.substr(0, token.size() - 8) + "AAAAAAAA") ==
        "bad_token: the ID token is refused: wrong signature");
  CHECK(refusal(token + ".x") == "bad_token: the ID token is refused: malformed");
  CHECK(refusal("") == "bad_token: the token endpoint gave no ID token");
}

TEST_CASE("Google's hosted domain is looked at again in the token") {
  const std::string hosted = R"(,"hosted_domain":"shop.example")";
  CHECK(refusal(signer().id_token(claims(R"("hd":"shop.example")"), "1"), hosted).empty());
  const std::string refused = "refused: the account is not of the configured hosted domain";
  CHECK(refusal(signer().id_token(claims(R"("hd":"evil.example")"), "1"), hosted) == refused);
  CHECK(refusal(signer().id_token(claims(), "1"), hosted) == refused);
}

TEST_CASE("userinfo is asked beside the ID token when that is wanted, and must speak of the same user") {
  for (const auto &[userinfo, ok] : {std::pair{R"({"sub":"7","email":"li@shop.example","iss":"theirs"})", true},
                                     {R"({"sub":"8","email":"li@shop.example"})", false},
                                     {R"({"email":"li@shop.example"})", false}}) {
    const auto rig = oidc_rig(R"(,"userinfo":true)");
    rig->begin();
    rig->answer(answer_with(signer().id_token(claims(), "1")));
    CHECK(rig->newest().url == "https://idp.example/u");
    CHECK(rig->newest().header("authorization") == "Bearer token-1");
    rig->answer(userinfo);
    CHECK(rig->result().ok == ok);
    if (!ok) continue;
    CHECK(rig->result().profile.json.find("li@shop.example") != std::string::npos);
    CHECK(rig->result().profile.json.find("theirs") == std::string::npos);
  }
}
