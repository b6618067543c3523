#include "plugins/shared/jose/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>

namespace jose {

bool hmac_fits(size_t hash_bits, std::string_view secret, std::string_view bytes, std::string_view signature) {
  const char *hash = hash_bits == 256 ? "SHA256" : hash_bits == 384 ? "SHA384" : "SHA512";
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  size_t length = 0;
  const auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
  const bool done = EVP_Q_mac(nullptr, "HMAC", nullptr, hash, nullptr, secret.data(), secret.size(), data, bytes.size(),
                              made.data(), made.size(), &length) != nullptr;
  ERR_clear_error();
  return done && length * 8 == hash_bits && signature.size() == length &&
         CRYPTO_memcmp(made.data(), signature.data(), length) == 0;
}

}  // namespace jose
