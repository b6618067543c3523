// The signature algorithms of JSON Web Signature that are known here (RFC 7518 section 3.1, RFC 8037 section 3.1).
// "none" is not among them, so no list can allow it (RFC 8725 section 3.2).  Pure, any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace jose {

enum class Algorithm { kRs256, kRs384, kRs512, kPs256, kEs256, kEs384, kEs512, kEdDsa, kHs256, kHs384, kHs512 };

// Names are case-sensitive: "RS256".
std::optional<Algorithm> algorithm_of(std::string_view name);
std::string_view name_of(Algorithm algorithm);

enum class KeyType { kRsa, kP256, kP384, kP521, kEd25519, kSecret };
// The one type of key that the algorithm may be used with (RFC 8725 section 3.1): no public key ever keys an HMAC.
KeyType key_type_of(Algorithm algorithm);
// Of the algorithm's hash: 256, 384 or 512; 0 for EdDSA, which has its own.
size_t hash_bits_of(Algorithm algorithm);

}  // namespace jose
