// The bytes that clients and servers say to each other.
#include <doctest/doctest.h>

#include <array>

#include "tests/connection/house.hpp"

namespace signalbox::testing {

std::string get(std::string_view path, std::string_view headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n";
}

std::string upgrade(std::string_view path) {
  return get(path,
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
}

std::string ws_frame(unsigned opcode, std::string_view payload, bool fin) {
  REQUIRE(payload.size() < 65536);
  constexpr std::array<char, 4> kMask{1, 2, 3, 4};
  std::string out{static_cast<char>((fin ? 0x80 : 0) | opcode)};
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  out.append(kMask.data(), kMask.size());
  for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return out;
}

std::string ws_close(uint16_t code) {
  return ws_frame(8, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)});
}

std::string server_frame(unsigned opcode, std::string_view payload) {
  REQUIRE(payload.size() < 126);
  return std::string{static_cast<char>(0x80 | opcode), static_cast<char>(payload.size())} + std::string(payload);
}

std::string server_close(uint16_t code, std::string_view reason) {
  return server_frame(8,
                      std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} + std::string(reason));
}

}  // namespace signalbox::testing
