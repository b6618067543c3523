// TokenBucket: how much of something may come: `burst` at once, and in any stretch of time no more than burst +
// per_second * seconds.  The rate is the caller's, so that a bucket is two numbers; time is handed in and may stand
// still, never go back (what is older than the last step counts as the last step).  Pure; the caller locks.
#pragma once
#include <algorithm>
#include <cstdint>

namespace signalbox {

struct Rate {
  double per_second = 0, burst = 0;  // per_second 0: no limit
  bool limits() const { return per_second > 0; }
  bool operator==(const Rate &) const = default;
};

// REQUIRES of every method: the rate limits, and is the one that the bucket was made with.
class TokenBucket {
 public:
  TokenBucket(const Rate &rate, int64_t now_ns) : left_(rate.burst), at_ns_(now_ns) {}

  double left(const Rate &rate, int64_t now_ns) const {
    const int64_t passed_ns = std::max<int64_t>(0, now_ns - at_ns_);
    return std::min(rate.burst, left_ + static_cast<double>(passed_ns) * 1e-9 * rate.per_second);
  }
  // REQUIRES: left() >= wanted
  void take(const Rate &rate, double wanted, int64_t now_ns) {
    left_ = left(rate, now_ns) - wanted;
    at_ns_ = std::max(at_ns_, now_ns);
  }
  // From then on it is as good as new, and need not be remembered.
  int64_t full_at_ns(const Rate &rate) const {
    const double wait_ns = (rate.burst - left_) / rate.per_second * 1e9;
    constexpr double kForEver = 4e18;
    return wait_ns < kForEver - static_cast<double>(at_ns_) ? at_ns_ + static_cast<int64_t>(wait_ns) + 1 : INT64_MAX;
  }

 private:
  double left_;
  int64_t at_ns_;
};

}  // namespace signalbox
