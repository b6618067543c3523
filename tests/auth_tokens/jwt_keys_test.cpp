#include "plugins/shared/jose/token.hpp"
#include "plugins/shared/jose_keys/key_store.hpp"
#include "tests/auth_tokens/token_rig.hpp"

using namespace auth_test;

namespace {

const jose_test::Signer &newer() {
  static const jose_test::Signer made("ES256");
  return made;
}
std::unique_ptr<TokenRig> url_rig(bool started = false) {
  auto rig = std::make_unique<TokenRig>();
  REQUIRE(
      rig->jwt(R"({"audience":"any","expiry_required":false,"jwks":"https://id.example/k","algorithms":["ES256"]})"));
  CHECK(rig->web.fetches() == 0);  // before the start nothing may go out
  if (started) {
    rig->rule->start();
    CHECK(rig->web[rig->web.newest()].url == "https://id.example/k");
    rig->web.answer(rig->web.newest(), {.body = es256().jwks(R"("kid":"1",)")});
  }
  return rig;
}
std::string token(const jose_test::Signer &by, std::string_view kid) { return by.id_token("{}", kid); }

}  // namespace

TEST_CASE("keys at a URL are fetched at the start and kept for an hour") {
  const auto rig = url_rig(true);
  for (int i = 0; i < 3; ++i) CHECK(rig->verdict("a", token(es256(), "1")) == "good");
  CHECK(rig->web.fetches() == 1);
  rig->host.advance(jose::KeyStore::kKeptNs);
  const uint64_t waiting = rig->ask("a", token(es256(), "1"));
  CHECK(rig->said.count(waiting) == 0);
  CHECK(rig->web.fetches() == 2);
  rig->web.fail(rig->web.newest(), SBX_EREFUSED);
  CHECK(TokenRig::text_of(rig->said[waiting]) == "good");  // the old ones serve on
  CHECK(rig->host.logged("the keys of the jwt rule at /rules/0/jwt could not be fetched") == 1);
  CHECK(rig->verdict("a", token(es256(), "1")) == "good");
  CHECK(rig->web.fetches() == 2);
}

TEST_CASE("an unknown name of a key is looked for once a minute, and holds up nobody whose key is known") {
  const auto rig = url_rig(true);
  rig->host.advance(jose::KeyStore::kEarlyNs);
  const uint64_t rotated = rig->ask("a", token(newer(), "2"));
  const uint64_t stranger = rig->ask("a", token(newer(), "../x"));
  CHECK(rig->web.fetches() == 2);
  CHECK(rig->verdict("a", token(es256(), "1")) == "good");
  rig->web.answer(rig->web.newest(),
                  {.body = "{\"keys\":[" + es256().jwk(R"("kid":"1",)") + "," + newer().jwk(R"("kid":"2",)") + "]}"});
  CHECK(TokenRig::text_of(rig->said[rotated]) == "good");
  CHECK(TokenRig::text_of(rig->said[stranger]) == "unknown_key 401");
  for (int i = 0; i < 100; ++i) CHECK(rig->verdict("a", token(newer(), std::to_string(i + 3))) == "unknown_key 401");
  CHECK(rig->web.fetches() == 2);
}

TEST_CASE("a key that was taken out of the set opens nothing once that is known") {
  const auto rig = url_rig(true);
  rig->host.advance(jose::KeyStore::kKeptNs);
  const uint64_t asked = rig->ask("a", token(es256(), "1"));
  rig->web.answer(rig->web.newest(), {.body = newer().jwks(R"("kid":"2",)")});
  CHECK(TokenRig::text_of(rig->said[asked]) == "unknown_key 401");
}

TEST_CASE("all wait for one fetch, and who has gone is not told") {
  const auto rig = url_rig();
  rig->rule->start();
  const uint64_t a = rig->ask("a", token(es256(), "1")), b = rig->ask("a", token(es256(), "1")),
                 c = rig->ask("a", "no token");
  rig->rule->forget(b);
  rig->rule->forget(b);
  rig->rule->forget(999);
  CHECK(rig->web.fetches() == 1);
  CHECK(rig->said.empty());
  rig->web.answer(rig->web.newest(), {.body = es256().jwks(R"("kid":"1",)")});
  CHECK(TokenRig::text_of(rig->said[a]) == "good");
  CHECK(TokenRig::text_of(rig->said[c]) == "malformed 401");
  CHECK(rig->said.count(b) == 0);
}

TEST_CASE("without keys nobody is admitted, and their server is not asked by every client") {
  for (const char *garbage : {"", "<html>", "{}", R"({"keys":[]})", R"({"keys":"x"})", R"({"keys":[{"kty":"RSA"}]})"}) {
    const auto rig = url_rig();
    const uint64_t first = rig->ask("a", token(es256(), "1"));
    rig->web.answer(rig->web.newest(), {.body = garbage});
    CHECK(TokenRig::text_of(rig->said[first]) == "no_keys 0");
    for (int i = 0; i < 50; ++i) CHECK(rig->verdict("a", token(es256(), "1")) == "no_keys 0");
    CHECK(rig->web.fetches() == 1);
    rig->host.advance(5 * kSecondNs);
    const uint64_t later = rig->ask("a", token(es256(), "1"));
    CHECK(rig->web.fetches() == 2);
    rig->web.answer(rig->web.newest(), {.body = es256().jwks(R"("kid":"1",)")});
    CHECK(TokenRig::text_of(rig->said[later]) == "good");
  }
}

TEST_CASE("a key server that answers late, too much or with another status has no keys") {
  const auto rig = url_rig();
  const uint64_t slow = rig->ask("a", token(es256(), "1"));
  rig->host.advance(jose::KeyStore::kTimeoutNs);
  CHECK(TokenRig::text_of(rig->said[slow]) == "no_keys 0");
  rig->host.advance(5 * kSecondNs);
  const uint64_t huge = rig->ask("a", token(es256(), "1"));
  rig->web.answer(rig->web.newest(), {.body = std::string(jose::kKeySetBytesMax + 1, ' ')});
  CHECK(TokenRig::text_of(rig->said[huge]) == "no_keys 0");
  rig->host.advance(5 * kSecondNs);
  const uint64_t moved = rig->ask("a", token(es256(), "1"));
  rig->web.answer(rig->web.newest(), {.status = 302, .body = es256().jwks(R"("kid":"1",)")});
  CHECK(TokenRig::text_of(rig->said[moved]) == "no_keys 0");
  CHECK(rig->web.fetches() == 3);
}

TEST_CASE("tokens that wait for keys have a bound of memory") {
  const auto rig = url_rig();
  const std::string large(jose::kTokenBytesMax, 'x');
  const size_t room = auth::kWaitingTokenBytesMax / (large.size() + 1);
  for (size_t i = 0; i < room; ++i) rig->ask("a", large);
  CHECK(rig->said.empty());
  CHECK(rig->verdict("a", large) == "no_keys 0");
  rig->web.fail(rig->web.newest(), SBX_EREFUSED);
  CHECK(rig->said.size() == room + 1);
}

TEST_CASE("a rule that ends while keys are on their way is not called again") {
  const auto rig = url_rig();
  rig->ask("a", token(es256(), "1"));
  rig->rule.reset();
  CHECK(rig->web.waiting() == 0);
  CHECK(rig->said.empty());
}

TEST_CASE("keys in a file are read again when it changes, and a broken file is not taken") {
  TokenRig rig;
  rig.files.put("k.json", es256().jwks());
  REQUIRE(rig.jwt(with_keys(R"({"file":"k.json"})")));
  CHECK(rig.verdict("a", es256().id_token(claims())) == "good");
  rig.files.put("k.json", newer().pem());  // the same file may change its form
  rig.host.turn();
  CHECK(rig.verdict("a", es256().id_token(claims())) == "signature 401");
  CHECK(rig.verdict("a", newer().id_token(claims())) == "good");
  rig.files.put("k.json", "");
  rig.host.turn();
  CHECK(rig.verdict("a", newer().id_token(claims())) == "good");
  CHECK(rig.host.logged("the old ones stay") == 1);
}

TEST_CASE("a shared secret may stand in the configuration or in a file") {
  const std::string secret(32, 's'), other(32, 't');
  const std::string token = jose_test::hmac_token(R"({"alg":"HS256"})", claims(), secret);
  TokenRig rig;
  REQUIRE(rig.jwt(with_keys(R"({"secret":)" + quoted(secret) + "}", R"(["HS256"])")));
  CHECK(rig.verdict("a", token) == "good");
  CHECK(rig.verdict("a", jose_test::hmac_token(R"({"alg":"HS256"})", claims(), other)) == "signature 401");
  CHECK(rig.verdict("a", jose_test::hmac_token(R"({"alg":"HS512"})", claims(), secret, "SHA512")) == "algorithm 401");
  TokenRig file;
  file.files.put("s", secret + "\n");
  REQUIRE(file.jwt(with_keys(R"({"secret":{"file":"s"}})", R"(["HS256"])")));
  CHECK(file.verdict("a", token) == "good");
  file.files.put("s", other);
  file.host.turn();
  CHECK(file.verdict("a", token) == "signature 401");
}

TEST_CASE("each kind of public key is read from PEM") {
  for (const char *algorithm : {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"}) {
    const jose_test::Signer signer(algorithm);
    TokenRig rig;
    REQUIRE(rig.jwt(with_keys(quoted("\n" + newer().pem() + signer.pem()), R"([")" + std::string(algorithm) + "\"]")));
    CHECK(rig.verdict("a", signer.id_token(claims())) == "good");
  }
}
