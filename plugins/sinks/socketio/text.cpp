#include "plugins/sinks/socketio/text.hpp"

#include <array>
#include <cstdint>

namespace socketio {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int16_t, 256> reverse_alphabet() {
  std::array<int16_t, 256> table{};
  for (auto &entry : table) entry = -1;
  for (int i = 0; i < 64; ++i) table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int16_t>(i);
  return table;
}
constexpr auto kReverse = reverse_alphabet();

uint8_t at(std::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }

// Bytes of the character whose first byte is `lead`.  REQUIRES: valid UTF-8
size_t width(uint8_t lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

// The width of the well-formed character at s[i], or 0 (Unicode 15, table 3-7).
size_t well_formed(std::string_view s, size_t i) {
  const uint8_t lead = at(s, i);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t n = width(lead);
  if (s.size() - i < n) return 0;
  const uint8_t second = at(s, i + 1);
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (size_t k = 2; k < n; ++k)
    if ((at(s, i + k) & 0xC0) != 0x80) return 0;
  return n;
}

}  // namespace

bool valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t n = well_formed(text, i);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

size_t utf16_length(std::string_view text) {
  size_t units = 0;
  for (size_t i = 0; i < text.size();) {
    const size_t n = width(at(text, i));
    units += n == 4 ? 2 : 1;
    i += n;
  }
  return units;
}

std::optional<size_t> utf16_prefix(std::string_view text, size_t units) {
  size_t i = 0;
  while (units > 0) {
    if (i >= text.size()) return std::nullopt;
    const size_t n = width(at(text, i));
    const size_t taken = n == 4 ? 2 : 1;
    if (taken > units) return std::nullopt;
    units -= taken;
    i += n;
  }
  return i;
}

std::optional<std::string> decode_base64(std::string_view text) {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const int value = kReverse[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xFFFFFF;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>(bits >> have & 0xFF);
  }
  return out;
}

void append_json_string(std::string &out, std::string_view text, bool for_script) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (size_t i = 0; i < text.size(); ++i) {
    const uint8_t c = at(text, i);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else if (for_script && c == 0xE2 && i + 2 < text.size() && at(text, i + 1) == 0x80 &&
               (at(text, i + 2) | 1) == 0xA9) {
      out += at(text, i + 2) == 0xA8 ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

}  // namespace socketio
