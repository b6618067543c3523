// The half of text.hpp that knows Unicode: UTF-8 and text that is safe to show.
#include <cstdio>

#include "core/base/text.hpp"

namespace signalbox {
namespace {

uint8_t byte(char c) { return static_cast<uint8_t>(c); }

bool continuation(std::string_view bytes, size_t at) { return at < bytes.size() && (byte(bytes[at]) & 0xC0) == 0x80; }

// REQUIRES: utf8_length(bytes) == size
uint32_t code_point(std::string_view bytes, size_t size) {
  uint32_t value = size == 1 ? byte(bytes[0]) : byte(bytes[0]) & (0xFFu >> (size + 1));
  for (size_t i = 1; i < size; ++i) value = value << 6 | (byte(bytes[i]) & 0x3Fu);
  return value;
}

// Ends a line, moves a cursor or reorders what is read: C0, DEL, C1, LS, PS and the bidirectional controls.
bool unsafe(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_formatted(std::string &out, const char *format, uint32_t value) {
  char text[16];
  const int size = std::snprintf(text, sizeof text, format, value);
  out.append(text, static_cast<size_t>(size));
}

// One unsafe character, or one byte that is not UTF-8.
void append_escaped(std::string &out, uint32_t c, bool character) {
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else {
    append_formatted(out, character && c >= 0x80 ? "\\u{%x}" : "\\x%02x", c);
  }
}

// Calls safe(characters) for runs that may be shown, odd(code point, is a character) for everything else.
template <class Safe, class Odd>
void walk(std::string_view bytes, Safe &&safe, Odd &&odd) {
  size_t run = 0, at = 0;
  while (at < bytes.size()) {
    const size_t size = utf8_length(bytes.substr(at));
    const uint32_t c = size ? code_point(bytes.substr(at), size) : byte(bytes[at]);
    const size_t next = at + (size ? size : 1);
    if (!size || unsafe(c)) {
      safe(bytes.substr(run, at - run));
      odd(c, size != 0);
      run = next;
    }
    at = next;
  }
  safe(bytes.substr(run));
}

}  // namespace

size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const uint8_t first = byte(bytes[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continuation(bytes, 1)) return 0;
  if (first < 0xE0) return 2;
  const uint8_t second = byte(bytes[1]);
  if (!continuation(bytes, 2)) return 0;
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogate
  if (first < 0xF0) return 3;
  if (!continuation(bytes, 3)) return 0;
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
  return 4;
}

bool valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t size = utf8_length(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

void append_printable(std::string &out, std::string_view bytes) {
  walk(
      bytes, [&](std::string_view run) { out += run; },
      [&](uint32_t c, bool character) { append_escaped(out, c, character); });
}

void append_json_string(std::string &out, std::string_view bytes) {
  out += '"';
  walk(
      bytes,
      [&](std::string_view run) {
        for (char c : run) {
          if (c == '"' || c == '\\') out += '\\';
          out += c;
        }
      },
      [&](uint32_t c, bool character) {
        if (c == '\n') {
          out += "\\n";
        } else {
          append_formatted(out, "\\u%04x", character ? c : 0xFFFDu);
        }
      });
  out += '"';
}

std::string excerpt(std::string_view bytes, size_t max) {
  std::string_view shown = bytes.substr(0, max);
  // A cut in the middle of a character would show it as broken, and the sender had it whole.
  if (shown.size() < bytes.size())
    for (size_t back = 1; back <= 3 && back <= shown.size(); ++back) {
      const size_t at = shown.size() - back;
      if ((byte(bytes[at]) & 0xC0) == 0x80) continue;
      if (utf8_length(bytes.substr(at)) > back) shown = shown.substr(0, at);
      break;
    }
  std::string out = "\"";
  walk(
      shown,
      [&](std::string_view run) {
        for (char c : run) {
          if (c == '"' || c == '\\') out += '\\';
          out += c;
        }
      },
      [&](uint32_t c, bool character) { append_escaped(out, c, character); });
  out += '"';
  if (shown.size() < bytes.size()) out += "... (" + std::to_string(bytes.size()) + " bytes)";
  return out;
}

}  // namespace signalbox
