// Which of many equal complaints reach the log: the first, then at most one per interval, with the number left out.
#pragma once
#include <cstdint>
#include <optional>
#include <utility>

namespace redis {

class Sampler {
 public:
  // How many were left out since the last one; nothing: leave this one out too.
  std::optional<uint64_t> take(int64_t now_ns) {
    if (next_ns_ && now_ns < *next_ns_) {
      ++left_out_;
      return std::nullopt;
    }
    next_ns_ = now_ns + kIntervalNs;
    return std::exchange(left_out_, 0);
  }

 private:
  static constexpr int64_t kIntervalNs = 10'000'000'000;
  std::optional<int64_t> next_ns_;
  uint64_t left_out_ = 0;
};

}  // namespace redis
