#include "core/net/ws_frame.hpp"

#include "core/net/ws_codec.hpp"

namespace signalbox::net {
namespace {

constexpr WsHeaderRead kWrong{kWsProtocolError, 0};
constexpr WsHeaderRead kMore{0, 0};
constexpr size_t kControlMax = 125;  // RFC 6455 section 5.5

bool opcode_known(unsigned opcode) { return opcode <= kWsBinary || (opcode >= kWsClose && opcode <= kWsPong); }

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

WsHeaderRead ws_read_header(std::string_view bytes, bool deflate, WsFrameHeader &out) {
  if (bytes.empty()) return kMore;
  const auto first = static_cast<unsigned char>(bytes[0]);
  out.fin = (first & 0x80) != 0;
  out.opcode = first & 0x0f;
  out.compressed = (first & 0x40) != 0;
  // A reserved bit without an extension must be 0; permessage-deflate has one, on the first frame of a message.
  if ((first & 0x30) != 0 || !opcode_known(out.opcode)) return kWrong;
  if (out.compressed && (!deflate || out.control() || out.opcode == kWsContinuation)) return kWrong;
  if (out.control() && !out.fin) return kWrong;
  if (bytes.size() < 2) return kMore;
  const auto second = static_cast<unsigned char>(bytes[1]);
  if ((second & 0x80) == 0) return kWrong;
  const unsigned short_size = second & 0x7f;
  if (out.control() && short_size > kControlMax) return kWrong;
  const size_t size_bytes = short_size == 126 ? 2 : short_size == 127 ? 8 : 0;
  if (bytes.size() < 2 + size_bytes) return kMore;
  out.size = size_bytes == 0 ? short_size : big_endian(bytes.substr(2, size_bytes));
  if (size_bytes == 2 && out.size < 126) return kWrong;
  if (size_bytes == 8 && (out.size < 0x10000 || out.size >> 63 != 0)) return kWrong;
  const size_t header_size = 2 + size_bytes + 4;
  if (bytes.size() < header_size) return kMore;
  for (size_t i = 0; i < 4; ++i) out.mask[i] = static_cast<unsigned char>(bytes[2 + size_bytes + i]);
  return {0, static_cast<uint8_t>(header_size)};
}

}  // namespace signalbox::net
