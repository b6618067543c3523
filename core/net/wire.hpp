// How a plugin's frame becomes bytes of a connection: WebSocket messages, plain or compressed, chunks of a streaming
// response, or the bare bytes (HTTP/1.0, a response with a known length).  [lane]
#pragma once
#include <sbx/sbx.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "core/event/frame.hpp"

namespace signalbox::net {

class WsDeflater;

enum class Wire : uint8_t { websocket, websocket_deflate, chunked, bare };
inline constexpr size_t kWireCount = 4;

// Whether what was encoded for one wire may be sent on another: a compressing WebSocket takes plain messages, too.
bool wire_takes(Wire to, Wire from);

// One frame of all parts; for the wires of WebSockets its parts() say where each message's payload lies.  Plain
// messages for Wire::websocket_deflate.
FramePtr encode_frame(Wire wire, const sbx_frame &frame);
FramePtr encode_ws(unsigned opcode, std::string_view payload, uint32_t flags = 0);

// A frame in the forms that its receivers need, each made once, when the first of them comes.
class Encodings {
 public:
  // REQUIRES: both outlive this
  Encodings(const sbx_frame &frame, WsDeflater &deflater) : frame_(frame), deflater_(deflater) {}
  Frame *of(Wire wire) {
    FramePtr &kept = made_[static_cast<size_t>(wire)];
    if (!kept) kept = make(wire);
    return kept.get();
  }

 private:
  FramePtr make(Wire wire);

  const sbx_frame &frame_;
  WsDeflater &deflater_;
  std::array<FramePtr, kWireCount> made_;
};

}  // namespace signalbox::net
