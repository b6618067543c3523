#include "core/net/fanout.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <random>
#include <set>
#include <string>

#include "core/base/limits.hpp"
#include "core/net/virtual_member.hpp"

namespace signalbox::net {
namespace {

// A member that writes into a string, as much as its window lets it.
class Reader final : public Member {
 public:
  Reader(Fanout &fanout, GroupSpace *space, Wire wire, size_t bytes_max = 1 << 20,
         OutboxPolicy policy = OutboxPolicy::disconnect) {
    fanout.add(*this);
    space_ = space;
    wire_ = wire;
    takes_frames_ = true;
    out_limits_ = {bytes_max, policy};
  }
  std::string got;
  std::vector<std::string_view> pieces;  // good until the end of the flush, their places longer
  int flushes = 0, overflows = 0, writes = 0;
  bool stuck = false;

 private:
  void flush(FlushBatch &batch) override {
    ++flushes;
    while (!stuck && !out_.empty()) {
      std::array<iovec, limits::kFlushPiecesMax> some;
      const size_t count = batch.gather(out_.frames(), out_.offset(), some);
      size_t bytes = 0;
      ++writes;
      for (size_t i = 0; i < count; ++i) {
        const std::string_view piece{static_cast<const char *>(some[i].iov_base), some[i].iov_len};
        pieces.push_back(piece);
        got.append(piece);
        bytes += piece.size();
      }
      out_.consume(bytes);
    }
  }
  void overflowed() override {
    ++overflows;
    takes_frames_ = false;
    leave_all();
  }
};

struct Fixture {
  std::vector<std::function<void()>> deferred;
  Metrics metrics;
  Fanout fanout{[this](std::function<void()> fn) { deferred.push_back(std::move(fn)); }};
  GroupSpace space{fanout,
                   {metrics.counter("deliveries_total", "d"), metrics.counter("dropped_total", "d"),
                    metrics.counter("overflows_total", "o")}};
  void turn() {
    fanout.flush();
    for (auto &fn : std::exchange(deferred, {})) fn();
  }
  size_t publish(std::string_view group, std::string_view text, uint64_t except = 0, std::string_view gap = {}) {
    const sbx_str part{text.data(), text.size()};
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.parts = &part;
    frame.part_count = 1;
    frame.gap = {gap.data(), gap.size()};
    return space.publish(group, frame, except);
  }
  void post(Member &member, std::string_view text) {
    const sbx_str part{text.data(), text.size()};
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.parts = &part;
    frame.part_count = 1;
    fanout.post(member, frame);
  }
};

std::string message(const std::string &text) { return "\x81" + std::string(1, static_cast<char>(text.size())) + text; }
const std::string kHelloMessage = message("hello");

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a published frame reaches every member of the group in the form of its wire") {
  Reader websocket(fanout, &space, Wire::websocket), chunked(fanout, &space, Wire::chunked),
      bare(fanout, &space, Wire::bare);
  Reader stranger(fanout, &space, Wire::bare);
  for (Member *member :
       {static_cast<Member *>(&websocket), static_cast<Member *>(&chunked), static_cast<Member *>(&bare)})
    space.join(*member, "room");
  CHECK(publish("room", "hello") == 3);
  CHECK(websocket.got.empty());  // nothing before the end of the turn
  turn();
  CHECK(websocket.got == kHelloMessage);
  CHECK(chunked.got == "5\r\nhello\r\n");
  CHECK(bare.got == "hello");
  CHECK(stranger.got.empty());
}

TEST_CASE_FIXTURE(Fixture, "whatever is published in a turn leaves with one flush, in order, gathered") {
  Reader a(fanout, &space, Wire::bare), b(fanout, &space, Wire::bare), c(fanout, &space, Wire::bare);
  for (Reader *r : {&a, &b, &c}) space.join(*r, "g");
  space.join(c, "h");
  for (int i = 0; i < 10; ++i) publish("g", std::to_string(i));
  publish("h", "x");
  publish("g", "y");
  turn();
  CHECK(a.got == "0123456789y");
  CHECK(b.got == "0123456789y");
  CHECK(c.got == "0123456789xy");
  CHECK(a.flushes == 1);
  CHECK(a.writes == 1);
  CHECK(a.pieces.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "the excepted member does not get it, and joining twice is once") {
  Reader a(fanout, &space, Wire::bare), b(fanout, &space, Wire::bare);
  space.join(a, "g");
  space.join(a, "g");
  space.join(b, "g");
  CHECK(publish("g", "1", a.id()) == 1);
  CHECK(publish("g", "2") == 2);
  turn();
  CHECK(a.got == "2");
  CHECK(b.got == "12");
}

TEST_CASE_FIXTURE(Fixture, "a member that overflows is closed in a later turn and the others go on") {
  Reader slow(fanout, &space, Wire::bare, 3), good(fanout, &space, Wire::bare);
  slow.stuck = true;
  space.join(slow, "g");
  space.join(good, "g");
  for (const char *text : {"1", "2", "3", "4", "5"}) publish("g", text);
  CHECK(slow.overflows == 0);
  turn();
  CHECK(slow.overflows == 1);
  CHECK(good.got == "12345");
  CHECK(publish("g", "6") == 1);
}

TEST_CASE_FIXTURE(Fixture, "every frame that a full outbox loses is counted, also when one makes room for another") {
  Reader slow(fanout, &space, Wire::bare, 10, OutboxPolicy::drop_oldest);
  slow.stuck = true;
  space.join(slow, "g");
  for (const char *text : {"1", "2", "3", "4", "wide enough"}) publish("g", text);
  turn();
  std::string shown;
  metrics.render(shown);
  CHECK(shown.find("\ndropped_total 4\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "members that come, leave and die at random get exactly what was published while they were in") {
  std::mt19937 random(3);
  struct Expected {
    std::unique_ptr<Reader> reader;
    std::set<std::string> in;
    std::string wanted;
  };
  std::map<int, Expected> members;
  int next = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::string group = "g" + std::to_string(random() % 5);
    const int what = static_cast<int>(random() % 10);
    if (members.empty() || (what == 0 && members.size() < 40)) {
      members[next++].reader = std::make_unique<Reader>(fanout, &space, Wire::bare);
    } else {
      auto it = std::next(members.begin(), static_cast<long>(random() % members.size()));
      if (what == 1) {
        members.erase(it);
      } else if (what < 4) {
        space.join(*it->second.reader, group);
        it->second.in.insert(group);
      } else if (what < 6) {
        CHECK(space.leave(*it->second.reader, group) == (it->second.in.erase(group) == 1));
      } else if (what < 9) {
        const std::string text = std::to_string(step) + ";";
        size_t count = 0;
        for (auto &[id, member] : members)
          if (member.in.count(group)) member.wanted += text, ++count;
        CHECK(publish(group, text) == count);
      } else {
        turn();
      }
    }
  }
  turn();
  for (auto &[id, member] : members) CHECK(member.reader->got == member.wanted);
}

namespace {
struct Taken {
  std::string text;
  int ready = 0, closed = 0;
  static void on_ready(void *user, sbx_id) noexcept { ++static_cast<Taken *>(user)->ready; }
  static void on_close(void *user, sbx_id, sbx_status) noexcept { ++static_cast<Taken *>(user)->closed; }
  static void add(void *user, const sbx_frame *f) noexcept {
    for (size_t i = 0; i < f->part_count; ++i)
      static_cast<Taken *>(user)->text +=
          std::string(f->parts[i].ptr, f->parts[i].len) + (f->binary[i] ? "(b)" : "") + " ";
  }
};
constexpr sbx_member_events kTakenEvents{sizeof(sbx_member_events), 0, Taken::on_ready, Taken::on_close};
}  // namespace

TEST_CASE_FIXTURE(Fixture, "a virtual member's frames wait until they are taken, and it is told once") {
  Taken taken;
  VirtualMember member(fanout, space, {1000, OutboxPolicy::disconnect}, kTakenEvents, &taken);
  space.join(member, "g");
  for (const char *text : {"one", "two", "three"}) publish("g", text);
  CHECK(taken.ready == 0);
  turn();
  publish("g", "four");
  turn();
  CHECK(taken.ready == 1);
  CHECK(member.take(1, Taken::add, &taken) == 1);  // at least one, whatever the size
  CHECK(member.take(12, Taken::add, &taken) == 2);
  CHECK(taken.text == "one two three ");
  CHECK(member.take(1000, Taken::add, &taken) == 1);
  publish("g", "five");
  turn();
  CHECK(taken.ready == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "a virtual member takes the gap of what it lost as it takes the rest, and so does who it becomes") {
  Taken taken;
  VirtualMember member(fanout, space, {20, OutboxPolicy::drop_oldest}, kTakenEvents, &taken);
  Reader websocket(fanout, &space, Wire::websocket_deflate);
  space.join(member, "g");
  for (const char *text : {"one", "two", "three", "four"}) publish("g", text, 0, "gap");
  CHECK(member.take(1, Taken::add, &taken) == 1);
  CHECK(taken.text == "gap ");
  publish("g", "five", 0, "gap");
  publish("g", "six", 0, "gap");
  CHECK(fanout.move_frames(member, websocket));
  turn();
  CHECK(websocket.got == message("gap") + message("four") + message("five") + message("six"));
}

TEST_CASE_FIXTURE(Fixture, "what waits for a virtual member, and its groups, go to the connection that it becomes") {
  Taken taken;
  VirtualMember member(fanout, space, {1000, OutboxPolicy::disconnect}, kTakenEvents, &taken);
  Reader websocket(fanout, &space, Wire::websocket);
  space.join(member, "g");
  publish("g", "hello");
  fanout.move_frames(member, websocket);
  space.move_all(member, websocket);
  publish("g", "hello");
  turn();
  CHECK(websocket.got == kHelloMessage + kHelloMessage);
  CHECK(taken.ready == 0);
}

TEST_CASE_FIXTURE(Fixture, "a virtual member that nobody empties is told that it is gone") {
  Taken taken;
  VirtualMember member(fanout, space, {20, OutboxPolicy::disconnect}, kTakenEvents, &taken);
  space.join(member, "g");
  for (int i = 0; i < 10; ++i) publish("g", "hello");
  turn();
  CHECK(taken.closed == 1);
  CHECK(publish("g", "hello") == 0);
}

}  // namespace signalbox::net
