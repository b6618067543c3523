#include "plugins/shared/jose/key_set.hpp"

#include <doctest/doctest.h>

#include "plugins/shared/jose/base64url.hpp"
#include "plugins/shared/jose/token.hpp"
#include "tests/jose/signer.hpp"
#include "tests/jose/vectors.hpp"

using jose::Algorithm;
using jose::Fault;
using jose::KeySet;
using jose_test::Signer;

namespace {

Fault fault_of(const Signer &signer, const std::string &keys, std::string_view kid = {}) {
  const auto set = KeySet::read(keys);
  REQUIRE(set);
  return jose::verify(signer.id_token("{}", kid), *set, {{Algorithm::kEs256, Algorithm::kRs256}, {}}).fault;
}

}  // namespace

TEST_CASE("base64url is read strictly and written back the same") {
  for (const std::string &bytes :
       {std::string(), std::string("f"), std::string("fo"), std::string("foo"), std::string("\xff\xfe\xfd\x00x", 5)})
    CHECK(jose::from_base64url(jose::to_base64url(bytes)) == bytes);
  CHECK(jose::to_base64url("\xff\xef\xbf") == "_--_");
  for (const char *bad : {"A", "AA=", "AA==", "A+AA", "A/AA", "AA A", "AB", "AAB", "AAAAA", "\xc3\xa4"})
    CHECK_FALSE(jose::from_base64url(bad));
}

TEST_CASE("the key is chosen by its name") {
  const Signer first("ES256"), second("ES256");
  const std::string both = "{\"keys\":[" + first.jwk(R"("kid":"1",)") + "," + second.jwk(R"("kid":"2",)") + "]}";
  CHECK(fault_of(first, both, "1") == Fault::kNone);
  CHECK(fault_of(second, both, "2") == Fault::kNone);
  CHECK(fault_of(second, both, "1") == Fault::kSignature);
  CHECK(fault_of(second, both, "3") == Fault::kNoKey);
  CHECK(fault_of(second, both) == Fault::kNone);
  CHECK(fault_of(first, first.jwks(), "anything") == Fault::kNone);
}

TEST_CASE("a key is used for nothing but what it says it is for") {
  const Signer signer("ES256");
  CHECK(fault_of(signer, signer.jwks(R"("use":"sig","alg":"ES256","key_ops":["verify"],)")) == Fault::kNone);
  CHECK(fault_of(signer, signer.jwks(R"("use":"enc",)")) == Fault::kNoKey);
  CHECK(fault_of(signer, signer.jwks(R"("key_ops":["deriveKey"],)")) == Fault::kNoKey);
  CHECK(fault_of(Signer("RS256"), signer.jwks()) == Fault::kNoKey);
  const Signer rsa("RS256");
  CHECK(fault_of(rsa, rsa.jwks(R"("alg":"PS256",)")) == Fault::kNoKey);
}

TEST_CASE("unknown and broken keys are left out of a set") {
  const Signer good("ES256");
  const std::string odd = R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"},{"kty":"PQ"},7,{"kty":"oct","k":""},)";
  const auto set = KeySet::read("{\"keys\":[" + odd + good.jwk() + "]}");
  REQUIRE(set);
  CHECK(set->size() == 1);
}

TEST_CASE("weak keys and points beside the curve are no keys") {
  CHECK(KeySet::read(Signer("RS256", 2048).jwk()));
  CHECK_FALSE(KeySet::read(Signer("RS256", 1024).jwk()));
  std::string beside = jose_test::kEs256Jwk;
  CHECK(KeySet::read(beside));
  beside.replace(beside.find("x_FEz"), 5, "y_FEz");
  CHECK_FALSE(KeySet::read(beside));
  std::string exponent = jose_test::kRs256Jwk;
  exponent.replace(exponent.find("AQAB"), 4, "AQ");
  CHECK_FALSE(KeySet::read(exponent));
  std::string padded = jose_test::kEd25519Jwk;
  padded.insert(padded.find("URo") + 3, "=");
  CHECK_FALSE(KeySet::read(padded));
}

TEST_CASE("a document that is no key set is refused whole") {
  const std::string key = jose_test::kEs256Jwk;
  std::string many = "{\"keys\":[" + key;
  for (size_t i = 0; i < jose::kKeysMax; ++i) many += "," + key;
  const std::string long_one =
      key.substr(0, key.size() - 1) + ",\"x5c\":\"" + std::string(jose::kKeySetBytesMax, 'A') + "\"}";
  for (const std::string &bad :
       {std::string(), std::string("[]"), std::string("{}"), std::string("{\"keys\":{}}"), std::string("{\"keys\":[]}"),
        "\xEF\xBB\xBF" + key, key + key, many + "]}", long_one, "{\"kty\":\"EC\"," + key.substr(1),
        "{\"a\":" + std::string(40, '[') + std::string(40, ']') + "," + key.substr(1)})
    CHECK_FALSE(KeySet::read(bad));
}
