#include "plugins/sinks/socketio/engine_payload4.hpp"

#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

constexpr char kSeparator = '\x1e';

}  // namespace

bool read_packet4(std::string_view piece, std::string &scratch, EnginePacket &out) {
  if (piece.empty() || piece[0] != 'b') return read_text_packet(piece, out);
  auto bytes = decode_base64(piece.substr(1));
  if (!bytes) return false;
  scratch = std::move(*bytes);
  out = {kMessage, true, scratch};
  return true;
}

bool decode_payload4(std::string_view body, const PacketVisitor &visit) {
  std::string scratch;
  for (;;) {
    const size_t end = body.find(kSeparator);
    EnginePacket packet;
    if (!read_packet4(body.substr(0, end), scratch, packet)) return false;
    if (!visit(packet) || end == std::string_view::npos) return true;
    body.remove_prefix(end + 1);
  }
}

std::string encode_payload4(const Parts &parts) {
  std::string out;
  for (const Part &part : parts) {
    if (&part != parts.data()) out += kSeparator;
    if (part.binary) {
      out += 'b';
      append_base64(out, part.bytes);
    } else {
      out += part.bytes;
    }
  }
  return out;
}

}  // namespace socketio
