#include "core/net/ws_codec.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/net/utf8.hpp"
#include "core/net/ws_deflate.hpp"
#include "core/net/ws_frame.hpp"

namespace signalbox::net {
namespace {

// Beside the close codes: the peer's close frame was handed out, so the rest does not count.
constexpr uint16_t kEnded = 0xffff;

// What one call of feed() was given beside its bytes.
struct WsReading {
  size_t message_max;
  WsSink &sink;
  WsInflater *inflater;  // none: no message may be compressed

  // How long the payload of a message may be.
  size_t wire_max(bool compressed) const { return compressed ? ws_compressed_max(message_max) : message_max; }
};

std::string_view view(std::span<char> bytes) { return {bytes.data(), bytes.size()}; }

uint16_t close_frame(std::string_view payload, WsSink &sink) {
  if (payload.empty()) {
    sink.on_close(kWsNoCode, {});
    return kEnded;
  }
  if (payload.size() == 1) return kWsProtocolError;
  const unsigned high = static_cast<unsigned char>(payload[0]), low = static_cast<unsigned char>(payload[1]);
  const auto code = static_cast<uint16_t>(high << 8 | low);
  if (!ws_close_code_valid(code)) return kWsProtocolError;
  if (!is_utf8(payload.substr(2))) return kWsInvalidText;
  sink.on_close(code, payload.substr(2));
  return kEnded;
}

uint16_t control_frame(unsigned opcode, std::string_view payload, WsSink &sink) {
  if (opcode == kWsClose) return close_frame(payload, sink);
  if (opcode == kWsPing) {
    sink.on_ping(payload);
  } else {
    sink.on_pong(payload);
  }
  return 0;
}

uint16_t compressed_message(std::string_view payload, bool binary, const WsReading &reading) {
  std::string_view message;
  const uint16_t code = reading.inflater->inflate(payload, reading.message_max, !binary, message);
  if (code == 0) reading.sink.on_message(message, binary);
  return code;
}

// The usual case: one unfragmented frame that is whole in `bytes` goes out without a copy.  Sets how many bytes it
// took; 0 if it is not that simple, and then the state machine looks at it, which also names what is wrong.
uint16_t whole_frame(std::span<char> bytes, const WsReading &reading, size_t &used) {
  WsFrameHeader frame;
  const WsHeaderRead read = ws_read_header(view(bytes), reading.inflater != nullptr, frame);
  if (read.size == 0 || !frame.fin || frame.opcode == kWsContinuation) return 0;
  if (bytes.size() - read.size < frame.size || frame.size > reading.wire_max(frame.compressed)) return 0;
  const std::span<char> payload = bytes.subspan(read.size, static_cast<size_t>(frame.size));
  used = read.size + payload.size();
  ws_unmask(payload, frame.mask, 0);
  if (frame.control()) return control_frame(frame.opcode, view(payload), reading.sink);
  const bool binary = frame.opcode == kWsBinary;
  if (frame.compressed) return compressed_message(view(payload), binary, reading);
  if (!binary && !is_utf8(view(payload))) return kWsInvalidText;
  reading.sink.on_message(view(payload), binary);
  return 0;
}

}  // namespace

// What is kept while a frame or a message is incomplete.
struct WsDecoder::State {
  // Takes one frame, or as much of it as there is, off `bytes`.
  uint16_t step(std::span<char> &bytes, const WsReading &reading);
  bool idle() const { return head_size == 0 && !in_frame && !in_message; }

  uint16_t read_header(std::span<char> &bytes, const WsReading &reading);
  uint16_t begin_frame(const WsReading &reading);
  uint16_t control_piece(std::string_view piece, WsSink &sink);
  uint16_t data_piece(std::string_view piece, const WsReading &reading);

  char head[kWsClientHeaderMax] = {};  // a header that was cut
  size_t head_size = 0;

  WsFrameHeader frame;    // the one whose payload is coming in
  bool in_frame = false;  // its payload is incomplete
  uint64_t received = 0;  // of its payload

  bool in_message = false;  // a fragment without FIN is complete: only continuations may follow
  bool binary = false;
  bool compressed = false;
  std::string message;  // the fragments so far, unmasked
  Utf8Validator text;
  std::string control;  // of a cut control frame: at most 125 bytes
};

uint16_t WsDecoder::State::begin_frame(const WsReading &reading) {
  in_frame = true;
  received = 0;
  control.clear();
  if (frame.control()) return 0;
  if ((frame.opcode == kWsContinuation) != in_message) return kWsProtocolError;
  if (!in_message) {
    binary = frame.opcode == kWsBinary;
    compressed = frame.compressed;
    text = {};
    message.clear();
  }
  const size_t message_max = reading.wire_max(compressed);
  return frame.size > message_max - std::min(message.size(), message_max) ? kWsTooBig : 0;
}

uint16_t WsDecoder::State::read_header(std::span<char> &bytes, const WsReading &reading) {
  const size_t kept = head_size;
  const size_t added = std::min(bytes.size(), sizeof head - kept);
  std::memcpy(head + kept, bytes.data(), added);
  const WsHeaderRead read = ws_read_header({head, kept + added}, reading.inflater != nullptr, frame);
  if (read.close_code != 0) return read.close_code;
  if (read.size == 0) {
    head_size = kept + added;
    bytes = bytes.subspan(added);
    return 0;
  }
  head_size = 0;
  bytes = bytes.subspan(read.size - kept);
  return begin_frame(reading);
}

uint16_t WsDecoder::State::control_piece(std::string_view piece, WsSink &sink) {
  if (!in_frame && control.empty()) return control_frame(frame.opcode, piece, sink);
  control.append(piece);
  return in_frame ? 0 : control_frame(frame.opcode, control, sink);
}

uint16_t WsDecoder::State::data_piece(std::string_view piece, const WsReading &reading) {
  const bool plain_text = !binary && !compressed;
  if (plain_text && !text.feed(piece)) return kWsInvalidText;
  const bool last = !in_frame && frame.fin;
  const bool copied = !last || !message.empty();
  if (copied) message.append(piece);
  if (in_frame) return 0;
  in_message = !frame.fin;
  if (in_message) return 0;
  if (plain_text && !text.complete()) return kWsInvalidText;
  const std::string_view whole = copied ? std::string_view(message) : piece;
  uint16_t code = 0;
  if (compressed) {
    code = compressed_message(whole, binary, reading);
  } else {
    reading.sink.on_message(whole, binary);
  }
  message.clear();
  return code;
}

uint16_t WsDecoder::State::step(std::span<char> &bytes, const WsReading &reading) {
  if (!in_frame) {
    const uint16_t code = read_header(bytes, reading);
    if (code != 0 || !in_frame) return code;
  }
  const auto n = static_cast<size_t>(std::min<uint64_t>(frame.size - received, bytes.size()));
  const std::span<char> piece = bytes.first(n);
  bytes = bytes.subspan(n);
  ws_unmask(piece, frame.mask, static_cast<size_t>(received & 3));
  received += n;
  in_frame = received < frame.size;
  return frame.control() ? control_piece(view(piece), reading.sink) : data_piece(view(piece), reading);
}

WsDecoder::WsDecoder() = default;
WsDecoder::~WsDecoder() = default;
WsDecoder::WsDecoder(WsDecoder &&) noexcept = default;
WsDecoder &WsDecoder::operator=(WsDecoder &&) noexcept = default;

uint16_t WsDecoder::feed(std::span<char> bytes, size_t message_max, WsSink &sink, WsInflater *inflater) {
  const WsReading reading{message_max, sink, inflater};
  while (!bytes.empty() && !sink.stopped) {
    uint16_t code = 0;
    size_t used = 0;
    if (!state_) {
      code = whole_frame(bytes, reading, used);
      bytes = bytes.subspan(used);
    }
    if (used == 0) {
      if (!state_) state_ = std::make_unique<State>();
      code = state_->step(bytes, reading);
      if (code != 0 || state_->idle()) state_.reset();
    }
    if (code != 0) return code == kEnded ? 0 : code;
  }
  return 0;
}

bool ws_close_code_valid(uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

size_t ws_encode_header(char out[kWsHeaderMax], unsigned opcode, uint64_t size, bool fin, bool rsv1) {
  out[0] = static_cast<char>((fin ? 0x80u : 0u) | (rsv1 ? 0x40u : 0u) | (opcode & 0x0fu));
  if (size < 126) {
    out[1] = static_cast<char>(size);
    return 2;
  }
  const size_t size_bytes = size < 0x10000 ? 2 : 8;
  out[1] = static_cast<char>(size_bytes == 2 ? 126 : 127);
  for (size_t i = 0; i < size_bytes; ++i) out[2 + i] = static_cast<char>(size >> (8 * (size_bytes - 1 - i)) & 0xff);
  return 2 + size_bytes;
}

void ws_unmask(std::span<char> bytes, const unsigned char mask[4], size_t offset) {
  unsigned char turned[8];
  for (size_t i = 0; i < sizeof turned; ++i) turned[i] = mask[(offset + i) & 3];
  uint64_t wide = 0;
  std::memcpy(&wide, turned, sizeof wide);
  size_t at = 0;
  for (uint64_t word = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    word ^= wide;
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
  for (; at < bytes.size(); ++at) bytes[at] = static_cast<char>(bytes[at] ^ turned[at & 7]);
}

}  // namespace signalbox::net
