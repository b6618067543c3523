// Names that nobody can guess, and their digests.  Any thread.
#pragma once
#include <cstddef>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace oauth {

inline constexpr size_t kIdChars = 22;    // of base62: 131 bits
inline constexpr size_t kLongChars = 43;  // 256 bits: the browser's cookie and the PKCE verifier (RFC 7636 section 4.1)

// Letters and digits only: WeChat takes nothing else in a state.
std::string random_base62(sbx::Host host, const sbx_loop &loop, size_t chars);
// Two digits, from "10" to "99".
std::string random_number(sbx::Host host, const sbx_loop &loop);
bool is_base62(std::string_view text);

std::string sha256(std::string_view bytes);     // 32 bytes
std::string base64url(std::string_view bytes);  // RFC 4648 section 5, without padding
// For what only may be known whole: compares digests, in the same time for all.
bool same_bytes(std::string_view digest, std::string_view other_digest);

}  // namespace oauth
