#include "core/net/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace signalbox::net {
namespace {

// How many bytes at the begin are ASCII, looked at eight at a time; may stop up to seven early.
size_t skip_ascii(const char *bytes, size_t size) {
  size_t at = 0;
  for (uint64_t word = 0; at + sizeof word <= size; at += sizeof word) {
    std::memcpy(&word, bytes + at, sizeof word);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  return at;
}

}  // namespace

bool Utf8Validator::lead(unsigned char c) {
  low_ = 0x80;
  high_ = 0xbf;
  if (c >= 0xc2 && c <= 0xdf) {
    needed_ = 1;
  } else if (c >= 0xe0 && c <= 0xef) {
    needed_ = 2;
    if (c == 0xe0) low_ = 0xa0;
    if (c == 0xed) high_ = 0x9f;
  } else if (c >= 0xf0 && c <= 0xf4) {
    needed_ = 3;
    if (c == 0xf0) low_ = 0x90;
    if (c == 0xf4) high_ = 0x8f;
  } else {
    return false;
  }
  return true;
}

bool Utf8Validator::feed(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    if (needed_ == 0) {
      at += skip_ascii(bytes.data() + at, bytes.size() - at);
      while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
      if (at == bytes.size()) return true;
      if (!lead(static_cast<unsigned char>(bytes[at++]))) return false;
      continue;
    }
    const auto c = static_cast<unsigned char>(bytes[at++]);
    if (c < low_ || c > high_) return false;
    low_ = 0x80;
    high_ = 0xbf;
    --needed_;
  }
  return true;
}

bool is_utf8(std::string_view text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

}  // namespace signalbox::net
