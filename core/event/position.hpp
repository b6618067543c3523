// Where an event stands in the log: the log's epoch (new when a log starts anew) and the event's number in it.  Its
// text is what clients are shown as a cursor: opaque, URL-safe, of one fixed length.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox {

struct Position {
  uint64_t epoch = 0, seq = 0;
  bool operator==(const Position &) const = default;
};

// 16 bytes, big endian (epoch, seq), in base64url without padding: 22 characters (RFC 4648 section 5).
inline constexpr size_t kCursorSize = 22;
std::array<char, kCursorSize> cursor_text(Position position);
// Nothing: it is no cursor.  Takes only what cursor_text() writes: one position has one text.
std::optional<Position> parse_cursor(std::string_view text);

}  // namespace signalbox
