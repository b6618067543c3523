// Points in time as people write them.  Pure, any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox {

// Nanoseconds since 1970-01-01 UTC of an RFC 3339 time ("2026-11-23T09:30:00Z", with an offset, or with a fraction),
// unix seconds ("1763890200", "1763890200.5"), or how long ago ("90s", "30m", "2h", "7d").  Nothing: it is none of
// these, or lies outside of the years 1970 to 2261.
std::optional<int64_t> parse_moment(std::string_view text, int64_t now_ns);

}  // namespace signalbox
