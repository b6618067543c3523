#include "plugins/sinks/socketio/engine_payload3.hpp"

#include <optional>

#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// A length has at most this many digits: more than any payload that a listener lets in.
constexpr size_t kLengthDigitsMax = 10;
constexpr char kBinaryMessage = '\x04';

// Takes the digits up to `end` off the body; `zero` is the byte that means 0.
std::optional<size_t> take_length(std::string_view &body, char zero, char end) {
  size_t value = 0;
  for (size_t i = 0; i < body.size() && i <= kLengthDigitsMax; ++i) {
    if (body[i] == end) {
      if (i == 0) return std::nullopt;
      body.remove_prefix(i + 1);
      return value;
    }
    const int digit = static_cast<unsigned char>(body[i]) - static_cast<unsigned char>(zero);
    if (digit < 0 || digit > 9) return std::nullopt;
    value = value * 10 + static_cast<size_t>(digit);
  }
  return std::nullopt;
}

bool read_binary_piece(bool binary, std::string_view piece, std::string &scratch, EnginePacket &out) {
  if (!binary) return valid_utf8(piece) && read_packet3(piece, scratch, out);
  if (piece.empty() || piece[0] != kBinaryMessage) return false;
  out = {kMessage, true, piece.substr(1)};
  return true;
}

void append_binary_length(std::string &out, size_t length) {
  for (const char digit : std::to_string(length)) out += static_cast<char>(digit - '0');
  out += '\xff';
}

}  // namespace

bool read_packet3(std::string_view piece, std::string &scratch, EnginePacket &out) {
  if (piece.empty() || piece[0] != 'b') return read_text_packet(piece, out);
  if (piece.size() < 2 || piece[1] != kMessage) return false;
  auto bytes = decode_base64(piece.substr(2));
  if (!bytes) return false;
  scratch = std::move(*bytes);
  out = {kMessage, true, scratch};
  return true;
}

bool decode_payload3_text(std::string_view body, const PacketVisitor &visit) {
  if (body.empty()) return false;
  std::string scratch;
  while (!body.empty()) {
    const auto units = take_length(body, '0', ':');
    if (!units) return false;
    const auto bytes = utf16_prefix(body, *units);
    EnginePacket packet;
    if (!bytes || !read_packet3(body.substr(0, *bytes), scratch, packet)) return false;
    if (!visit(packet)) return true;
    body.remove_prefix(*bytes);
  }
  return true;
}

bool decode_payload3_binary(std::string_view body, const PacketVisitor &visit) {
  if (body.empty()) return false;
  std::string scratch;
  while (!body.empty()) {
    const char kind = body[0];
    if (kind != 0 && kind != 1) return false;
    body.remove_prefix(1);
    const auto length = take_length(body, '\0', '\xff');
    if (!length || *length > body.size()) return false;
    EnginePacket packet;
    if (!read_binary_piece(kind == 1, body.substr(0, *length), scratch, packet)) return false;
    if (!visit(packet)) return true;
    body.remove_prefix(*length);
  }
  return true;
}

std::string encode_payload3_text(const Parts &parts) {
  std::string out;
  for (const Part &part : parts) {
    if (!part.binary) {
      out += std::to_string(utf16_length(part.bytes)) + ':' + part.bytes;
      continue;
    }
    std::string packet{'b', kMessage};
    append_base64(packet, std::string_view(part.bytes).substr(1));
    out += std::to_string(packet.size()) + ':' + packet;
  }
  return out;
}

std::string encode_payload3_binary(const Parts &parts) {
  std::string out;
  for (const Part &part : parts) {
    out += part.binary ? '\x01' : '\0';
    append_binary_length(out, part.bytes.size());
    out += part.bytes;
  }
  return out;
}

}  // namespace socketio
