// Keyed hashes (RFC 2104) for HS256, HS384 and HS512, compared in constant time.  Pure, any thread.
#pragma once
#include <cstddef>
#include <string_view>

namespace jose {

bool hmac_fits(size_t hash_bits, std::string_view secret, std::string_view bytes, std::string_view signature);

}  // namespace jose
