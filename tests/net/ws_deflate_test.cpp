#include "core/net/ws_deflate.hpp"

#include <doctest/doctest.h>

#include <random>

#include "core/base/limits.hpp"
#include "tests/net/ws_transcript.hpp"

namespace signalbox::net {
namespace {

using testing::client_frame;
using testing::WsTranscript;

constexpr unsigned kCompressedText = 0xc1, kCompressedBinary = 0xc2;

template <size_t n>
std::string bytes(const char (&literal)[n]) {
  return {literal, n - 1};
}

std::string inflated(std::string_view payload, size_t message_max = 1 << 20, bool text = true) {
  WsInflater inflater;
  std::string_view message;
  const uint16_t code = inflater.inflate(payload, message_max, text, message);
  return code == 0 ? "[" + std::string(message) + "]" : "fail " + std::to_string(code);
}

// Fed whole, and byte by byte.
std::string read(const std::string &frames, size_t message_max = 1 << 20) {
  WsInflater inflater;
  WsTranscript whole(message_max, &inflater), cut(message_max, &inflater);
  whole.feed(frames);
  for (const char &c : frames) cut.feed({&c, 1});
  CHECK(cut.text == whole.text);
  return whole.text;
}

const std::string kHello = bytes("\xf2\x48\xcd\xc9\xc9\x07\x00");

// Like events: alike, but no two the same.
std::string event_text(size_t size) {
  std::string out;
  for (int i = 0; out.size() < size; ++i)
    out += R"({"event":"order.updated","id":)" + std::to_string(i * 7919) + R"(,"state":"paid"},)";
  return out.substr(0, size);
}

std::string noise(size_t size) {
  std::mt19937 random(1);
  std::string out(size, 0);
  for (char &c : out) c = static_cast<char>(random());
  return out;
}

}  // namespace

TEST_CASE("the examples of RFC 7692 section 7.2.3 are read") {
  CHECK(inflated(kHello) == "[Hello]");
  CHECK(inflated(bytes("\x00\x05\x00\xfa\xff"
                       "Hello\x00")) == "[Hello]");                                             // not compressed
  CHECK(inflated(bytes("\xf3\x48\xcd\xc9\xc9\x07\x00\x00")) == "[Hello]");                      // BFINAL
  CHECK(inflated(bytes("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00")) == "[Hello]");  // two blocks
  CHECK(inflated(bytes("\x00")) == "[]");
  CHECK(read(client_frame(kCompressedText, kHello)) == "text [Hello]\n");
  CHECK(read(client_frame(0x41, kHello.substr(0, 3)) + client_frame(0x80, kHello.substr(3))) == "text [Hello]\n");
}

TEST_CASE("a message that leans on the one before is refused: no context was agreed on") {
  CHECK(inflated(bytes("\xf2\x00\x11\x00\x00")) == "fail 1007");
  CHECK(read(client_frame(kCompressedText, kHello) + client_frame(kCompressedText, bytes("\xf2\x00\x11\x00\x00"))) ==
        "text [Hello]\nfail 1007\n");
}

TEST_CASE("a stream that ends for good may go on with another one, which sees what came before") {
  CHECK(inflated(bytes("\xf3\x48\xcd\xc9\xc9\x07\x00")) == "[Hello]");  // the byte behind it is forgotten
  CHECK(inflated(bytes("\xf3\x48\xcd\xc9\xc9\x07\x00") + bytes("\xf3\x48\xcd\xc9\xc9\x07\x00\x00")) == "[HelloHello]");
  CHECK(inflated(bytes("\xf3\x48\xcd\xc9\xc9\x07\x00") + bytes("\xf2\x00\x11\x00\x00")) == "[HelloHello]");
}

TEST_CASE("what is no compressed message is 1007") {
  CHECK(inflated(bytes("\xff\xff\xff")) == "fail 1007");
  CHECK(inflated(bytes("\x06")) == "fail 1007");
  CHECK(inflated({}) == "fail 1007");
  for (size_t size = 0; size + 1 < kHello.size(); ++size) CHECK(inflated(kHello.substr(0, size)) == "fail 1007");
  CHECK(read(client_frame(kCompressedBinary, "nonsense")) == "fail 1007\n");
}

TEST_CASE("text is checked behind the compression, binary is not") {
  const std::string wrong = bytes("\x00\x02\x00\xfd\xff\xc3(\x00");
  const std::string cut = bytes("\x00\x02\x00\xfd\xff!\xc3\x00");
  for (const std::string &payload : {wrong, cut}) {
    CHECK(inflated(payload, 100, true) == "fail 1007");
    CHECK(inflated(payload, 100, false).size() == 4);
    CHECK(read(client_frame(kCompressedText, payload)) == "fail 1007\n");
    CHECK(read(client_frame(kCompressedBinary, payload)).starts_with("binary ["));
  }
}

TEST_CASE("the reserved bit is for the first frame of a message only, and only if it was agreed on") {
  CHECK(read(client_frame(0x01, "a") + client_frame(0xc0, kHello)) == "fail 1002\n");
  CHECK(read(client_frame(0x41, kHello) + client_frame(0xc0, "")) == "fail 1002\n");
  CHECK(read(client_frame(0xc9, kHello)) == "fail 1002\n");
  CHECK(read(client_frame(0xa1, kHello)) == "fail 1002\n");
  CHECK(testing::ws_transcript(client_frame(kCompressedText, kHello)) == "fail 1002\n");
  CHECK(read(client_frame(0x81, "plain") + client_frame(0x41, kHello.substr(0, 1)) + client_frame(0x89, "p") +
             client_frame(0x80, kHello.substr(1)) + client_frame(0x81, "plain")) ==
        "text [plain]\nping [p]\ntext [Hello]\ntext [plain]\n");
}

TEST_CASE("the limit of a message holds for what comes out, to the byte, and a bomb is stopped there") {
  WsDeflater deflater;
  for (const size_t max : {size_t{1000}, size_t{100'000}, limits::kInflateStep, limits::kInflateStep - 1}) {
    const std::string payload(deflater.deflate(std::string(max, 'x')));
    CHECK(inflated(payload, max).size() == max + 2);
    CHECK(inflated(payload, max - 1) == "fail 1009");
    CHECK(read(client_frame(kCompressedText, payload), max - 1) == "fail 1009\n");
  }
  std::string bomb;
  for (int i = 0; i < 100; ++i)
    bomb += std::string(deflater.deflate(std::string(limits::kDeflateMax, '0'))) + bytes("\x00\x00\xff\xff");
  CHECK(bomb.size() < 200'000);
  CHECK(inflated(bomb, 1 << 20) == "fail 1009");
  CHECK(read(client_frame(kCompressedText, std::string(2000, 'x')), 1000) == "fail 1009\n");  // too long as it is
}

TEST_CASE("what is sent is a message again when it is read, whatever was sent before") {
  WsDeflater deflater;
  WsInflater inflater;
  std::mt19937 random(2);
  for (int i = 0; i < 300; ++i) {
    const size_t size = limits::kDeflateMin + random() % (i % 50 == 0 ? limits::kDeflateMax : 3000);
    const std::string message = event_text(std::min(size, limits::kDeflateMax));
    const std::string_view payload = deflater.deflate(message);
    CHECK(payload.size() < message.size());
    CHECK(!payload.ends_with(bytes("\x00\x00\xff\xff")));
    std::string_view back;
    CHECK(inflater.inflate(payload, message.size(), true, back) == 0);
    CHECK(back == message);
  }
}

TEST_CASE("what is too short, too long or made of noise is not compressed") {
  WsDeflater deflater;
  CHECK(deflater.deflate(std::string(limits::kDeflateMin - 1, 'x')).empty());
  CHECK(!deflater.deflate(std::string(limits::kDeflateMin, 'x')).empty());
  CHECK(deflater.deflate(std::string(limits::kDeflateMax + 1, 'x')).empty());
  CHECK(deflater.deflate(noise(5000)).empty());
  CHECK(!deflater.deflate(std::string(limits::kDeflateMin, 'x')).empty());  // and it goes on
}

TEST_CASE("a message that cannot be compressed passes within the limit of its inflated size") {
  const std::string message = noise(65'000);
  std::string payload;  // stored blocks of 1000 bytes
  for (size_t at = 0; at < message.size(); at += 1000)
    payload += bytes("\x00\xe8\x03\x17\xfc") + message.substr(at, 1000);
  payload += bytes("\x00");
  CHECK(read(client_frame(kCompressedBinary, payload), message.size()) == "binary [" + message + "]\n");
}

}  // namespace signalbox::net
