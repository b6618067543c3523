// Text as browsers send and want it: query fields (application/x-www-form-urlencoded) and base64 (RFC 4648 section 4).
// For plugins.  Pure functions; any thread.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sbx {
inline namespace v1 {

namespace web_text {
inline int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte of the escape that begins at `i`, or -1.
inline int escape_at(std::string_view text, size_t i) noexcept {
  if (text[i] != '%' || i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return -1;
  return hex(text[i + 1]) * 16 + hex(text[i + 2]);
}
}  // namespace web_text

// A name or value of a query; '+' is a space.  A '%' that begins no escape stands for itself.
inline std::string decode_field(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const int escaped = web_text::escape_at(text, i);
    out += escaped >= 0 ? static_cast<char>(escaped) : text[i] == '+' ? ' ' : text[i];
    if (escaped >= 0) i += 2;
  }
  return out;
}

// The same, but nothing when a '%' begins no escape: what its writer meant cannot be known.
inline std::optional<std::string> decode_field_strictly(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && web_text::escape_at(text, i) < 0) return std::nullopt;
  return decode_field(text);
}

struct Field {
  std::string_view name, value;  // not decoded
};
// Takes the first field off the query.
inline Field take_field(std::string_view &query) noexcept {
  const std::string_view field = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(field.size() + 1, query.size()));
  const size_t equals = field.find('=');
  if (equals == std::string_view::npos) return {field, {}};
  return {field.substr(0, equals), field.substr(equals + 1)};
}

inline void append_base64(std::string &out, std::string_view bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  const auto at = [&](size_t i) { return i < bytes.size() ? uint32_t{static_cast<unsigned char>(bytes[i])} : 0u; };
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t v = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    out += kAlphabet[v >> 18];
    out += kAlphabet[v >> 12 & 63];
    out += i + 1 < bytes.size() ? kAlphabet[v >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kAlphabet[v & 63] : '=';
  }
}

}  // namespace v1
}  // namespace sbx
