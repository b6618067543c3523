#include "tests/jose/signer.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <vector>

#include "plugins/shared/jose/base64url.hpp"

namespace jose_test {
namespace {

using jose::to_base64url;

void want(bool holds) {
  if (!holds) std::abort();
}

const unsigned char *bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char *>(text.data()); }

const EVP_MD *hash_of(std::string_view algorithm) {
  if (algorithm == "EdDSA") return nullptr;
  return algorithm.ends_with("256") ? EVP_sha256() : algorithm.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

const char *curve_of(std::string_view algorithm) {
  return algorithm == "ES256" ? "P-256" : algorithm == "ES384" ? "P-384" : "P-521";
}
size_t half_of(std::string_view algorithm) { return algorithm == "ES256" ? 32 : algorithm == "ES384" ? 48 : 66; }

std::string bytes_of_number(const BIGNUM *number, size_t bytes) {
  std::string out(bytes ? bytes : static_cast<size_t>(BN_num_bytes(number)), '\0');
  want(BN_bn2binpad(number, reinterpret_cast<unsigned char *>(out.data()), static_cast<int>(out.size())) >= 0);
  return out;
}

std::string raw_of(const std::string &der, size_t half) {
  const auto *at = bytes_of(der);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  want(pair != nullptr);
  return bytes_of_number(ECDSA_SIG_get0_r(pair.get()), half) + bytes_of_number(ECDSA_SIG_get0_s(pair.get()), half);
}

}  // namespace

Signer::Signer(std::string_view algorithm, unsigned rsa_bits) : algorithm_(algorithm) {
  EVP_PKEY *key = nullptr;
  if (algorithm == "EdDSA")
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  else if (algorithm.starts_with("ES"))
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_of(algorithm));
  else
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{rsa_bits});
  want(key != nullptr);
  key_ = {key, EVP_PKEY_free};
}

std::string Signer::number(const char *name, size_t bytes) const {
  BIGNUM *number = nullptr;
  want(EVP_PKEY_get_bn_param(key_.get(), name, &number) == 1);
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> owned(number, BN_free);
  return to_base64url(bytes_of_number(number, bytes));
}

std::string Signer::jwk(std::string_view members) const {
  std::string out = "{" + std::string(members);
  if (algorithm_ == "EdDSA") {
    std::string x(32, '\0');
    size_t length = x.size();
    want(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char *>(x.data()), &length) == 1);
    return out + R"("kty":"OKP","crv":"Ed25519","x":")" + to_base64url(x) + "\"}";
  }
  if (algorithm_.starts_with("ES")) {
    const size_t half = half_of(algorithm_);
    return out + R"("kty":"EC","crv":")" + curve_of(algorithm_) + R"(","x":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_X, half) + R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y, half) + "\"}";
  }
  return out + R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" + number(OSSL_PKEY_PARAM_RSA_E) +
         "\"}";
}

std::string Signer::pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new(BIO_s_mem()), BIO_free);
  want(PEM_write_bio_PUBKEY(bytes.get(), key_.get()) == 1);
  char *text = nullptr;
  const long length = BIO_get_mem_data(bytes.get(), &text);
  return {text, static_cast<size_t>(length)};
}

std::string Signer::signature(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX *parameters = nullptr;
  want(EVP_DigestSignInit(context.get(), &parameters, hash_of(algorithm_), nullptr, key_.get()) == 1);
  if (algorithm_.starts_with("PS"))
    want(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
  size_t length = 0;
  want(EVP_DigestSign(context.get(), nullptr, &length, bytes_of(bytes), bytes.size()) == 1);
  std::string made(length, '\0');
  want(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(made.data()), &length, bytes_of(bytes),
                      bytes.size()) == 1);
  made.resize(length);
  return to_base64url(algorithm_.starts_with("ES") ? raw_of(made, half_of(algorithm_)) : made);
}

std::string Signer::token(std::string_view header_json, std::string_view claims_json) const {
  const std::string bytes = to_base64url(header_json) + "." + to_base64url(claims_json);
  return bytes + "." + signature(bytes);
}

std::string Signer::id_token(std::string_view claims_json, std::string_view kid) const {
  const std::string named = kid.empty() ? std::string() : ",\"kid\":\"" + std::string(kid) + "\"";
  return token("{\"alg\":\"" + algorithm_ + "\"" + named + "}", claims_json);
}

std::string hmac_bytes(std::string_view bytes, std::string_view secret, const char *hash) {
  std::string made(EVP_MAX_MD_SIZE, '\0');
  size_t length = 0;
  want(EVP_Q_mac(nullptr, "HMAC", nullptr, hash, nullptr, secret.data(), secret.size(), bytes_of(bytes), bytes.size(),
                 reinterpret_cast<unsigned char *>(made.data()), made.size(), &length) != nullptr);
  made.resize(length);
  return made;
}

std::string hmac_token(std::string_view header_json, std::string_view claims_json, std::string_view secret,
                       const char *hash) {
  const std::string bytes = to_base64url(header_json) + "." + to_base64url(claims_json);
  return bytes + "." + to_base64url(hmac_bytes(bytes, secret, hash));
}

}  // namespace jose_test
