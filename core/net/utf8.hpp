// Utf8Validator: checks UTF-8 (RFC 3629) as it comes, cut anywhere; four bytes of state.  A wrong byte is told as soon
// as it is seen, even in the middle of a character.  Owned by a WebSocket decoder; pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace signalbox::net {

class Utf8Validator {
 public:
  // False as soon as the text so far cannot be the begin of valid UTF-8; feed nothing more then.
  bool feed(std::string_view bytes);
  // No character is left unfinished.
  bool complete() const { return needed_ == 0; }

 private:
  bool lead(unsigned char c);

  uint8_t needed_ = 0;   // continuation bytes still to come
  uint8_t low_ = 0x80;   // what the next one must lie between: narrower after E0, ED, F0 and F4,
  uint8_t high_ = 0xbf;  // which keeps out overlong forms, surrogates and what is above U+10FFFF
};

bool is_utf8(std::string_view text);

}  // namespace signalbox::net
