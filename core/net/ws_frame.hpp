// The header of one frame that a client sends (RFC 6455 section 5.2), and all that can be wrong with it.  Pure; used by
// WsDecoder.
#pragma once
#include <cstdint>
#include <string_view>

namespace signalbox::net {

inline constexpr size_t kWsClientHeaderMax = 14;

struct WsFrameHeader {
  unsigned opcode = 0;
  bool fin = false;
  bool compressed = false;  // RSV1, of a message's first frame (RFC 7692 section 6)
  uint64_t size = 0;
  unsigned char mask[4] = {};

  bool control() const { return opcode >= 0x8; }
};

struct WsHeaderRead {
  uint16_t close_code = 0;  // not 0: fail the connection
  uint8_t size = 0;         // of the header; 0: more bytes are wanted
};

// Reads the header at the begin of `bytes`.  Wrong ones are told as early as their bytes say so.  `deflate`: compressed
// messages were agreed on.
WsHeaderRead ws_read_header(std::string_view bytes, bool deflate, WsFrameHeader &out);

}  // namespace signalbox::net
