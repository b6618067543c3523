// json_text.hpp: UTF-8 and JSON strings: check, compare, decode, quote.  json_scan.hpp stands on it and includes it. No
// allocation but in append_*.  Header-only, any thread.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sbx {
inline namespace v1 {
namespace json {

namespace detail {
// How many bytes at the front are ASCII that stands for itself in a JSON string: no quote, backslash or control
// character.  Sixteen at a time, in a way that every processor with such registers has an instruction for.
inline size_t plain_run(std::string_view s) noexcept {
  typedef signed char Lot __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): not in clang
  size_t at = 0;
  for (; s.size() - at >= sizeof(Lot); at += sizeof(Lot)) {
    Lot v;
    std::memcpy(&v, s.data() + at, sizeof v);
    const auto special = (v < 0x20) | (v == '"') | (v == '\\');  // what is not ASCII counts as negative
    uint64_t halves[2];
    std::memcpy(halves, &special, sizeof halves);
    if ((halves[0] | halves[1]) != 0) break;
  }
  for (; at < s.size(); ++at) {
    const auto c = static_cast<unsigned char>(s[at]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return at;
}
// How long the UTF-8 sequence is that begins at s[0]; 0 = it is none (RFC 3629 section 4).
inline size_t utf8_length(std::string_view s) noexcept {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  auto tail = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < s.size() && byte(i) >= low && byte(i) <= high;
  };
  unsigned c = s.empty() ? 0xFFu : byte(0);
  if (c < 0x80) return 1;
  if (c >= 0xC2 && c <= 0xDF) return tail(1) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) return tail(1, c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF) && tail(2) ? 3 : 0;
  if (c >= 0xF0 && c <= 0xF4)
    return tail(1, c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF) && tail(2) && tail(3) ? 4 : 0;
  return 0;
}
// Four hexadecimal digits, or -1.
inline int32_t hex4(std::string_view s) noexcept {
  if (s.size() < 4) return -1;
  int32_t v = 0;
  for (char c : s.substr(0, 4)) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return -1;
    v = v * 16 + digit;
  }
  return v;
}
// A character written as an escape: its code point and how long the escape is; length 0 = it is none.
struct Escape {
  uint32_t code;
  size_t length;
};
inline Escape escape(std::string_view s) noexcept {  // s[0] is the backslash
  if (s.size() < 2) return {0, 0};
  switch (s[1]) {
    case '"':
    case '\\':
    case '/':
      return {static_cast<unsigned char>(s[1]), 2};
    case 'b':
      return {'\b', 2};
    case 'f':
      return {'\f', 2};
    case 'n':
      return {'\n', 2};
    case 'r':
      return {'\r', 2};
    case 't':
      return {'\t', 2};
    case 'u':
      break;
    default:
      return {0, 0};
  }
  int32_t high = hex4(s.substr(2));
  if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF)) return {0, 0};
  if (high < 0xD800 || high > 0xDBFF) return {static_cast<uint32_t>(high), 6};
  if (s.size() < 12 || s[6] != '\\' || s[7] != 'u') return {0, 0};
  int32_t low = hex4(s.substr(8));
  if (low < 0xDC00 || low > 0xDFFF) return {0, 0};
  return {0x10000u + ((static_cast<uint32_t>(high) - 0xD800u) << 10) + (static_cast<uint32_t>(low) - 0xDC00u), 12};
}
inline size_t encode(uint32_t code, char (&out)[4]) noexcept {
  auto put = [&](size_t i, uint32_t v) { out[i] = static_cast<char>(static_cast<unsigned char>(v)); };
  if (code < 0x80) return put(0, code), 1;
  if (code < 0x800) return put(0, 0xC0 | code >> 6), put(1, 0x80 | (code & 63)), 2;
  if (code < 0x10000) return put(0, 0xE0 | code >> 12), put(1, 0x80 | (code >> 6 & 63)), put(2, 0x80 | (code & 63)), 3;
  put(0, 0xF0 | code >> 18), put(1, 0x80 | (code >> 12 & 63));
  return put(2, 0x80 | (code >> 6 & 63)), put(3, 0x80 | (code & 63)), 4;
}
}  // namespace detail

inline bool valid_utf8(std::string_view text) noexcept {
  for (text.remove_prefix(detail::plain_run(text)); !text.empty();) {
    size_t n = detail::utf8_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

// Does a raw JSON string (as Reader gives it, with quotes and escapes) say `plain`?
inline bool equals(std::string_view raw_string, std::string_view plain) noexcept {
  std::string_view s = raw_string.substr(1, raw_string.size() - 2);
  if (s == plain && s.find('\\') == s.npos) return true;
  while (!s.empty()) {
    char out[4] = {s[0]};
    size_t taken = 1, made = 1;
    if (s[0] == '\\') {
      auto e = detail::escape(s);
      taken = e.length;
      made = detail::encode(e.code, out);
    }
    if (taken == 0 || !plain.starts_with(std::string_view(out, made))) return false;
    s.remove_prefix(taken);
    plain.remove_prefix(made);
  }
  return plain.empty();
}

// Appends what a raw JSON string says.
inline void append_decoded(std::string &to, std::string_view raw_string) {
  std::string_view s = raw_string.substr(1, raw_string.size() - 2);
  while (!s.empty()) {
    size_t plain = std::min(s.find('\\'), s.size());
    to.append(s.substr(0, plain));
    s.remove_prefix(plain);
    if (s.empty()) break;
    auto e = detail::escape(s);
    if (e.length == 0) break;  // REQUIRES: came from a Reader
    char out[4];
    to.append(out, detail::encode(e.code, out));
    s.remove_prefix(e.length);
  }
}

// Appends text as a JSON string.  REQUIRES: valid_utf8(text)
inline void append_quoted(std::string &to, std::string_view text) {
  constexpr const char *kHex = "0123456789abcdef";
  to += '"';
  for (size_t at = 0;; ++at) {
    const size_t plain = detail::plain_run(text.substr(at));
    to.append(text.substr(at, plain));
    at += plain;
    if (at == text.size()) break;
    const char c = text[at];
    auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      to += '\\', to += c;
    } else if (c == '\n') {
      to += "\\n";
    } else if (u < 0x20) {
      to += "\\u00", to += kHex[u >> 4], to += kHex[u & 15];
    } else {
      to += c;
    }
  }
  to += '"';
}

}  // namespace json
}  // namespace v1
}  // namespace sbx
