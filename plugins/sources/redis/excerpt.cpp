#include "plugins/sources/redis/excerpt.hpp"

namespace redis {

std::string excerpt(std::string_view text, size_t bytes_max) {
  constexpr const char *kHex = "0123456789abcdef";
  std::string out;
  for (char c : text.substr(0, bytes_max)) {
    auto u = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (u >= 0x20 && u < 0x7F) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[u >> 4];
      out += kHex[u & 15];
    }
  }
  if (text.size() > bytes_max) out += "... (" + std::to_string(text.size()) + " bytes)";
  return out;
}

}  // namespace redis
