#include "plugins/sources/webhook/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>

namespace webhook {
namespace {

constexpr const char *kNames[kHashes] = {"MD5", "SHA1", "SHA256"};

[[noreturn]] void refused() { throw std::runtime_error("this machine's OpenSSL refuses a hash that the preset needs"); }

// Fetched once for the whole program: what EVP_sha256() gives would be looked for among OpenSSL's providers with every
// text, nearly half of what a short one costs.
const EVP_MD *algorithm(Hash hash) {
  static const std::array<const EVP_MD *, kHashes> kFetched = {EVP_MD_fetch(nullptr, kNames[0], nullptr),
                                                               EVP_MD_fetch(nullptr, kNames[1], nullptr),
                                                               EVP_MD_fetch(nullptr, kNames[2], nullptr)};
  const EVP_MD *fetched = kFetched[static_cast<size_t>(hash)];
  if (!fetched) refused();
  return fetched;
}

// Nothing: this OpenSSL has no such hash.
std::shared_ptr<EVP_MAC_CTX> prepared(EVP_MAC *hmac, const char *hash, std::string_view key) {
  std::shared_ptr<EVP_MAC_CTX> made(EVP_MAC_CTX_new(hmac), EVP_MAC_CTX_free);
  std::string name(hash);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                               OSSL_PARAM_construct_end()};
  if (!made || EVP_MAC_init(made.get(), reinterpret_cast<const unsigned char *>(key.data()), key.size(), params) != 1)
    return nullptr;
  return made;
}

std::string text_of(const std::array<unsigned char, EVP_MAX_MD_SIZE> &bytes, size_t length) {
  return {reinterpret_cast<const char *>(bytes.data()), length};
}

}  // namespace

std::string digest_of(Hash hash, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), made.data(), &length, algorithm(hash), nullptr) != 1) refused();
  return text_of(made, length);
}

std::string hmac_of(Hash hash, std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned length = 0;
  if (!HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), made.data(), &length))
    refused();
  return text_of(made, length);
}

HmacKey::HmacKey(std::string_view key) {
  const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC *)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
  for (size_t i = 0; hmac && i < kHashes; ++i) prepared_[i] = prepared(hmac.get(), kNames[i], key);
}

// Works on a copy, so that what was prepared stays as it is and any thread may share it.
std::string HmacKey::of(Hash hash, std::string_view bytes) const {
  const EVP_MAC_CTX *key = prepared_[static_cast<size_t>(hash)].get();
  if (!key) refused();
  const std::unique_ptr<EVP_MAC_CTX, void (*)(EVP_MAC_CTX *)> mac(EVP_MAC_CTX_dup(key), EVP_MAC_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  size_t length = 0;
  if (!mac || EVP_MAC_update(mac.get(), reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size()) != 1 ||
      EVP_MAC_final(mac.get(), made.data(), &length, made.size()) != 1)
    refused();
  return text_of(made, length);
}

bool same_digest(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool same_secret(std::string_view a, std::string_view b) {
  return same_digest(digest_of(Hash::kSha256, a), digest_of(Hash::kSha256, b));
}

}  // namespace webhook
