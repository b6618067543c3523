// Signer: a private key made in the test, its public JWK, and tokens signed with it.  For the tests of jose and of
// those who use it.  One thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace jose_test {

class Signer {
 public:
  // "RS256" to "RS512", "PS256", "ES256" to "ES512", "EdDSA"; an RSA key has `rsa_bits`.
  explicit Signer(std::string_view algorithm, unsigned rsa_bits = 2048);

  // The public key as a JSON Web Key; `members` is put in front of the others: "\"kid\":\"1\",".
  std::string jwk(std::string_view members = {}) const;
  std::string jwks(std::string_view members = {}) const { return "{\"keys\":[" + jwk(members) + "]}"; }
  std::string pem() const;                              // the public key in PEM
  std::string signature(std::string_view bytes) const;  // base64url
  std::string token(std::string_view header_json, std::string_view claims_json) const;
  // With the header {"alg":...,"kid":...}; an empty kid is left out.
  std::string id_token(std::string_view claims_json, std::string_view kid = {}) const;

 private:
  std::string number(const char *name, size_t bytes = 0) const;
  std::string algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

// The bytes of an HMAC (RFC 2104).
std::string hmac_bytes(std::string_view bytes, std::string_view secret, const char *hash = "SHA256");
// A token with this HMAC (RFC 7518 section 3.2).
std::string hmac_token(std::string_view header_json, std::string_view claims_json, std::string_view secret,
                       const char *hash = "SHA256");

}  // namespace jose_test
