#include "core/net/shared_frames.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "core/base/limits.hpp"
#include "core/net/flush_batch.hpp"
#include "core/net/ws_deflate.hpp"

namespace signalbox::net {
namespace {

struct Fixture {
  WsDeflater deflater;
  SharedFrames shared{deflater};
  const void *mine = this;

  uint64_t share(std::string text, std::string gap = {}, std::string key = {}) {
    std::string lent = std::move(text);
    sbx_str part{lent.data(), lent.size()};
    const uint8_t binary = 0;
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.parts = &part;
    frame.binary = &binary;
    frame.part_count = 1;
    frame.gap = {gap.data(), gap.size()};
    frame.coalesce_key = {key.data(), key.size()};
    const uint64_t id = shared.add(frame, mine);
    lent.assign(lent.size(), '?');  // R1: what was lent may change
    return id;
  }
};

using Texts = std::vector<std::string>;

struct Queue {
  std::vector<FramePtr> kept;
  std::vector<Frame *> frames;
  // A frame of its own.
  Queue &own(std::string_view text) {
    kept.push_back(Frame::of_bytes(text));
    frames.push_back(kept.back().get());
    return *this;
  }
  Queue &with(const std::vector<FramePtr> &shared) {
    for (const FramePtr &frame : shared) {
      kept.push_back(frame);
      frames.push_back(frame.get());
    }
    return *this;
  }
  std::vector<std::string_view> pieces(FlushBatch &batch, size_t offset = 0) const {
    std::array<iovec, limits::kFlushPiecesMax> some;
    std::vector<std::string_view> out;
    const size_t count = batch.gather(frames, offset, some);
    for (size_t i = 0; i < count; ++i) out.emplace_back(static_cast<const char *>(some[i].iov_base), some[i].iov_len);
    return out;
  }
};

std::vector<FramePtr> some(size_t count, const std::string &text) {
  std::vector<FramePtr> out;
  for (size_t i = 0; i < count; ++i) out.push_back(Frame::of_bytes(text + std::to_string(i)));
  return out;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what is shared has bytes of its own, and is encoded once for each wire") {
  const uint64_t id = share("hello", "gap", "key");
  Encodings *encoded = shared.find(id, mine);
  REQUIRE(encoded);
  Frame *websocket = encoded->of(Wire::websocket), *chunked = encoded->of(Wire::chunked);
  CHECK(websocket->wire() == "\x81\x05hello");
  CHECK(chunked->wire() == "5\r\nhello\r\n");
  CHECK(websocket->coalesce_key() == "key");
  CHECK(websocket->gap()->wire() == "\x81\x03gap");
  CHECK(shared.find(id, mine)->of(Wire::websocket) == websocket);
  CHECK(shared.find(id, mine)->of(Wire::chunked) == chunked);
}

TEST_CASE_FIXTURE(Fixture, "an id is stale when the turn is over, or somebody else's") {
  const uint64_t id = share("one");
  int stranger = 0;
  CHECK(shared.find(id, mine));
  CHECK(!shared.find(id, &stranger));
  CHECK(!shared.find(0, mine));
  CHECK(!shared.find(id + 1, mine));
  shared.clear();
  CHECK(!shared.find(id, mine));
  const uint64_t next = share("two");
  CHECK(next != id);
  CHECK(!shared.find(id, mine));
  CHECK(shared.find(next, mine)->of(Wire::bare)->wire() == "two");
}

TEST_CASE_FIXTURE(Fixture, "a turn has room for so much, and the next one has it again") {
  for (size_t i = 0; i < limits::kSharedFramesMax; ++i) REQUIRE(share("x") != 0);
  CHECK(share("x") == 0);
  shared.clear();
  CHECK(share(std::string(limits::kSharedBytesMax, 'x')) != 0);
  CHECK(share("x") == 0);
  shared.clear();
  CHECK(share(std::string(limits::kSharedBytesMax + 1, 'x')) == 0);
  CHECK(share("x") != 0);
}

TEST_CASE("what several have is one run of bytes, the same for all of them, between frames of their own") {
  FlushBatch batch;
  const std::vector<FramePtr> events = some(20, "e");
  Queue a, b, c;
  a.own("hello a").own("welcome a").with(events);
  b.own("hello b").with(events).own("live b");
  c.with(events);
  const auto of_a = a.pieces(batch), of_b = b.pieces(batch), of_c = c.pieces(batch);
  REQUIRE(of_a.size() == 3);
  CHECK(of_a[0] == "hello a");
  CHECK(of_a[1] == "welcome a");
  CHECK(of_a[2].starts_with("e0e1e2"));
  REQUIRE(of_b.size() == 3);
  CHECK(of_b[0] == "hello b");
  CHECK(of_b[2] == "live b");
  REQUIRE(of_c.size() == 1);
  CHECK(of_a[2].data() == of_b[1].data());
  CHECK(of_a[2].data() == of_c[0].data());
  CHECK(of_a[2] == of_c[0]);
}

TEST_CASE("several runs are remembered side by side") {
  FlushBatch batch;
  std::vector<std::vector<FramePtr>> all;
  std::vector<const char *> places;
  std::vector<Queue> queues(limits::kFlushRunsMax);
  for (Queue &queue : queues) {
    all.push_back(some(3, std::to_string(all.size())));
    queue.with(all.back());
    places.push_back(queue.pieces(batch).at(0).data());
  }
  for (size_t i = 0; i < queues.size(); ++i) CHECK(queues[i].pieces(batch).at(0).data() == places[i]);
  batch.forget();
  CHECK(queues[0].pieces(batch).at(0) == "000102");
}

TEST_CASE("a member that is in the middle of a frame goes on there") {
  FlushBatch batch;
  const std::vector<FramePtr> events = some(3, "event ");
  Queue queue;
  queue.with(events);
  const auto rest = queue.pieces(batch, 4);
  REQUIRE(rest.size() == 3);
  CHECK(rest[0] == "t 0");
  CHECK(rest[1] == "event 1");
  CHECK(rest[2] == "event 2");
}

TEST_CASE("frames that nobody else has are gathered for their member alone") {
  FlushBatch batch;
  std::vector<Frame *> frames;
  std::vector<FramePtr> kept = some(12, "f");
  for (const FramePtr &frame : kept) frames.push_back(frame.get());
  std::array<iovec, limits::kFlushPiecesMax> pieces;
  CHECK(batch.gather(frames, 0, pieces) == 1);
  CHECK(pieces[0].iov_len == 26);
  CHECK(batch.gather({}, 0, pieces) == 0);
}

TEST_CASE("whatever the mixture, all bytes leave once and in order") {
  const std::vector<FramePtr> one = some(15, "one"), two = some(30, "two");
  for (size_t before = 0; before < 12; ++before)
    for (size_t behind = 0; behind < 12; ++behind) {
      FlushBatch batch;
      Queue queue;
      for (size_t i = 0; i < before; ++i) queue.own("before" + std::to_string(i));
      queue.with(one).own("between").with(two);
      for (size_t i = 0; i < behind; ++i) queue.own("behind" + std::to_string(i));
      std::string wanted, got;
      for (const Frame *frame : queue.frames) wanted += frame->wire();
      std::vector<Frame *> left = queue.frames;
      while (!left.empty()) {
        std::array<iovec, limits::kFlushPiecesMax> pieces;
        const size_t count = batch.gather(left, 0, pieces);
        REQUIRE(count > 0);
        size_t bytes = 0;
        for (size_t i = 0; i < count; ++i) {
          got.append(static_cast<const char *>(pieces[i].iov_base), pieces[i].iov_len);
          bytes += pieces[i].iov_len;
        }
        while (bytes > 0) {
          REQUIRE(!left.empty());
          REQUIRE(bytes >= left.front()->wire().size());
          bytes -= left.front()->wire().size();
          left.erase(left.begin());
        }
      }
      CHECK(got == wanted);
    }
}

}  // namespace signalbox::net
