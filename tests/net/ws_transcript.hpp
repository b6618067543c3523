// Runs a client's frames through a WsDecoder, cut as asked, and writes down all that comes out; and makes such frames.
#pragma once
#include <string>
#include <string_view>

#include "core/net/ws_codec.hpp"
#include "core/net/ws_deflate.hpp"

namespace signalbox::net::testing {

class WsTranscript final : public WsSink {
 public:
  // With an inflater compressed messages were agreed on.
  explicit WsTranscript(size_t message_max, WsInflater *inflater = nullptr)
      : message_max_(message_max), inflater_(inflater) {}

  // Decoding is in place: the bytes are copied, as they come from a read buffer.
  void feed(std::string_view piece) {
    if (over_) return;
    std::string bytes(piece);
    const uint16_t code = decoder_.feed(bytes, message_max_, *this, inflater_);
    if (code == 0) return;
    text += "fail " + std::to_string(code) + "\n";
    over_ = true;
  }
  const WsDecoder &decoder() const { return decoder_; }

  void on_message(std::string_view message, bool binary) override {
    text += (binary ? "binary [" : "text [") + std::string(message) + "]\n";
  }
  void on_ping(std::string_view payload) override { text += "ping [" + std::string(payload) + "]\n"; }
  void on_pong(std::string_view payload) override { text += "pong [" + std::string(payload) + "]\n"; }
  void on_close(uint16_t code, std::string_view reason) override {
    text += "close " + std::to_string(code) + " [" + std::string(reason) + "]\n";
    over_ = true;
  }

  std::string text;

 private:
  size_t message_max_;
  WsInflater *inflater_;
  WsDecoder decoder_;
  bool over_ = false;
};

inline std::string ws_transcript(std::string_view bytes, size_t message_max = 1 << 20) {
  WsTranscript run(message_max);
  run.feed(bytes);
  return run.text;
}

inline std::string ws_transcript_cut(std::string_view bytes, size_t at, size_t message_max = 1 << 20) {
  WsTranscript run(message_max);
  run.feed(bytes.substr(0, at));
  run.feed(bytes.substr(at));
  return run.text;
}

inline std::string ws_transcript_bytewise(std::string_view bytes, size_t message_max = 1 << 20) {
  WsTranscript run(message_max);
  for (const char &c : bytes) run.feed({&c, 1});
  return run.text;
}

// A frame as clients send it.  `first` is the whole first byte: FIN, reserved bits and opcode.
inline std::string client_frame(unsigned first, std::string_view payload, const char *mask = "\x37\xfa\x21\x3d") {
  char header[kWsHeaderMax];
  const size_t size = ws_encode_header(header, 0, payload.size());
  header[0] = static_cast<char>(first);
  header[1] = static_cast<char>(header[1] | 0x80);
  std::string out(header, size);
  out.append(mask, 4);
  for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

}  // namespace signalbox::net::testing
