// How a plugin's frame becomes bytes of a connection: WebSocket messages, chunks of a streaming response, or the bare
// bytes (HTTP/1.0, a response with a known length).  Pure.
#pragma once
#include <sbx/sbx.h>

#include <cstdint>
#include <string_view>

#include "core/event/frame.hpp"

namespace signalbox::net {

enum class Wire : uint8_t { websocket, chunked, bare };

// One frame of all parts; for Wire::websocket its parts() say where each message's payload lies.
FramePtr encode_frame(Wire wire, const sbx_frame &frame);
FramePtr encode_ws(unsigned opcode, std::string_view payload, uint32_t flags = 0);

}  // namespace signalbox::net
