// JSON documents that somebody signed or that keys are read from: parsed once, strictly.  A name that comes twice in an
// object is refused, because two readers may take different ones (RFC 7515 section 4, RFC 8725 section 2.4).  Pure, any
// thread.  Inside plugins only, because of nlohmann.
#pragma once
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace jose {

inline constexpr int kJsonDepthMax = 16;

// Nothing, when it is over `bytes_max`, not JSON in UTF-8, nested too deep, or has a name twice.
std::optional<nlohmann::json> parse_strictly(std::string_view text, size_t bytes_max);

}  // namespace jose
