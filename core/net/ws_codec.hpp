// The WebSocket framing of a server (RFC 6455 section 5), without sockets: WsDecoder for what clients send, masked;
// ws_encode_header for what the server sends, unmasked.  A decoder belongs to one connection, on its lane; it keeps
// memory only while a frame or a message is incomplete, so that an idle connection costs one pointer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace signalbox::net {

enum WsOpcode : unsigned {
  kWsContinuation = 0x0,
  kWsText = 0x1,
  kWsBinary = 0x2,
  kWsClose = 0x8,
  kWsPing = 0x9,
  kWsPong = 0xa,
};

// Close codes of RFC 6455 section 7.4.1 that this server says or reads.
enum WsCloseCode : uint16_t {
  kWsNormal = 1000,
  kWsGoingAway = 1001,
  kWsProtocolError = 1002,
  kWsNoCode = 1005,    // never on the wire: a close frame without a code
  kWsAbnormal = 1006,  // never on the wire: no close frame at all
  kWsInvalidText = 1007,
  kWsPolicy = 1008,
  kWsTooBig = 1009,
  kWsInternalError = 1011,
};

// Receives what a decoder finds.  A view is valid during the call only.  A call may set `stopped`: the decoder returns
// then and what it was fed beyond is dropped, so it is for connections that end.  It must not destroy the decoder.
struct WsSink {
  virtual void on_message(std::string_view message, bool binary) = 0;
  virtual void on_ping(std::string_view payload) = 0;
  virtual void on_pong(std::string_view payload) = 0;
  virtual void on_close(uint16_t code /* kWsNoCode if none */, std::string_view reason) = 0;
  bool stopped = false;

 protected:
  ~WsSink() = default;
};

class WsInflater;

class WsDecoder {
 public:
  WsDecoder();
  ~WsDecoder();
  WsDecoder(WsDecoder &&) noexcept;
  WsDecoder &operator=(WsDecoder &&) noexcept;

  // Decodes in place: unmasks inside `bytes`.  An unfragmented frame that is whole in `bytes` is handed out without a
  // copy. Returns 0, or the close code with which to fail the connection (1002, 1007, 1009); feed nothing more after
  // that, nor after on_close.  Text is checked as it arrives, so that a wrong byte fails before its frame is whole.
  // With an inflater, the lane's, compressed messages are read as well (RFC 7692): one is inflated when it is whole,
  // and message_max is for what comes out.
  uint16_t feed(std::span<char> bytes, size_t message_max, WsSink &sink, WsInflater *inflater = nullptr);
  // Nothing is kept: no frame and no message is incomplete.
  bool idle() const { return state_ == nullptr; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};
static_assert(sizeof(WsDecoder) <= 16);

// Whether a close frame may carry this code (RFC 6455 section 7.4 and the IANA registry).
bool ws_close_code_valid(uint16_t code);

inline constexpr size_t kWsHeaderMax = 10;
// Writes the header of an unmasked frame and returns its size: 2, 4 or 10.
size_t ws_encode_header(char out[kWsHeaderMax], unsigned opcode, uint64_t size, bool fin = true, bool rsv1 = false);

// XORs with the mask, of which `offset` bytes were used already (RFC 6455 section 5.3).
void ws_unmask(std::span<char> bytes, const unsigned char mask[4], size_t offset);

}  // namespace signalbox::net
