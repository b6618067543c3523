#include "plugins/sources/webhook/encoding.hpp"

#include <algorithm>
#include <cstdint>

namespace webhook {
namespace {

int hex_digit(char c, bool lower_too) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (lower_too && c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

Decoded decode_hex(std::string_view text, bool lower_too, std::string &to) {
  if (!std::all_of(text.begin(), text.end(), [&](char c) { return hex_digit(c, lower_too) >= 0; }))
    return Decoded::kCharacters;
  if (text.empty() || text.size() % 2 != 0) return Decoded::kLength;
  to.reserve(to.size() + text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2)
    to += static_cast<char>(hex_digit(text[i], lower_too) * 16 + hex_digit(text[i + 1], lower_too));
  return Decoded::kOk;
}

Decoded decode_base64(std::string_view text, std::string &to) {
  const size_t padding_from = std::min(text.find('='), text.size());
  const std::string_view digits = text.substr(0, padding_from), padding = text.substr(padding_from);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return base64_digit(c) >= 0; }) ||
      padding.find_first_not_of('=') != std::string_view::npos)
    return Decoded::kCharacters;
  if (text.empty() || text.size() % 4 != 0 || padding.size() > 2) return Decoded::kLength;
  std::string made;
  uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : digits) {
    bits = (bits << 6 | static_cast<uint32_t>(base64_digit(c))) & 0xFFFFFFu;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    made += static_cast<char>(static_cast<unsigned char>(bits >> held));
  }
  // Bits that are left over must be 0, or several texts would mean the same bytes.
  if ((bits & ((1u << held) - 1)) != 0) return Decoded::kLength;
  to += made;
  return Decoded::kOk;
}

}  // namespace

Decoded decode(Encoding encoding, std::string_view text, std::string &to) {
  switch (encoding) {
    case Encoding::kHex:
      return decode_hex(text, true, to);
    case Encoding::kUpperHex:
      return decode_hex(text, false, to);
    case Encoding::kBase64:
      return decode_base64(text, to);
    case Encoding::kUtf8:
      break;
  }
  to += text;
  return Decoded::kOk;
}

std::string hex_of(std::string_view bytes) {
  constexpr const char *kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string base64_of(std::string_view bytes) {
  constexpr const char *kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = std::min<size_t>(bytes.size() - i, 3);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) text += k <= left ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace webhook
