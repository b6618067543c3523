// The formats that strings of a configuration may have.  Pure functions over text.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/schema.hpp"

namespace signalbox::config {

// "500ms", "10s", "5m", "2h", "7d" in milliseconds; "0" needs no unit.
std::optional<int64_t> duration_ms(std::string_view text);

// "512", "64KiB", "1MiB", "2GiB" in bytes.
std::optional<int64_t> size_bytes(std::string_view text);

// What a text of this format looks like, for messages: "a duration such as 500ms, 10s, 2h or 7d".
const char *format_words(Format format);

// Whether `text` fits a format other than duration, size and listener.
bool fits(Format format, std::string_view text);

}  // namespace signalbox::config
