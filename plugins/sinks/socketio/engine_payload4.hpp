// Engine.IO 4 payloads: packets joined by 0x1e; a binary message is 'b' and base64.  Pure.
#pragma once
#include "plugins/sinks/socketio/engine_packet.hpp"

namespace socketio {

// Reads one packet as it stands in a payload or in a WebSocket text message; `scratch` holds what base64 gave.
bool read_packet4(std::string_view piece, std::string &scratch, EnginePacket &out);

// False = malformed; packets before the fault have been visited.  REQUIRES: valid_utf8(body)
bool decode_payload4(std::string_view body, const PacketVisitor &visit);

std::string encode_payload4(const Parts &parts);

}  // namespace socketio
