// One source line as a terminal may show it, with a caret line below.  Pure functions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/config/position.hpp"

namespace signalbox::config {

// Bytes to each side of the caret that are looked at; a line of megabytes must not be walked for each of its problems.
inline constexpr int kQuoteReach = static_cast<int>(limits::kConfigLineShownMax) * 8;

// Parts of a line that look like a password whatever a schema says: the one in `scheme://user:password@host`.
std::vector<Position> url_passwords(std::string_view line);

// Two lines, each ended by a newline.  Long lines are cut around the caret, bytes that cannot be shown are escaped,
// hidden parts are ***.  REQUIRES: at.column >= 1
std::string quote_line(std::string_view line, Position at, const std::vector<Position> &hidden);

}  // namespace signalbox::config
