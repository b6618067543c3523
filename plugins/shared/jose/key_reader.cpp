#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "plugins/shared/jose/base64url.hpp"
#include "plugins/shared/jose/key_reader_impl.hpp"

namespace jose {
namespace {

using Json = nlohmann::json;
using PublicKey = std::shared_ptr<EVP_PKEY>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

// OpenSSL refuses larger ones with large moduli as well; a long exponent only makes verifying slow.
constexpr size_t kExponentBytesMax = 8;

const unsigned char *bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char *>(text.data()); }

// A member that must be there and be a string; empty otherwise.
std::string text_at(const Json &jwk, const char *name) {
  const auto found = jwk.find(name);
  return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string();
}
std::string bytes_at(const Json &jwk, const char *name) {
  return from_base64url(text_at(jwk, name)).value_or(std::string());
}

PublicKey made_of(const char *type, OSSL_PARAM_BLD *builder) {
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(OSSL_PARAM_BLD_to_param(builder),
                                                                           OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY *key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

Number number_of(std::string_view bytes) {
  return {BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr), BN_free};
}

// RFC 7518 section 6.3.1
PublicKey read_rsa(const Json &jwk) {
  const std::string n = bytes_at(jwk, "n"), e = bytes_at(jwk, "e");
  if (n.empty() || n.size() > size_t{kRsaBitsMax} / 8 || e.empty() || e.size() > kExponentBytesMax) return nullptr;
  const Number modulus = number_of(n), exponent = number_of(e);
  const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  if (!modulus || !exponent || !builder || BN_num_bits(modulus.get()) < kRsaBitsMin || !BN_is_odd(modulus.get()) ||
      !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()))
    return nullptr;
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  return made_of("RSA", builder.get());
}

// RFC 7518 section 6.2.1: both coordinates in full length.  OpenSSL refuses a point that is not on the curve.
PublicKey read_ec(const Json &jwk, const char *group, size_t coordinate_bytes) {
  const std::string x = bytes_at(jwk, "x"), y = bytes_at(jwk, "y");
  if (x.size() != coordinate_bytes || y.size() != coordinate_bytes) return nullptr;
  const std::string point = '\x04' + x + y;  // SEC 1 section 2.3.3, uncompressed
  const Builder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return made_of("EC", builder.get());
}

// RFC 8037 section 2
PublicKey read_ed25519(const Json &jwk) {
  const std::string x = bytes_at(jwk, "x");
  if (x.size() != 32) return nullptr;
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size());
  return key ? PublicKey(key, EVP_PKEY_free) : nullptr;
}

bool is_optional_text(const Json &jwk, const char *name) {
  const auto found = jwk.find(name);
  return found == jwk.end() || found->is_string();
}

}  // namespace

std::optional<Key> KeyReader::secret(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kSecretBytesMax) return std::nullopt;
  Key key;
  key.type_ = KeyType::kSecret;
  key.secret_ = std::shared_ptr<const std::string>(new std::string(bytes), [](std::string *held) {
    OPENSSL_cleanse(held->data(), held->size());
    delete held;
  });
  return key;
}

bool KeyReader::read_use(const Json &jwk, Key &key) {
  for (const char *name : {"kid", "alg", "use"})
    if (!is_optional_text(jwk, name)) return false;
  key.kid_ = text_at(jwk, "kid");
  if (key.kid_.size() > kKidBytesMax) return false;
  if (jwk.contains("alg")) {
    key.algorithm_ = algorithm_of(text_at(jwk, "alg"));
    if (!key.algorithm_) return false;  // meant for something that is not done here
  }
  key.for_signatures_ = !jwk.contains("use") || text_at(jwk, "use") == "sig";
  if (const auto operations = jwk.find("key_ops"); operations != jwk.end()) {
    if (!operations->is_array()) return false;
    const bool may_verify = std::find(operations->begin(), operations->end(), Json("verify")) != operations->end();
    key.for_signatures_ = key.for_signatures_ && may_verify;
  }
  return true;
}

bool KeyReader::read_material(const Json &jwk, Key &key) {
  const std::string type = text_at(jwk, "kty"), curve = text_at(jwk, "crv");
  if (type == "RSA") {
    key.type_ = KeyType::kRsa;
    key.public_ = read_rsa(jwk);
  } else if (type == "EC" && curve == "P-256") {
    key.type_ = KeyType::kP256;
    key.public_ = read_ec(jwk, "prime256v1", 32);
  } else if (type == "EC" && curve == "P-384") {
    key.type_ = KeyType::kP384;
    key.public_ = read_ec(jwk, "secp384r1", 48);
  } else if (type == "EC" && curve == "P-521") {
    key.type_ = KeyType::kP521;
    key.public_ = read_ec(jwk, "secp521r1", 66);
  } else if (type == "OKP" && curve == "Ed25519") {
    key.type_ = KeyType::kEd25519;
    key.public_ = read_ed25519(jwk);
  } else {
    return false;
  }
  ERR_clear_error();
  return key.public_ != nullptr;
}

std::optional<Key> KeyReader::read(const Json &jwk) {
  if (!jwk.is_object()) return std::nullopt;
  Key key;
  if (text_at(jwk, "kty") == "oct") {
    auto held = secret(bytes_at(jwk, "k"));
    if (!held) return std::nullopt;
    key = std::move(*held);
  } else if (!read_material(jwk, key)) {
    return std::nullopt;
  }
  if (!read_use(jwk, key)) return std::nullopt;
  return key;
}

}  // namespace jose
