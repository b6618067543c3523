#include "core/net/wire.hpp"

#include <charconv>
#include <cstring>

#include "core/net/ws_codec.hpp"

namespace signalbox::net {
namespace {

char *put(char *at, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

std::string_view part(const sbx_frame &frame, size_t i) { return {frame.parts[i].ptr, frame.parts[i].len}; }

FramePtr encode_messages(const sbx_frame &frame, uint32_t flags, std::string_view key) {
  size_t size = 0;
  char header[kWsHeaderMax];
  for (size_t i = 0; i < frame.part_count; ++i)
    size += ws_encode_header(header, kWsText, frame.parts[i].len) + frame.parts[i].len;
  FramePtr out = Frame::make(size, frame.part_count, flags, key);
  char *const begin = out->fill();
  char *at = begin;
  for (size_t i = 0; i < frame.part_count; ++i) {
    const bool binary = frame.binary && frame.binary[i];
    at += ws_encode_header(at, binary ? kWsBinary : kWsText, frame.parts[i].len);
    out->parts()[i] = {static_cast<uint32_t>(at - begin), static_cast<uint32_t>(frame.parts[i].len), binary};
    at = put(at, part(frame, i));
  }
  return out;
}

FramePtr encode_bytes(const sbx_frame &frame, bool chunked, uint32_t flags, std::string_view key) {
  size_t size = 0;
  for (size_t i = 0; i < frame.part_count; ++i) size += frame.parts[i].len;
  char head[20];
  size_t head_size = 0;
  if (chunked && size > 0) {
    char *end = std::to_chars(head, head + sizeof head - 2, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    head_size = static_cast<size_t>(end - head);
  }
  FramePtr out = Frame::make(size + head_size + (head_size ? 2 : 0), 0, flags, key);
  char *at = put(out->fill(), {head, head_size});
  for (size_t i = 0; i < frame.part_count; ++i) at = put(at, part(frame, i));
  if (head_size) put(at, "\r\n");
  return out;
}

}  // namespace

FramePtr encode_frame(Wire wire, const sbx_frame &frame) {
  const uint32_t flags = frame.flags & SBX_FRAME_CONTROL ? uint32_t{Frame::kControl} : 0u;
  const std::string_view key{frame.coalesce_key.ptr, frame.coalesce_key.len};
  if (wire == Wire::websocket) return encode_messages(frame, flags, key);
  return encode_bytes(frame, wire == Wire::chunked, flags, key);
}

FramePtr encode_ws(unsigned opcode, std::string_view payload, uint32_t flags) {
  char header[kWsHeaderMax];
  const size_t header_size = ws_encode_header(header, opcode, payload.size());
  FramePtr out = Frame::make(header_size + payload.size(), 0, flags);
  put(put(out->fill(), {header, header_size}), payload);
  return out;
}

}  // namespace signalbox::net
