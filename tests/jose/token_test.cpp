#include "plugins/shared/jose/token.hpp"

#include <doctest/doctest.h>

#include "plugins/shared/jose/base64url.hpp"
#include "tests/jose/signer.hpp"
#include "tests/jose/vectors.hpp"

using jose::Algorithm;
using jose::Fault;
using jose::KeySet;
using jose::VerifyRules;
using jose_test::Signer;

namespace {

Fault fault_of(std::string_view token, const std::string &keys, std::vector<Algorithm> allowed) {
  const auto set = KeySet::read(keys);
  REQUIRE(set);
  return jose::verify(token, *set, {std::move(allowed), {}}).fault;
}

const std::vector<Algorithm> kAll = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512, Algorithm::kPs256,
                                     Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512, Algorithm::kEdDsa,
                                     Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512};

std::string secret_jwk(size_t bytes) {
  return R"({"kty":"oct","k":")" + jose::to_base64url(std::string(bytes, 's')) + "\"}";
}

}  // namespace

TEST_CASE("the examples of RFC 7515 and RFC 8037 verify, and not with a bit changed") {
  struct Example {
    const char *jwk, *token;
    Algorithm algorithm;
  };
  for (const Example &e : {Example{jose_test::kHs256Jwk, jose_test::kHs256Token, Algorithm::kHs256},
                           Example{jose_test::kRs256Jwk, jose_test::kRs256Token, Algorithm::kRs256},
                           Example{jose_test::kEs256Jwk, jose_test::kEs256Token, Algorithm::kEs256}}) {
    CAPTURE(e.token);
    const auto keys = KeySet::read(e.jwk);
    REQUIRE(keys);
    const auto verified = jose::verify(e.token, *keys, {{e.algorithm}, {}});
    CHECK(verified.fault == Fault::kNone);
    CHECK(verified.claims.find("\"http://example.com/is_root\":true") != std::string::npos);
    std::string forged = e.token;
    char &bit = forged[forged.find('.') + 5];
    bit = bit == 'A' ? 'B' : 'A';
    CHECK(jose::verify(forged, *keys, {{e.algorithm}, {}}).fault == Fault::kSignature);
  }
  struct Signature {
    const char *jwk, *bytes, *signature;
    Algorithm algorithm;
  };
  for (const Signature &s :
       {Signature{jose_test::kEs512Jwk, jose_test::kEs512Bytes, jose_test::kEs512Signature, Algorithm::kEs512},
        Signature{jose_test::kEd25519Jwk, jose_test::kEd25519Bytes, jose_test::kEd25519Signature, Algorithm::kEdDsa}}) {
    const auto keys = KeySet::read(s.jwk);
    REQUIRE(keys);
    const auto found = keys->candidates(s.algorithm, {});
    REQUIRE(found.size() == 1);
    const std::string signature = jose::from_base64url(s.signature).value();
    CHECK(found[0]->verifies(s.algorithm, s.bytes, signature));
    CHECK_FALSE(found[0]->verifies(s.algorithm, std::string(s.bytes) + "A", signature));
    CHECK_FALSE(found[0]->verifies(s.algorithm, s.bytes, signature.substr(1)));
  }
}

TEST_CASE("every algorithm verifies what was signed with it, and no other algorithm with the same key") {
  for (const char *name : {"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"}) {
    CAPTURE(name);
    const Signer signer(name);
    const Signer other(name);
    const std::string token = signer.id_token(R"({"sub":"7"})", "a");
    const std::string keys = signer.jwks(R"("kid":"a",)");
    CHECK(fault_of(token, keys, {*jose::algorithm_of(name)}) == Fault::kNone);
    CHECK(fault_of(token, other.jwks(R"("kid":"a",)"), kAll) == Fault::kSignature);
    std::vector<Algorithm> others;
    for (const Algorithm a : kAll)
      if (jose::name_of(a) != name) others.push_back(a);
    CHECK(fault_of(token, keys, others) == Fault::kAlgorithm);
  }
}

TEST_CASE("HMAC wants a shared secret as long as its hash") {
  const std::string secret(48, 's');
  for (const auto &[name, hash, fits] :
       {std::tuple{"HS256", "SHA256", true}, {"HS384", "SHA384", true}, {"HS512", "SHA512", false}}) {
    const std::string header = std::string(R"({"alg":")") + name + "\"}";
    const std::string token = jose_test::hmac_token(header, R"({"sub":"7"})", secret, hash);
    CHECK(fault_of(token, secret_jwk(48), {*jose::algorithm_of(name)}) == (fits ? Fault::kNone : Fault::kNoKey));
    CHECK(fault_of(token, secret_jwk(64), {*jose::algorithm_of(name)}) == Fault::kSignature);
  }
  const auto shared = KeySet::of_secret(secret);
  REQUIRE(shared);
  CHECK(jose::verify(jose_test::hmac_token(R"({"alg":"HS256"})", "{}", secret), *shared, {{Algorithm::kHs256}, {}})
            .fault == Fault::kNone);
  CHECK_FALSE(KeySet::of_secret(""));
}

TEST_CASE("alg none is refused, however it is written and whatever the list says") {
  CHECK(fault_of(jose_test::kNoneToken, jose_test::kRs256Jwk, kAll) == Fault::kAlgorithm);
  for (const char *alg : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string bytes =
        jose::to_base64url(std::string(R"({"alg":")") + alg + "\"}") + "." + jose::to_base64url("{}");
    CHECK(fault_of(bytes + ".", jose_test::kRs256Jwk, kAll) == Fault::kAlgorithm);
    CHECK(fault_of(bytes + ".AAAA", jose_test::kRs256Jwk, kAll) == Fault::kAlgorithm);
  }
  CHECK_FALSE(jose::algorithm_of("none"));
}

TEST_CASE("a public key is never the secret of an HMAC") {
  const Signer signer("RS256");
  const std::string jwk = signer.jwk(R"("kid":"a",)");
  // What an attacker has: the key as it is published, in any writing.
  for (const std::string &secret : {jwk, signer.jwks(R"("kid":"a",)"), signer.jwk()}) {
    const std::string token = jose_test::hmac_token(R"({"alg":"HS256","kid":"a"})", R"({"sub":"7"})", secret);
    CHECK(fault_of(token, jwk, {Algorithm::kRs256}) == Fault::kAlgorithm);
    CHECK(fault_of(token, jwk, kAll) == Fault::kNoKey);
  }
}

TEST_CASE("extensions that must be understood are refused, and so is a body that is not base64url") {
  const Signer signer("ES256");
  for (const char *more :
       {R"("crit":["b64"],"b64":false)", R"("crit":[])", R"("crit":["exp"],"exp":1)", R"("b64":false)"}) {
    const std::string token = signer.token(std::string(R"({"alg":"ES256",)") + more + "}", "{}");
    CHECK(fault_of(token, signer.jwk(), kAll) == Fault::kCritical);
  }
  CHECK(fault_of(signer.token(R"({"alg":"ES256","b64":true})", "{}"), signer.jwk(), kAll) == Fault::kNone);
}

TEST_CASE("keys that a token brings along are not looked at") {
  const Signer ours("ES256"), theirs("ES256");
  const std::string token =
      theirs.token(R"({"alg":"ES256","jwk":)" + theirs.jwk() + R"(,"jku":"https://evil.example/k"})", "{}");
  CHECK(fault_of(token, ours.jwk(), kAll) == Fault::kSignature);
}

TEST_CASE("tokens that are not exactly three parts of strict base64url are refused") {
  const Signer signer("ES256");
  const std::string token = signer.id_token(R"({"sub":"7"})");
  const std::string keys = signer.jwk();
  CHECK(fault_of(token, keys, kAll) == Fault::kNone);
  for (const std::string &bad :
       {std::string(), std::string("."), std::string(".."), token + ".", token + "=", token + "\n", " " + token,
        token.substr(0, token.rfind('.')), "a." + token, std::string(20000, 'A') + token})
    CHECK(fault_of(bad, keys, kAll) == Fault::kMalformed);
  CHECK(fault_of(signer.token(R"({"alg":"ES256","alg":"ES256"})", "{}"), keys, kAll) == Fault::kMalformed);
  CHECK(fault_of(signer.token(R"({"alg":"ES256"})", R"({"sub":"1","sub":"2"})"), keys, kAll) == Fault::kMalformed);
  CHECK(fault_of(signer.token(R"({"alg":"ES256"})", R"(["sub"])"), keys, kAll) == Fault::kMalformed);
  CHECK(fault_of(signer.token(R"({"alg":"ES256","kid":7})", "{}"), keys, kAll) == Fault::kMalformed);
  CHECK(fault_of(signer.token(R"({"kid":"7"})", "{}"), keys, kAll) == Fault::kMalformed);
}

TEST_CASE("the token's type is asked for where a rule names one") {
  const Signer signer("ES256");
  const auto keys = KeySet::read(signer.jwk());
  const VerifyRules rules{{Algorithm::kEs256}, "at+jwt"};
  CHECK(jose::verify(signer.token(R"({"alg":"ES256","typ":"at+JWT"})", "{}"), *keys, rules).fault == Fault::kNone);
  CHECK(jose::verify(signer.token(R"({"alg":"ES256","typ":"application/at+jwt"})", "{}"), *keys, rules).fault ==
        Fault::kNone);
  CHECK(jose::verify(signer.token(R"({"alg":"ES256","typ":"JWT"})", "{}"), *keys, rules).fault == Fault::kType);
  CHECK(jose::verify(signer.token(R"({"alg":"ES256"})", "{}"), *keys, rules).fault == Fault::kType);
}
