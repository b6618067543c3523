#include "core/net/wire.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/net/ws_deflate.hpp"

namespace signalbox::net {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

struct Given {
  std::vector<sbx_str> parts;
  std::vector<uint8_t> binary;
  sbx_frame frame{};

  explicit Given(std::initializer_list<std::string_view> texts, std::string_view gap = {}) {
    for (const std::string_view text : texts) parts.push_back(raw(text));
    binary.assign(parts.size(), 0);
    frame.size = sizeof frame;
    frame.parts = parts.data();
    frame.binary = binary.data();
    frame.part_count = parts.size();
    frame.gap = raw(gap);
  }
};

const std::string kLong(500, 'x'), kLonger(501, 'y');

}  // namespace

TEST_CASE("a gap takes the form of its frame's wire") {
  const Given given({"data"}, "gap!");
  CHECK(encode_frame(Wire::websocket, given.frame)->gap()->wire() == std::string("\x81\x04gap!"));
  CHECK(encode_frame(Wire::chunked, given.frame)->gap()->wire() == "4\r\ngap!\r\n");
  CHECK(encode_frame(Wire::bare, given.frame)->gap()->wire() == "gap!");
  FramePtr message = encode_frame(Wire::websocket, given.frame);
  Frame *gap = message->gap();
  CHECK(gap == message->gap());
  CHECK(gap->control());
  CHECK(gap->parts().size() == 1);
  CHECK(gap->part(0) == "gap!");
  CHECK(!gap->gap());
}

TEST_CASE("a frame without gap, a control frame and one of a plugin that knows of no gaps have none") {
  Given given({"data"});
  CHECK(!encode_frame(Wire::websocket, given.frame)->gap());
  Given control({"data"}, "gap!");
  control.frame.flags = SBX_FRAME_CONTROL;
  CHECK(!encode_frame(Wire::websocket, control.frame)->gap());
  Given old({"data"}, "gap!");
  old.frame.size = offsetof(sbx_frame, gap);
  CHECK(!encode_frame(Wire::websocket, old.frame)->gap());
}

TEST_CASE("a frame is compressed once, for all who agreed to it, and each message by itself") {
  WsDeflater deflater;
  WsInflater inflater;
  const Given given({kLong, "short", kLonger}, "gap!");
  Encodings encodings(given.frame, deflater);
  Frame *frame = encodings.of(Wire::websocket_deflate);
  CHECK(frame == encodings.of(Wire::websocket_deflate));
  CHECK(frame != encodings.of(Wire::websocket));
  CHECK(encodings.of(Wire::websocket)->parts().size() == 3);
  REQUIRE(frame->parts().size() == 3);
  CHECK(frame->wire().size() < 50);
  CHECK(frame->wire().substr(0, 1) == "\xc1");
  CHECK(frame->part(1) == "short");
  std::string_view message;
  CHECK(inflater.inflate(frame->part(0), 1000, true, message) == 0);
  CHECK(message == kLong);
  CHECK(inflater.inflate(frame->part(2), 1000, true, message) == 0);
  CHECK(message == kLonger);
  CHECK(frame->gap()->wire() == std::string("\x81\x04gap!"));
}

TEST_CASE("where compression gains nothing everybody shares the plain form") {
  WsDeflater deflater;
  const Given given({"short", "too"});
  Encodings encodings(given.frame, deflater);
  CHECK(encodings.of(Wire::websocket_deflate) == encodings.of(Wire::websocket));
}

TEST_CASE("a binary message stays one when it is compressed") {
  WsDeflater deflater;
  Given given({kLong});
  given.binary[0] = 1;
  CHECK(Encodings(given.frame, deflater).of(Wire::websocket_deflate)->wire().substr(0, 1) == "\xc2");
}

TEST_CASE("only plain messages may be sent on another wire, to who may get compressed ones") {
  CHECK(wire_takes(Wire::websocket_deflate, Wire::websocket));
  CHECK(!wire_takes(Wire::websocket, Wire::websocket_deflate));
  CHECK(!wire_takes(Wire::chunked, Wire::bare));
  CHECK(wire_takes(Wire::bare, Wire::bare));
}

}  // namespace signalbox::net
