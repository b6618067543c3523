#include "plugins/shared/jose/key.hpp"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "plugins/shared/jose/hmac.hpp"

namespace jose {
namespace {

const unsigned char *bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char *>(text.data()); }

const EVP_MD *hash_of(Algorithm algorithm) {
  switch (hash_bits_of(algorithm)) {
    case 256:
      return EVP_sha256();
    case 384:
      return EVP_sha384();
    case 512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

// The bytes of one coordinate; a signature is two numbers of this length (RFC 7518 section 3.4).
size_t coordinate_bytes(KeyType type) { return type == KeyType::kP256 ? 32 : type == KeyType::kP384 ? 48 : 66; }

// r and s side by side -> the DER that OpenSSL reads.  Empty when the length is wrong.
std::string der_of(std::string_view raw, size_t half) {
  if (raw.size() != 2 * half) return {};
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM *r = BN_bin2bn(bytes_of(raw), static_cast<int>(half), nullptr);
  BIGNUM *s = BN_bin2bn(bytes_of(raw.substr(half)), static_cast<int>(half), nullptr);
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char *out = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &out);
  if (length <= 0) return {};
  std::string der(reinterpret_cast<const char *>(out), static_cast<size_t>(length));
  OPENSSL_free(out);
  return der;
}

// RSASSA-PSS with MGF1 of the same hash and a salt of the hash's length (RFC 7518 section 3.5).
bool set_pss(EVP_PKEY_CTX *context, Algorithm algorithm) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash_of(algorithm)) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool verifies_public(EVP_PKEY *key, Algorithm algorithm, std::string_view bytes, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX *parameters = nullptr;  // belongs to context
  if (!context || EVP_DigestVerifyInit(context.get(), &parameters, hash_of(algorithm), nullptr, key) != 1) return false;
  if (algorithm == Algorithm::kPs256 && !set_pss(parameters, algorithm)) return false;
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
}

}  // namespace

bool Key::serves(Algorithm algorithm) const {
  if (!for_signatures_ || key_type_of(algorithm) != type_) return false;
  if (algorithm_ && *algorithm_ != algorithm) return false;
  // A secret is at least as long as the hash's output (RFC 7518 section 3.2).
  return type_ != KeyType::kSecret || secret_->size() * 8 >= hash_bits_of(algorithm);
}

bool Key::verifies(Algorithm algorithm, std::string_view bytes, std::string_view signature) const {
  if (!serves(algorithm)) return false;
  if (type_ == KeyType::kSecret) return hmac_fits(hash_bits_of(algorithm), *secret_, bytes, signature);
  std::string der;
  if (type_ == KeyType::kP256 || type_ == KeyType::kP384 || type_ == KeyType::kP521) {
    der = der_of(signature, coordinate_bytes(type_));
    if (der.empty()) return false;
    signature = der;
  }
  const bool good = verifies_public(public_.get(), algorithm, bytes, signature);
  ERR_clear_error();  // the queue belongs to the thread, and the next one who looks is somebody else
  return good;
}

}  // namespace jose
