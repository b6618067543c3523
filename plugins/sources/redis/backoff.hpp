// How long to wait before the next attempt: full jitter, so that a thousand instances that lost the same Redis do not
// come back in step.  The wait is anything up to a cap, which begins at `min` and doubles up to `max`.
#pragma once
#include <cstdint>

namespace redis {

class Backoff {
 public:
  // REQUIRES: 0 < min_ns <= max_ns
  Backoff(int64_t min_ns, int64_t max_ns) : min_ns_(min_ns), max_ns_(max_ns), cap_ns_(min_ns) {}

  // `chance` is any random number.
  int64_t next_ns(uint64_t chance) {
    int64_t cap = cap_ns_;
    cap_ns_ = cap_ns_ > max_ns_ / 2 ? max_ns_ : cap_ns_ * 2;
    return static_cast<int64_t>(chance % (static_cast<uint64_t>(cap) + 1));
  }
  // Only for a confirmed subscription: a Redis that accepts and then refuses must not be hammered.
  void reset() { cap_ns_ = min_ns_; }

 private:
  int64_t min_ns_, max_ns_, cap_ns_;
};

}  // namespace redis
