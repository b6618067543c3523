#include "core/cli/yaml_text.hpp"

#include <algorithm>
#include <cstdio>

#include "core/config/text.hpp"

namespace signalbox {
namespace {

// The code point of one UTF-8 character.
unsigned code_point(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0);
  unsigned point = byte(0) & (0x7Fu >> character.size());
  for (size_t i = 1; i < character.size(); ++i) point = point << 6 | (byte(i) & 0x3Fu);
  return point;
}

// What YAML may take for a line's end, may not hold at all, or no editor shows.
bool must_be_escaped(unsigned point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 || point == 0xFEFF ||
         (point >= 0xFFFE && point <= 0xFFFF);
}

}  // namespace

std::string yaml_quoted_template(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::string_view character = text.substr(0, config::utf8_step(text));
    text.remove_prefix(character.size());
    if (const unsigned point = code_point(character); must_be_escaped(point)) {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u%04X", point);
      out += escape;
    } else {
      if (character == "\"" || character == "\\") out += '\\';
      out += character;
    }
  }
  return out + '"';
}

std::string yaml_quoted(std::string_view text) { return yaml_quoted_template(yaml_plain(text)); }

std::string yaml_plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '$') out += '$';
  }
  return out;
}

std::string yaml_variable(std::string_view name, std::string_view text) {
  if (text.find('}') != std::string_view::npos) return yaml_plain(text);
  return "${" + std::string(name) + ":-" + std::string(text) + '}';
}

std::string yaml_comment(std::string_view text, size_t max) { return config::printable(text, max); }

}  // namespace signalbox
