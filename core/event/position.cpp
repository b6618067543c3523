#include "core/event/position.hpp"

namespace signalbox {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

// The six bits of the 128 that begin at `bit`, counted from the most significant one; zeros behind the end.
unsigned six_bits(Position p, size_t bit) {
  if (bit >= 64) return static_cast<unsigned>(bit <= 122 ? p.seq >> (122 - bit) : p.seq << (bit - 122)) & 63;
  if (bit <= 58) return static_cast<unsigned>(p.epoch >> (58 - bit)) & 63;
  return static_cast<unsigned>(p.epoch << (bit - 58) | p.seq >> (122 - bit)) & 63;
}

}  // namespace

std::array<char, kCursorSize> cursor_text(Position position) {
  std::array<char, kCursorSize> out;
  for (size_t i = 0; i < kCursorSize; ++i) out[i] = kAlphabet[six_bits(position, 6 * i)];
  return out;
}

std::optional<Position> parse_cursor(std::string_view text) {
  if (text.size() != kCursorSize) return std::nullopt;
  Position position;
  for (size_t i = 0; i < kCursorSize; ++i) {
    const int value = digit(text[i]);
    if (value < 0) return std::nullopt;
    // The last digit has two bits of the number, and four that must be zero: one position has one text.
    const bool last = i + 1 == kCursorSize;
    if (last && value & 15) return std::nullopt;
    const unsigned bits = last ? 2 : 6;
    position.epoch = position.epoch << bits | position.seq >> (64 - bits);
    position.seq = position.seq << bits | static_cast<unsigned>(value) >> (6 - bits);
  }
  return position;
}

}  // namespace signalbox
