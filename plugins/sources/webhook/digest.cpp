#include "plugins/sources/webhook/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace webhook {
namespace {

const EVP_MD *algorithm(Hash hash) {
  switch (hash) {
    case Hash::kMd5:
      return EVP_md5();
    case Hash::kSha1:
      return EVP_sha1();
    case Hash::kSha256:
      break;
  }
  return EVP_sha256();
}

std::string text_of(const std::array<unsigned char, EVP_MAX_MD_SIZE> &bytes, unsigned length) {
  return {reinterpret_cast<const char *>(bytes.data()), length};
}

}  // namespace

std::string digest_of(Hash hash, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), made.data(), &length, algorithm(hash), nullptr) != 1)
    throw std::runtime_error("this machine's OpenSSL refuses a hash that the preset needs");
  return text_of(made, length);
}

std::string hmac_of(Hash hash, std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned length = 0;
  if (!HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), made.data(), &length))
    throw std::runtime_error("this machine's OpenSSL refuses a hash that the preset needs");
  return text_of(made, length);
}

bool same_digest(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool same_secret(std::string_view a, std::string_view b) {
  return same_digest(digest_of(Hash::kSha256, a), digest_of(Hash::kSha256, b));
}

}  // namespace webhook
