#include "core/net/outbox.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "core/base/limits.hpp"

namespace signalbox::net {
namespace {

FramePtr frame(const std::string &bytes, uint32_t flags = 0, std::string_view key = {}) {
  FramePtr f = Frame::make(bytes.size(), 0, flags, key);
  bytes.copy(f->fill(), bytes.size());
  return f;
}

std::string content(const Outbox &box) {
  std::string all;
  for (Frame *f : box.frames()) all.append(f->wire()).append(" ");
  return all;
}

constexpr OutboxLimits kTight{10, OutboxPolicy::disconnect};

}  // namespace

TEST_CASE("frames leave an outbox in the order they came, however many bytes are sent at a time") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Outbox box;
    std::string wanted, got;
    for (int i = 0; i < 40; ++i) {
      const std::string bytes = std::to_string(i) + std::string(random() % 20, 'x') + ";";
      wanted += bytes;
      CHECK(box.push(frame(bytes).get(), {1 << 20}) == Outbox::Pushed::queued);
      if (random() % 2 == 0) continue;
      size_t n = random() % (box.bytes() + 1), left = n;
      size_t skip = box.offset();
      for (Frame *f : box.frames()) {
        const size_t part = std::min(left, f->wire().size() - skip);
        got.append(f->wire().substr(skip, part));
        left -= part;
        skip = 0;
      }
      box.consume(n);
    }
    while (!box.empty()) {
      got.append(box.frames().front()->wire().substr(box.offset()));
      box.consume(box.frames().front()->wire().size() - box.offset());
    }
    CHECK(got == wanted);
    CHECK(box.bytes() == 0);
  }
}

TEST_CASE("the limit is strict: what does not fit is not queued and the connection is to be closed") {
  Outbox box;
  CHECK(box.push(frame("12345").get(), kTight) == Outbox::Pushed::queued);
  CHECK(box.push(frame("67890").get(), kTight) == Outbox::Pushed::queued);
  CHECK(box.push(frame("!").get(), kTight) == Outbox::Pushed::overflow);
  CHECK(content(box) == "12345 67890 ");
  box.consume(5);
  CHECK(box.push(frame("!").get(), kTight) == Outbox::Pushed::queued);
}

TEST_CASE("one frame always fits, however large") {
  Outbox box;
  CHECK(box.push(frame(std::string(100, 'x')).get(), kTight) == Outbox::Pushed::queued);
  CHECK(box.push(frame("!").get(), kTight) == Outbox::Pushed::overflow);
}

TEST_CASE("control frames pass a full outbox, but not without end") {
  Outbox box;
  CHECK(box.push(frame("1234567890").get(), kTight) == Outbox::Pushed::queued);
  const std::string control(64 * 1024, 'c');
  size_t passed = 0;
  while (box.push(frame(control, Frame::kControl).get(), kTight) == Outbox::Pushed::queued) ++passed;
  CHECK(passed == limits::kOutboxControlMax / control.size());
}

TEST_CASE("a control frame that was sent in part does not take room from the others") {
  Outbox box;
  CHECK(box.push(frame(std::string(100, 'c'), Frame::kControl).get(), kTight) == Outbox::Pushed::queued);
  box.consume(99);
  CHECK(box.push(frame("1234567890").get(), kTight) == Outbox::Pushed::queued);
}

TEST_CASE("drop_oldest loses the oldest that has not begun to be sent") {
  const OutboxLimits limits{10, OutboxPolicy::drop_oldest};
  Outbox box;
  for (const char *bytes : {"aaaa", "bbbb"}) box.push(frame(bytes).get(), limits);
  box.consume(1);
  CHECK(box.push(frame("cccc").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "aaaa cccc ");
  CHECK(box.dropped() == 1);
  CHECK(box.push(frame("much too large").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "aaaa ");
}

TEST_CASE("latest replaces the frame of the same key that waits") {
  const OutboxLimits limits{100, OutboxPolicy::latest};
  Outbox box;
  box.push(frame("x1", 0, "x").get(), limits);
  box.push(frame("y1", 0, "y").get(), limits);
  CHECK(box.push(frame("x2", 0, "x").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "y1 x2 ");
  box.consume(1);  // y1 is under way
  CHECK(box.push(frame("y2", 0, "y").get(), limits) == Outbox::Pushed::queued);
  CHECK(content(box) == "y1 x2 y2 ");
}

TEST_CASE("a frame lives until the last outbox has sent it") {
  FramePtr shared = frame("shared");
  Outbox a, b;
  a.push(shared.get(), kTight);
  b.push(shared.get(), kTight);
  a.consume(6);
  CHECK(b.frames().front()->wire() == "shared");
  FramePtr popped = b.pop();
  CHECK(popped->wire() == "shared");
  CHECK(b.empty());
}

}  // namespace signalbox::net
