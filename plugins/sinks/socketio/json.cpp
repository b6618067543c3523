#include "plugins/sinks/socketio/json.hpp"

namespace socketio {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex_digit(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Reads on from `i`; every function leaves i behind what it took and answers false at a fault.
struct Reader {
  std::string_view s;
  size_t i = 0;

  char peek() const { return i < s.size() ? s[i] : '\0'; }
  bool end() const { return i >= s.size(); }
  bool take(char c) {
    if (end() || s[i] != c) return false;
    ++i;
    return true;
  }
  void space() {
    while (!end() && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r')) ++i;
  }
  bool word(std::string_view w) {
    if (s.compare(i, w.size(), w) != 0) return false;
    i += w.size();
    return true;
  }
  bool digits() {
    const size_t from = i;
    while (digit(peek())) ++i;
    return i > from;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool escape() {
    const char c = peek();
    ++i;
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos && c != '\0';
    for (int n = 0; n < 4; ++n, ++i)
      if (!hex_digit(peek())) return false;
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (!end()) {
      const char c = s[i++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }
  bool scalar() {
    switch (peek()) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool key() {
    space();
    if (!string()) return false;
    space();
    return take(':');
  }
  // One value, with a stack of its own in place of recursion: true in `in_object` where an object is open.
  bool value() {
    std::vector<bool> in_object;
    for (;;) {
      space();
      const bool object = peek() == '{';
      if (object || peek() == '[') {
        ++i;
        if (in_object.size() >= static_cast<size_t>(kJsonDepthMax)) return false;
        space();
        if (!take(object ? '}' : ']')) {
          in_object.push_back(object);
          if (object && !key()) return false;
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      for (;;) {  // behind a value: the next one, or the ends of what holds it
        if (in_object.empty()) return true;
        space();
        if (take(',')) {
          if (in_object.back() && !key()) return false;
          break;
        }
        if (!take(in_object.back() ? '}' : ']')) return false;
        in_object.pop_back();
      }
    }
  }
};

}  // namespace

bool valid_json(std::string_view text) {
  Reader r{text};
  if (!r.value()) return false;
  r.space();
  return r.end();
}

bool json_elements(std::string_view text, std::vector<std::string_view> &out) {
  Reader r{text};
  r.space();
  if (!r.take('[')) return false;
  r.space();
  if (!r.take(']')) {
    do {
      r.space();
      const size_t from = r.i;
      if (!r.value()) return false;
      out.push_back(text.substr(from, r.i - from));
      r.space();
    } while (r.take(','));
    if (!r.take(']')) return false;
  }
  r.space();
  return r.end();
}

}  // namespace socketio
