// Base64url without padding (RFC 7515 section 2, RFC 4648 section 5), read strictly: no padding, no blanks, and the
// bits that stand for nothing must be zero, so that no two texts are the same bytes.  Pure, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace jose {

std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64url(std::string_view bytes);

}  // namespace jose
