// The compression of WebSocket messages (permessage-deflate, RFC 7692) without context takeover, so that no connection
// keeps a state of its own: one WsDeflater and one WsInflater serve all connections of a lane.  [lane] each.  They hold
// no memory before their first message.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace signalbox::net {

class WsDeflater {
 public:
  WsDeflater();
  ~WsDeflater();
  WsDeflater(const WsDeflater &) = delete;
  WsDeflater &operator=(const WsDeflater &) = delete;

  // The payload of a compressed message (RFC 7692 section 7.2.1), valid until the next call; empty if the message goes
  // better as it is: too short to gain anything, too long to keep the lane waiting, or not smaller afterwards.
  std::string_view deflate(std::string_view message);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class WsInflater {
 public:
  WsInflater();
  ~WsInflater();
  WsInflater(const WsInflater &) = delete;
  WsInflater &operator=(const WsInflater &) = delete;

  // The message behind a whole compressed payload (RFC 7692 section 7.2.2) in `message`, valid until the next call.
  // Stops as soon as it is longer than message_max, or no UTF-8 where that is wanted.  Returns 0, or the close code:
  // 1009 too long, 1007 no message of its kind (the RFC leaves the code of invalid compressed data open; these are data
  // "not consistent with the type of the message").
  uint16_t inflate(std::string_view payload, size_t message_max, bool text, std::string_view &message);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The longest compressed payload that is read for a message of at most message_max bytes: what cannot be compressed is
// a little longer as DEFLATE's stored blocks.
constexpr size_t ws_compressed_max(size_t message_max) { return message_max + message_max / 128 + 64; }

}  // namespace signalbox::net
