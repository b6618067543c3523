// Whether a silent WebSocket still has a client: Pulse is what a connection keeps of it, PulseWheel says on a lane
// whose turn it is to be looked at.  Time is in ticks of the wheel, which stands still while its lane does, so a lane
// that was held up does not take its clients for dead.  [lane]; pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace signalbox::net {

inline constexpr int64_t kPulseTickNs = 100'000'000;

class Pulse {
 public:
  // From `now` on: asks after `ping_ns` of silence and gives up `pong_ns` later.  `spread` is any number: clients that
  // came in the same moment are asked up to an eighth of the time earlier, each at its own.
  void begin(int64_t ping_ns, int64_t pong_ns, uint64_t spread, uint32_t now);
  bool on() const { return ping_ > 0; }
  void heard(uint32_t now) {
    heard_ = now;
    asked_ = false;
  }

  enum class Verdict { alive, ask, dead };
  Verdict look(uint32_t now);        // `ask` once for each silence
  uint32_t due(uint32_t now) const;  // when to look again

 private:
  uint32_t heard_ = 0, ping_ = 0, pong_ = 0;
  bool asked_ = false;
};
static_assert(sizeof(Pulse) <= 16);

// 256 slots of ids, a tick each; no timer for one connection, and eight bytes.  An id whose time is further away comes
// round early and is added again, one that is gone meanwhile is found out by its owner.
class PulseWheel {
 public:
  uint32_t now() const { return now_; }
  bool empty() const { return count_ == 0; }
  void add(uint64_t id, uint32_t due);
  // One tick on: whom to look at.
  std::vector<uint64_t> tick();

 private:
  static constexpr uint32_t kSlots = 256;
  std::array<std::vector<uint64_t>, kSlots> slots_;
  size_t count_ = 0;
  uint32_t now_ = 0;
};

}  // namespace signalbox::net
