// Instants as providers write them into headers: Unix seconds, or ISO 8601 (RFC 3339).  Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace webhook {

std::optional<int64_t> read_unix_seconds(std::string_view text);
// "2025-10-09T08:53:20Z"; fractions are cut off, an offset counts.
std::optional<int64_t> read_iso_instant(std::string_view text);

}  // namespace webhook
