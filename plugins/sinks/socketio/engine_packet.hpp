// What Engine.IO's payload codecs have in common (engine.io-protocol revisions 3 and 4).
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace socketio {

// Packet types, as they stand on the wire.
inline constexpr char kOpen = '0', kClose = '1', kPing = '2', kPong = '3', kMessage = '4', kUpgrade = '5', kNoop = '6';
inline bool is_packet_type(char c) { return c >= kOpen && c <= kNoop; }

// One packet that was read.  `data` is borrowed for the visit.
struct EnginePacket {
  char type = kNoop;
  bool binary = false;  // only messages are
  std::string_view data;
};
// Gets the packets of a payload in order; false = stop reading, the rest does not matter.
using PacketVisitor = std::function<bool(const EnginePacket &)>;

// One packet to write, as it stands in a WebSocket message: text begins with the type; binary is the bare message in
// revision 4 and begins with byte 4 in revision 3.
struct Part {
  bool binary = false;
  std::string bytes;
};
using Parts = std::vector<Part>;

// Reads the packet in a WebSocket text message or a payload's text piece (not base64).  False = no packet.
inline bool read_text_packet(std::string_view text, EnginePacket &out) {
  if (text.empty() || !is_packet_type(text[0])) return false;
  out = {text[0], false, text.substr(1)};
  return true;
}

}  // namespace socketio
