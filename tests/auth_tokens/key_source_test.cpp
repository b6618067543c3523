#include "plugins/shared/jose_keys/key_source.hpp"

#include <doctest/doctest.h>

#include "tests/jose/signer.hpp"

TEST_CASE("a text of PEM holds public keys only, and a bounded number of them") {
  const std::string good = jose_test::Signer("ES256").pem();
  const auto size = [](const std::string &text) {
    const auto keys = jose::KeySet::of_pem(text);
    return keys ? keys->size() : 0;
  };
  CHECK(size(good) == 1);
  CHECK(size("# mine\n" + good + good) == 2);
  CHECK(size(good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == 1);
  CHECK(size(jose_test::Signer("RS256", 1024).pem()) == 0);  // weak
  CHECK(size(good.substr(0, good.size() / 2)) == 0);
  CHECK(size("") == 0);
  std::string many;
  for (size_t i = 0; i < jose::kKeysMax; ++i) many += good;
  CHECK(size(many) == jose::kKeysMax);
  CHECK(size(many + good) == 0);
  CHECK(size(good + std::string(jose::kKeySetBytesMax, '\n')) == 0);
}

TEST_CASE("keys are fetched over https, or from this very machine") {
  for (const char *good :
       {"https://id.example/keys?x=1", "http://localhost:1/k", "http://127.0.0.1", "http://[::1]:8/k"})
    CHECK(jose::fault_of_key_url(good).empty());
  for (const char *bad :
       {"http://id.example/k", "HTTPS://id.example", "https://", "https://:1/", "http://localhostess/k",
        "http://localhost@evil.example/k", "https://id.example/\n", "https://id.example\\@evil"})
    CHECK_FALSE(jose::fault_of_key_url(bad).empty());
}
