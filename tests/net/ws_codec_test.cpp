#include "core/net/ws_codec.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/net/ws_transcript.hpp"

using namespace signalbox::net;
using namespace signalbox::net::testing;

namespace {

constexpr unsigned kFin = 0x80;

// The same, however it is cut.
std::string decode(const std::string &bytes, size_t message_max = 1 << 20) {
  const std::string whole = ws_transcript(bytes, message_max);
  CHECK(ws_transcript_bytewise(bytes, message_max) == whole);
  for (size_t at = 1; at < bytes.size(); ++at) REQUIRE(ws_transcript_cut(bytes, at, message_max) == whole);
  return whole;
}

std::string text(std::string_view payload) { return client_frame(kFin | kWsText, payload); }
std::string binary(std::string_view payload) { return client_frame(kFin | kWsBinary, payload); }
std::string ping(std::string_view payload) { return client_frame(kFin | kWsPing, payload); }
std::string begin_text(std::string_view payload) { return client_frame(kWsText, payload); }
std::string more(std::string_view payload) { return client_frame(kWsContinuation, payload); }
std::string last(std::string_view payload) { return client_frame(kFin | kWsContinuation, payload); }
std::string close_with(unsigned code, std::string_view reason = "") {
  return client_frame(kFin | kWsClose,
                      std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + std::string(reason));
}

}  // namespace

TEST_CASE("the examples of RFC 6455 section 5.7") {
  CHECK(decode("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") == "text [Hello]\n");
  CHECK(decode("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") == "pong [Hello]\n");
  CHECK(decode(begin_text("Hel") + last("lo")) == "text [Hello]\n");
  char header[kWsHeaderMax];
  CHECK(std::string(header, ws_encode_header(header, kWsText, 5)) == "\x81\x05");
  CHECK(std::string(header, ws_encode_header(header, kWsText, 3, false)) == "\x01\x03");
  CHECK(std::string(header, ws_encode_header(header, kWsContinuation, 2)) == "\x80\x02");
  CHECK(std::string(header, ws_encode_header(header, kWsBinary, 256)) == std::string("\x82\x7e\x01\x00", 4));
  CHECK(std::string(header, ws_encode_header(header, kWsBinary, 65536)) == std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10));
  CHECK(std::string(header, ws_encode_header(header, kWsText, 1, true, true)) == "\xc1\x01");
  CHECK(ws_encode_header(header, kWsText, 125) == 2);
  CHECK(ws_encode_header(header, kWsText, 126) == 4);
  CHECK(ws_encode_header(header, kWsText, 65535) == 4);
}

TEST_CASE("messages of every length form arrive, also one behind the other") {
  std::string bytes, expected;
  for (const size_t size : {0u, 1u, 7u, 8u, 125u, 126u, 127u, 300u}) {
    bytes += binary(std::string(size, 'b')) + text(std::string(size, 't'));
    expected += "binary [" + std::string(size, 'b') + "]\ntext [" + std::string(size, 't') + "]\n";
  }
  CHECK(decode(bytes) == expected);
  const std::string big(70'000, 'x');
  CHECK(ws_transcript(binary(big)) == "binary [" + big + "]\n");
  CHECK(ws_transcript_bytewise(binary(big)) == "binary [" + big + "]\n");
  for (const size_t at : {1u, 9u, 14u, 15u, 17u, 40'000u})
    CHECK(ws_transcript_cut(binary(big), at) == "binary [" + big + "]\n");
}

TEST_CASE("control frames come between fragments and do not disturb them") {
  CHECK(decode(begin_text("a") + ping("1") + more("b") + client_frame(kFin | kWsPong, "") + more("") + last("c") +
               text("d")) == "ping [1]\npong []\ntext [abc]\ntext [d]\n");
  CHECK(decode(begin_text("") + more("") + last("")) == "text []\n");
  CHECK(decode(client_frame(kWsBinary, "\xff") + last("\xfe")) == "binary [\xff\xfe]\n");
  CHECK(decode(ping(std::string(125, 'p'))) == "ping [" + std::string(125, 'p') + "]\n");
}

TEST_CASE("fragments in the wrong order fail with 1002") {
  CHECK(decode(last("x")) == "fail 1002\n");
  CHECK(decode(more("x")) == "fail 1002\n");
  CHECK(decode(begin_text("x") + text("y")) == "fail 1002\n");
  CHECK(decode(begin_text("x") + begin_text("y")) == "fail 1002\n");
  CHECK(decode(text("x") + last("y")) == "text [x]\nfail 1002\n");
}

TEST_CASE("reserved bits and opcodes fail with 1002") {
  for (const unsigned bit : {0x40u, 0x20u, 0x10u, 0x70u})
    CHECK(decode(client_frame(kFin | bit | kWsText, "x")) == "fail 1002\n");
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 0xbu, 0xcu, 0xdu, 0xeu, 0xfu})
    CHECK(decode(client_frame(kFin | opcode, "")) == "fail 1002\n");
  CHECK(decode(ping("ok") + client_frame(kFin | 0x40 | kWsPing, "x")) == "ping [ok]\nfail 1002\n");
}

TEST_CASE("control frames that are long or fragmented fail with 1002") {
  CHECK(decode(ping(std::string(126, 'p'))) == "fail 1002\n");
  CHECK(decode(client_frame(kWsPing, "x")) == "fail 1002\n");
  CHECK(decode(client_frame(kWsClose, "")) == "fail 1002\n");
}

TEST_CASE("frames without a mask fail with 1002") {
  CHECK(decode(std::string("\x81\x05Hello")) == "fail 1002\n");
  CHECK(decode(std::string("\x89\x00", 2)) == "fail 1002\n");
}

TEST_CASE("lengths that are not the shortest, or negative, fail with 1002") {
  CHECK(decode(std::string("\x82\xfe\x00\x7d\0\0\0\0", 8)) == "fail 1002\n");
  CHECK(decode(std::string("\x82\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", 14)) == "fail 1002\n");
  CHECK(decode(std::string("\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14)) == "fail 1002\n");
}

TEST_CASE("close frames are judged by code and reason") {
  CHECK(decode(client_frame(kFin | kWsClose, "")) == "close 1005 []\n");
  CHECK(decode(client_frame(kFin | kWsClose, "x")) == "fail 1002\n");
  for (const unsigned code :
       {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 1014u, 3000u, 3999u, 4000u, 4999u})
    CHECK(decode(close_with(code, "bye")) == "close " + std::to_string(code) + " [bye]\n");
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u})
    CHECK(decode(close_with(code, "bye")) == "fail 1002\n");
  CHECK(decode(close_with(1000, std::string(123, 'r'))) == "close 1000 [" + std::string(123, 'r') + "]\n");
  CHECK(decode(close_with(1000, "\xce\xba\xe1")) == "fail 1007\n");
  CHECK(decode(close_with(1000) + ping("too late")) == "close 1000 []\n");
  CHECK(decode(begin_text("x") + close_with(1001)) == "close 1001 []\n");
}

TEST_CASE("text is UTF-8, also across fragments and cuts") {
  CHECK(decode(text("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5")) ==
        "text [\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5]\n");
  CHECK(decode(begin_text("\xf0\x9f") + ping("") + more("\x98") + last("\x80!")) ==
        "ping []\ntext [\xf0\x9f\x98\x80!]\n");
  CHECK(decode(text("\xce\xba\xed\xa0\x80 edited")) == "fail 1007\n");
  CHECK(decode(text("ends within a character \xe2\x82")) == "fail 1007\n");
  CHECK(decode(begin_text("\xe2\x82") + last("")) == "fail 1007\n");
  CHECK(decode(begin_text("\xe2") + last("x")) == "fail 1007\n");
  CHECK(decode(binary("\xff\xfe")) == "binary [\xff\xfe]\n");
}

TEST_CASE("a wrong byte fails before its frame is whole (Autobahn 6.4)") {
  const std::string frame = begin_text("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80 more");
  WsTranscript run(1 << 20);
  run.feed(std::string_view(frame).substr(0, 6 + 12));
  CHECK(run.text.empty());
  run.feed(std::string_view(frame).substr(6 + 12, 1));
  CHECK(run.text == "fail 1007\n");
}

TEST_CASE("a message is bounded over all of its fragments, before they arrive") {
  CHECK(decode(text("12345678"), 8) == "text [12345678]\n");
  CHECK(decode(text("123456789"), 8) == "fail 1009\n");
  CHECK(decode(begin_text("1234") + more("5678") + last(""), 8) == "text [12345678]\n");
  CHECK(decode(begin_text("1234") + more("5678") + last("9"), 8) == "fail 1009\n");
  CHECK(decode(ping("123456789") + text("1"), 8) == "ping [123456789]\ntext [1]\n");
  CHECK(decode(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14), 8) == "fail 1009\n");
}

TEST_CASE("a decoder keeps nothing between messages") {
  WsTranscript run(1 << 20);
  CHECK(run.decoder().idle());
  run.feed(text("whole") + ping(""));
  CHECK(run.decoder().idle());
  const std::string frame = begin_text("ab");
  run.feed(std::string_view(frame).substr(0, 1));
  CHECK_FALSE(run.decoder().idle());
  run.feed(std::string_view(frame).substr(1));
  CHECK_FALSE(run.decoder().idle());
  run.feed(ping("x"));
  CHECK_FALSE(run.decoder().idle());
  run.feed(last(""));
  CHECK(run.decoder().idle());
  CHECK(run.text == "text [whole]\nping []\nping [x]\ntext [ab]\n");
}

TEST_CASE("a whole frame is handed out where it lies, without a copy") {
  struct Where final : WsSink {
    void on_message(std::string_view message, bool) override { at = message.data(); }
    void on_ping(std::string_view) override {}
    void on_pong(std::string_view) override {}
    void on_close(uint16_t, std::string_view) override {}
    const char *at = nullptr;
  } sink;
  std::string bytes = text("hello");
  WsDecoder decoder;
  CHECK(decoder.feed(bytes, 100, sink) == 0);
  CHECK(sink.at == bytes.data() + 6);
}

TEST_CASE("a sink that has had enough gets nothing more") {
  struct Once final : WsSink {
    void on_message(std::string_view, bool) override { stopped = ++messages == 2; }
    void on_ping(std::string_view) override {}
    void on_pong(std::string_view) override {}
    void on_close(uint16_t, std::string_view) override {}
    int messages = 0;
  } sink;
  std::string bytes = text("1") + begin_text("2") + last("") + text("3") + client_frame(0x7f, "");
  WsDecoder decoder;
  CHECK(decoder.feed(bytes, 100, sink) == 0);
  CHECK(sink.messages == 2);
}

TEST_CASE("a hundred thousand fragments make one message") {
  std::string bytes = begin_text("a"), expected = "a";
  for (int i = 0; i < 100'000; ++i) {
    bytes += more("b");
    expected += 'b';
  }
  bytes += last("c");
  expected += 'c';
  CHECK(ws_transcript(bytes) == "text [" + expected + "]\n");
  CHECK(ws_transcript_bytewise(bytes) == "text [" + expected + "]\n");
}

TEST_CASE("unmasking begins at any offset and length") {
  const unsigned char mask[4] = {1, 2, 4, 8};
  for (size_t size = 0; size < 40; ++size)
    for (size_t offset = 0; offset < 4; ++offset) {
      std::string bytes(size, '\0');
      ws_unmask(bytes, mask, offset);
      for (size_t i = 0; i < size; ++i) REQUIRE(bytes[i] == static_cast<char>(mask[(offset + i) % 4]));
    }
}
