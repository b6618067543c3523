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

FramePtr with_gap(const std::string &bytes, const std::string &gap, std::string_view key = {}) {
  FramePtr f = Frame::make(bytes.size(), 0, 0, key, {0, static_cast<uint32_t>(gap.size()), 0});
  bytes.copy(f->fill(), bytes.size());
  gap.copy(f->fill_gap(), gap.size());
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

TEST_CASE("what drop_oldest loses leaves its gap in its place, one for a run of its channel") {
  const OutboxLimits limits{12, OutboxPolicy::drop_oldest};
  Outbox box;
  box.push(frame("first", Frame::kControl).get(), limits);
  for (const char *bytes : {"a1..", "b1..", "a2.."}) box.push(with_gap(bytes, {bytes[0], '?'}).get(), limits);
  box.push(frame("second", Frame::kControl).get(), limits);
  CHECK(box.push(with_gap("a3..", "a?").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "first a? b1.. a2.. second a3.. ");
  box.push(with_gap("b2..", "b?").get(), limits);
  CHECK(content(box) == "first a? b? a2.. second a3.. b2.. ");
  box.push(with_gap("b3..", "b?").get(), limits);
  CHECK(content(box) == "first a? b? second a3.. b2.. b3.. ");
  box.push(with_gap("c1..", "c?").get(), limits);  // behind another frame a gap is told again
  CHECK(content(box) == "first a? b? second a? b2.. b3.. c1.. ");
  box.push(frame("c2..").get(), limits);
  CHECK(content(box) == "first a? b? second a? b? b3.. c1.. c2.. ");
  CHECK(box.dropped() == 5);
  for (const char *wanted : {"first", "a?", "b?", "second"}) CHECK(box.pop()->wire() == wanted);
  CHECK(box.frames().front()->control());
}

TEST_CASE("a frame that is larger than the room beside what is being sent leaves its gap at the end") {
  const OutboxLimits limits{10, OutboxPolicy::drop_oldest};
  Outbox box;
  box.push(with_gap("sending", "s?").get(), limits);
  box.consume(3);
  for (int i = 0; i < 3; ++i)
    CHECK(box.push(with_gap("much too large", "x?").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "sending x? ");
  CHECK(box.offset() == 3);
}

TEST_CASE("a replaced frame is no gap, but latest drops the oldest when it is full all the same, and that is one") {
  const OutboxLimits limits{8, OutboxPolicy::latest};
  Outbox box;
  box.push(with_gap("x1..", "?", "x").get(), limits);
  box.push(with_gap("y1..", "?", "y").get(), limits);
  CHECK(box.push(with_gap("x2..", "?", "x").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "y1.. x2.. ");
  CHECK(box.push(with_gap("z1..", "?", "z").get(), limits) == Outbox::Pushed::dropped_some);
  CHECK(content(box) == "? x2.. z1.. ");
}

TEST_CASE("gaps that find no room end the connection") {
  const OutboxLimits limits{4, OutboxPolicy::drop_oldest};
  Outbox box;
  Outbox::Pushed last = Outbox::Pushed::queued;
  size_t pushed = 0;
  for (; last != Outbox::Pushed::overflow && pushed < 1000; ++pushed)
    last = box.push(with_gap("data", std::to_string(pushed) + std::string(10'000, '?')).get(), limits);
  CHECK(pushed == limits::kOutboxControlMax / 10'000 + 2);
}

TEST_CASE("all outboxes that drop a frame share one gap") {
  const OutboxLimits limits{4, OutboxPolicy::drop_oldest};
  FramePtr shared = with_gap("data", "gap");
  Outbox a, b;
  for (Outbox *box : {&a, &b}) {
    box->push(shared.get(), limits);
    box->push(frame("more").get(), limits);
  }
  shared = {};
  CHECK(a.frames().front() == b.frames().front());
  a.clear();
  CHECK(content(b) == "gap more ");
}

TEST_CASE("however frames are pushed, dropped and sent in part, what is read is whole frames and tells every loss") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const OutboxLimits limits{60, OutboxPolicy::drop_oldest};
    Outbox box;
    std::string got;
    int next[3] = {};
    const auto send = [&](size_t n) {
      size_t left = n, skip = box.offset();
      for (Frame *f : box.frames()) {
        const size_t part = std::min(left, f->wire().size() - skip);
        got.append(f->wire().substr(skip, part));
        left -= part;
        skip = 0;
      }
      box.consume(n);
    };
    for (int i = 0; i < 120; ++i) {
      const size_t channel = random() % 3;
      const std::string name(1, static_cast<char>('a' + channel));
      if (random() % 8 == 0) {
        box.push(frame("control;", Frame::kControl).get(), limits);
      } else {
        box.push(with_gap(name + std::to_string(next[channel]++) + ";", name + "?;").get(), limits);
      }
      if (random() % 4 == 0) send(random() % (box.bytes() + 1));
    }
    send(box.bytes());
    int seen[3] = {};
    bool gap[3] = {};
    for (size_t at = 0; at < got.size(); at = got.find(';', at) + 1) {
      const std::string word = got.substr(at, got.find(';', at) - at);
      if (word == "control") continue;
      const auto channel = static_cast<size_t>(word[0] - 'a');
      REQUIRE(channel < 3);
      if (word.substr(1) == "?") {
        gap[channel] = true;
        continue;
      }
      const int number = std::stoi(word.substr(1));
      CHECK((gap[channel] ? number >= seen[channel] : number == seen[channel]));
      seen[channel] = number + 1;
      gap[channel] = false;
    }
    for (size_t c = 0; c < 3; ++c) CHECK((seen[c] == next[c] || gap[c]));
  }
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
