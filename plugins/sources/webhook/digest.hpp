// Hashes and keyed hashes (FIPS 180-4, RFC 2104) by OpenSSL, and the comparison of secrets.  MD5 and SHA-1 are here for
// the providers that sign with nothing better.  Pure, any thread.
#pragma once
#include <string>
#include <string_view>

namespace webhook {

enum class Hash { kMd5, kSha1, kSha256 };

std::string digest_of(Hash hash, std::string_view bytes);
std::string hmac_of(Hash hash, std::string_view key, std::string_view bytes);

// For digests, whose length is no secret: takes as long for any two of the same length.
bool same_digest(std::string_view a, std::string_view b);
// For secrets of any length: what is compared are their digests, so that time says nothing about either.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace webhook
