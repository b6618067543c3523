// Limits for strangers: how much one address may do.  Whoever has one IPv6 address has 2^64 of them, so those are
// counted by network.  Lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace oauth {

// The address itself, or the first 64 bits of an IPv6 one.
std::string network_of(std::string_view peer);

// So many in a minute for each network.  Bounded: with more networks in one minute than fit, the rest share one count.
class MinuteLimit {
 public:
  explicit MinuteLimit(size_t a_minute) : a_minute_(a_minute) {}
  // Counts one more; false = too many.
  bool take(std::string_view peer, int64_t now_ns);
  // The same without counting.
  bool exceeded(std::string_view peer, int64_t now_ns) const;

 private:
  struct Count {
    int64_t since_ns = 0;
    size_t n = 0;
  };
  const size_t a_minute_;
  std::unordered_map<std::string, Count> counts_;
  Count overflow_;
  int64_t swept_ns_ = 0;
};

}  // namespace oauth
