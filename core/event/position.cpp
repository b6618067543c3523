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

}  // namespace

std::array<char, kCursorSize> cursor_text(Position position) {
  // 128 bits in 22 digits of six: ten of the epoch, one of both, eleven of the number with four zeros behind it.
  static_assert(kCursorSize == 22);
  std::array<char, kCursorSize> out;
  for (unsigned i = 0; i < 10; ++i) out[i] = kAlphabet[position.epoch >> (58 - 6 * i) & 63];
  out[10] = kAlphabet[(position.epoch << 2 | position.seq >> 62) & 63];
  for (unsigned i = 0; i < 10; ++i) out[11 + i] = kAlphabet[position.seq >> (56 - 6 * i) & 63];
  out[21] = kAlphabet[position.seq << 4 & 63];
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
