#include "plugins/shared/jose_keys/key_store.hpp"

#include "tests/oauth_providers/oidc_rig.hpp"

using namespace oauth_test;

namespace {

// A rig whose provider has its keys at a URL.
std::unique_ptr<Rig> url_rig() {
  return std::make_unique<Rig>(provider(std::string(kOidc) + "}", {{"d.json", kDiscovery}}));
}
const jose_test::Signer &newer() {
  static const jose_test::Signer made("ES256");
  return made;
}
// Claims that are good now.
std::string claims_at(const Rig &rig) {
  const int64_t now = rig.host.now_ns / sbx::kSecondNs + 1'700'000'000;
  return R"({"iss":"https://idp.example","aud":"client","sub":"7","nonce":"n-1","exp":)" + std::to_string(now + 300) +
         R"(,"iat":)" + std::to_string(now) + "}";
}
void log_in(Rig &rig, const jose_test::Signer &by, std::string_view kid) {
  rig.results.clear();
  rig.begin();
  rig.answer(answer_with(by.id_token(claims_at(rig), kid)));
}
size_t key_fetches(Rig &rig) {
  size_t count = 0;
  for (sbx_id id = 1; id <= rig.web.newest(); ++id) count += rig.web[id].url == "https://idp.example/k";
  return count;
}

}  // namespace

TEST_CASE("keys at a URL are fetched when they are first wanted, and kept for an hour") {
  const auto rig = url_rig();
  log_in(*rig, signer(), "1");
  CHECK(rig->newest().url == "https://idp.example/k");
  CHECK(rig->newest().body_max == jose::kKeySetBytesMax);
  rig->answer(signer().jwks(R"("kid":"1",)"));
  CHECK(rig->result().ok);
  log_in(*rig, signer(), "1");
  CHECK(rig->result().ok);
  CHECK(key_fetches(*rig) == 1);
  rig->host.advance(jose::KeyStore::kKeptNs);
  log_in(*rig, signer(), "1");
  CHECK(key_fetches(*rig) == 2);
  // The server is down: the old keys serve on.
  rig->web.fail(rig->web.newest(), SBX_EREFUSED);
  CHECK(rig->result().ok);
  CHECK(rig->host.logged("the keys of provider p could not be fetched") == 1);
}

TEST_CASE("logins at the same time wait for one fetch of the keys") {
  const auto rig = url_rig();
  rig->begin();
  rig->begin();
  const uint64_t third = rig->begin();
  for (const sbx_id id : {1u, 2u, 3u})
    rig->web.answer(id, {.body = answer_with(signer().id_token(claims_at(*rig), "1"))});
  CHECK(key_fetches(*rig) == 1);
  rig->exchanges.cancel(third);
  rig->answer(signer().jwks(R"("kid":"1",)"));
  REQUIRE(rig->results.size() == 2);
  CHECK(rig->results[0].ok);
  CHECK(rig->results[1].ok);
}

TEST_CASE("a key that is not known is looked for once a minute") {
  const auto rig = url_rig();
  log_in(*rig, signer(), "1");
  rig->answer(signer().jwks(R"("kid":"1",)"));
  log_in(*rig, newer(), "2");
  CHECK(rig->result().reason == "bad_token");
  CHECK(key_fetches(*rig) == 1);  // they were fetched a moment ago
  rig->host.advance(jose::KeyStore::kEarlyNs);
  log_in(*rig, newer(), "2");
  CHECK(key_fetches(*rig) == 2);
  rig->answer("{\"keys\":[" + signer().jwk(R"("kid":"1",)") + "," + newer().jwk(R"("kid":"2",)") + "]}");
  CHECK(rig->result().ok);
  for (int i = 0; i < 5; ++i) {
    log_in(*rig, newer(), "3");
    CHECK(rig->result().reason == "bad_token");
  }
  CHECK(key_fetches(*rig) == 2);
}

TEST_CASE("without any keys a login fails, and the next one asks for them again") {
  const auto rig = url_rig();
  for (const char *answer : {"{}", "their words", R"({"keys":[]})"}) {
    log_in(*rig, signer(), "1");
    rig->answer(answer);
    CHECK(rig->result().reason == "provider_error");
  }
  CHECK(key_fetches(*rig) == 3);
}

TEST_CASE("keys that do not come in time end the login by its own clock") {
  const auto rig = url_rig();
  log_in(*rig, signer(), "1");
  rig->host.advance(6 * sbx::kSecondNs);
  CHECK(rig->result().reason == "timeout");
}

TEST_CASE("a file of keys is read again when it changes, and a broken one is not taken") {
  const auto rig = oidc_rig();
  log_in(*rig, signer(), "1");
  CHECK(rig->result().ok);
  rig->files.put("k.json", newer().jwks(R"("kid":"2",)"));
  rig->host.turn();
  log_in(*rig, signer(), "1");
  CHECK(rig->result().reason == "bad_token");
  log_in(*rig, newer(), "2");
  CHECK(rig->result().ok);
  rig->files.put("k.json", "{}");
  rig->host.turn();
  log_in(*rig, newer(), "2");
  CHECK(rig->result().ok);
  CHECK(rig->host.logged("the old ones stay") == 1);
  CHECK(rig->files.watches() == 1);
}
