#include "core/net/wire.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <vector>

#include "core/net/ws_codec.hpp"
#include "core/net/ws_deflate.hpp"

namespace signalbox::net {
namespace {

char *put(char *at, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

std::string_view part(const sbx_frame &frame, size_t i) { return {frame.parts[i].ptr, frame.parts[i].len}; }

bool is_binary(const sbx_frame &frame, size_t i) { return frame.binary && frame.binary[i]; }

// What stands before and behind the bytes of one message or piece.
struct Wrapping {
  char bytes[20];
  size_t head = 0;
  std::string_view tail;

  std::string_view before() const { return {bytes, head}; }
  size_t size() const { return head + tail.size(); }
};
static_assert(kWsHeaderMax <= sizeof Wrapping::bytes);

Wrapping wrap_message(bool binary, size_t size, bool compressed = false) {
  Wrapping out;
  out.head = ws_encode_header(out.bytes, binary ? kWsBinary : kWsText, size, true, compressed);
  return out;
}

Wrapping wrap_bytes(bool chunked, size_t size) {
  Wrapping out;
  if (!chunked || size == 0) return out;  // an empty chunk would be the last one
  char *end = std::to_chars(out.bytes, out.bytes + sizeof out.bytes - 2, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.head = static_cast<size_t>(end - out.bytes);
  out.tail = "\r\n";
  return out;
}

bool is_websocket(Wire wire) { return wire == Wire::websocket || wire == Wire::websocket_deflate; }

// An empty frame with room for `size` bytes, with all that it carries beside its parts.
FramePtr make_frame(Wire wire, const sbx_frame &frame, size_t size) {
  const size_t parts = is_websocket(wire) ? frame.part_count : 0;
  const std::string_view key{frame.coalesce_key.ptr, frame.coalesce_key.len};
  if (frame.flags & SBX_FRAME_CONTROL) return Frame::make(size, parts, Frame::kControl, key);
  if (!SBX_HAS(&frame, gap) || frame.gap.len == 0) return Frame::make(size, parts, 0, key);
  const std::string_view gap{frame.gap.ptr, frame.gap.len};
  const Wrapping wrapping =
      is_websocket(wire) ? wrap_message(false, gap.size()) : wrap_bytes(wire == Wire::chunked, gap.size());
  const GapSize gap_size{static_cast<uint32_t>(wrapping.head), static_cast<uint32_t>(gap.size()),
                         static_cast<uint32_t>(wrapping.tail.size())};
  FramePtr out = Frame::make(size, parts, 0, key, gap_size);
  put(put(put(out->fill_gap(), wrapping.before()), gap), wrapping.tail);
  return out;
}

FramePtr encode_messages(const sbx_frame &frame) {
  size_t size = 0;
  for (size_t i = 0; i < frame.part_count; ++i)
    size += wrap_message(false, frame.parts[i].len).size() + frame.parts[i].len;
  FramePtr out = make_frame(Wire::websocket, frame, size);
  char *const begin = out->fill();
  char *at = begin;
  for (size_t i = 0; i < frame.part_count; ++i) {
    const bool binary = is_binary(frame, i);
    at += ws_encode_header(at, binary ? kWsBinary : kWsText, frame.parts[i].len);
    out->parts()[i] = {static_cast<uint32_t>(at - begin), static_cast<uint32_t>(frame.parts[i].len), binary};
    at = put(at, part(frame, i));
  }
  return out;
}

// None if no message becomes smaller: then the plain form is shared.
FramePtr encode_compressed(const sbx_frame &frame, WsDeflater &deflater) {
  std::string all;
  bool any = false;
  std::vector<Frame::Part> parts(frame.part_count);
  for (size_t i = 0; i < frame.part_count; ++i) {
    const bool binary = is_binary(frame, i);
    const std::string_view smaller = deflater.deflate(part(frame, i));
    const std::string_view payload = smaller.empty() ? part(frame, i) : smaller;
    any = any || !smaller.empty();
    all.append(wrap_message(binary, payload.size(), !smaller.empty()).before());
    parts[i] = {static_cast<uint32_t>(all.size()), static_cast<uint32_t>(payload.size()), binary};
    all.append(payload);
  }
  if (!any) return {};
  FramePtr out = make_frame(Wire::websocket_deflate, frame, all.size());
  put(out->fill(), all);
  std::copy(parts.begin(), parts.end(), out->parts().begin());
  return out;
}

FramePtr encode_bytes(Wire wire, const sbx_frame &frame) {
  size_t size = 0;
  for (size_t i = 0; i < frame.part_count; ++i) size += frame.parts[i].len;
  const Wrapping wrapping = wrap_bytes(wire == Wire::chunked, size);
  FramePtr out = make_frame(wire, frame, size + wrapping.size());
  char *at = put(out->fill(), wrapping.before());
  for (size_t i = 0; i < frame.part_count; ++i) at = put(at, part(frame, i));
  put(at, wrapping.tail);
  return out;
}

}  // namespace

bool wire_takes(Wire to, Wire from) { return to == from || (to == Wire::websocket_deflate && from == Wire::websocket); }

FramePtr encode_frame(Wire wire, const sbx_frame &frame) {
  return is_websocket(wire) ? encode_messages(frame) : encode_bytes(wire, frame);
}

FramePtr Encodings::make(Wire wire) {
  if (wire != Wire::websocket_deflate) return encode_frame(wire, frame_);
  if (FramePtr compressed = encode_compressed(frame_, deflater_)) return compressed;
  of(Wire::websocket);
  return made_[static_cast<size_t>(Wire::websocket)];
}

FramePtr encode_ws(unsigned opcode, std::string_view payload, uint32_t flags) {
  char header[kWsHeaderMax];
  const size_t header_size = ws_encode_header(header, opcode, payload.size());
  FramePtr out = Frame::make(header_size + payload.size(), 0, flags);
  put(put(out->fill(), {header, header_size}), payload);
  return out;
}

}  // namespace signalbox::net
