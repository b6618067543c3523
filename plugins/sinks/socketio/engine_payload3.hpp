// Engine.IO 3 payloads.  Text form: `<length in UTF-16 units>:<packet>` repeated, where a binary message is 'b', its
// type and base64.  Binary form (XHR2): 0 (text) or 1 (binary), the length's decimal digits as bytes 0..9, 0xff,
// packet; lengths in bytes.  Pure.
#pragma once
#include "plugins/sinks/socketio/engine_packet.hpp"

namespace socketio {

// Reads one packet as it stands in a text payload or in a WebSocket text message; `scratch` holds what base64 gave.
bool read_packet3(std::string_view piece, std::string &scratch, EnginePacket &out);

// False = malformed; packets before the fault have been visited.  REQUIRES: valid_utf8(body)
bool decode_payload3_text(std::string_view body, const PacketVisitor &visit);
bool decode_payload3_binary(std::string_view body, const PacketVisitor &visit);

std::string encode_payload3_text(const Parts &parts);
std::string encode_payload3_binary(const Parts &parts);

}  // namespace socketio
