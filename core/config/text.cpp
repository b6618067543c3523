#include "core/config/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>

namespace signalbox::config {
namespace {

unsigned char byte_at(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }
bool continues(std::string_view text, size_t i) { return i < text.size() && (byte_at(text, i) & 0xC0) == 0x80; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// The length of the valid character at `i`, or 0.
size_t valid_character(std::string_view text, size_t i) {
  unsigned char a = byte_at(text, i);
  if (a < 0x80) return 1;
  if (a < 0xC2 || a > 0xF4) return 0;
  if (!continues(text, i + 1)) return 0;
  unsigned char b = byte_at(text, i + 1);
  if (a < 0xE0) return 2;
  if (!continues(text, i + 2)) return 0;
  if (a < 0xF0) {
    if ((a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F)) return 0;
    return 3;
  }
  if ((a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F)) return 0;
  return continues(text, i + 3) ? 4 : 0;
}

uint32_t code_point(std::string_view c) {
  if (c.size() == 1) return byte_at(c, 0);
  uint32_t value = byte_at(c, 0) & (0xFFu >> (c.size() + 1));
  for (size_t i = 1; i < c.size(); ++i) value = value << 6 | (byte_at(c, i) & 0x3Fu);
  return value;
}

// Characters that a terminal does not show, or that turn the order of the others around.
bool invisible(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

std::string based_integer(std::string_view digits, int base) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return {};
  return std::to_string(value);
}

}  // namespace

size_t utf8_prefix(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    size_t step = valid_character(text, i);
    if (step == 0) return i;
    i += step;
  }
  return i;
}

size_t utf8_step(std::string_view text) { return std::max<size_t>(1, valid_character(text, 0)); }

std::string printable_character(std::string_view text) {
  char escaped[16];
  if (valid_character(text, 0) == 0) {
    std::snprintf(escaped, sizeof escaped, "\\x%02x", byte_at(text, 0));
    return escaped;
  }
  uint32_t c = code_point(text);
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return " ";
  if (!invisible(c)) return std::string(text);
  std::snprintf(escaped, sizeof escaped, c < 0x100 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(c));
  return escaped;
}

std::string printable(std::string_view text, size_t max) {
  std::string out;
  for (size_t shown = 0; !text.empty(); ++shown) {
    if (shown == max) return out + "...";
    size_t step = utf8_step(text);
    out += printable_character(text.substr(0, step));
    text.remove_prefix(step);
  }
  return out;
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
          out += escaped;
        } else {
          out += c;
        }
    }
  }
  return out += '"';
}

std::string json_number(std::string_view plain) {
  if (plain.starts_with("0x")) return based_integer(plain.substr(2), 16);
  if (plain.starts_with("0o")) return based_integer(plain.substr(2), 8);
  size_t i = 0;
  auto digits = [&] {
    size_t begin = i;
    while (i < plain.size() && digit(plain[i])) ++i;
    return plain.substr(begin, i - begin);
  };
  std::string out;
  if (i < plain.size() && (plain[i] == '-' || plain[i] == '+')) {
    if (plain[i++] == '-') out = "-";
  }
  std::string_view whole = digits();
  std::string_view fraction;
  bool point = i < plain.size() && plain[i] == '.';
  if (point) {
    ++i;
    fraction = digits();
  }
  if (whole.empty() && fraction.empty()) return {};
  std::string_view significant = whole.substr(std::min(whole.find_first_not_of('0'), whole.size()));
  out += significant.empty() ? "0" : significant;
  if (point) out.append(".").append(fraction.empty() ? "0" : fraction);
  if (i < plain.size() && (plain[i] == 'e' || plain[i] == 'E')) {
    out += 'e';
    ++i;
    if (i < plain.size() && (plain[i] == '-' || plain[i] == '+')) out += plain[i++];
    std::string_view exponent = digits();
    if (exponent.empty()) return {};
    out += exponent;
  }
  return i == plain.size() ? out : std::string();
}

std::string pointer_step(std::string_view key) {
  std::string out = "/";
  for (char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string listed(const std::string *begin, const std::string *end, size_t max) {
  std::string out;
  size_t count = static_cast<size_t>(end - begin);
  for (size_t i = 0; i < std::min(count, max); ++i) {
    if (i > 0) out += i + 1 == count ? " or " : ", ";
    out += begin[i];
  }
  if (count > max) out += " (and " + std::to_string(count - max) + " more)";
  return out;
}

}  // namespace signalbox::config
