// Hashes and keyed hashes (FIPS 180-4, RFC 2104) by OpenSSL, and the comparison of secrets.  MD5 and SHA-1 are here for
// the providers that sign with nothing better.  Pure, any thread.
#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;

namespace webhook {

enum class Hash { kMd5, kSha1, kSha256 };
inline constexpr size_t kHashes = 3;

std::string digest_of(Hash hash, std::string_view bytes);
std::string hmac_of(Hash hash, std::string_view key, std::string_view bytes);

// A key whose schedule is worked out once instead of with every text.  Immutable once made: what it is used with works
// on a copy.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  // The same as hmac_of().
  std::string of(Hash hash, std::string_view bytes) const;

 private:
  std::array<std::shared_ptr<evp_mac_ctx_st>, kHashes> prepared_;  // none: OpenSSL refuses that hash
};

// For digests, whose length is no secret: takes as long for any two of the same length.
bool same_digest(std::string_view a, std::string_view b);
// For secrets of any length: what is compared are their digests, so that time says nothing about either.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace webhook
