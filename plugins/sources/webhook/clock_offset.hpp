// How far this machine's clock is from those of the providers: the median of (now - signed time) over the last requests
// that were accepted.  A wrong clock makes genuine requests stale; it is said before it does.  One to an instance; lane
// only.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sbx/sbx.hpp>

namespace webhook {

class ClockOffset {
 public:
  explicit ClockOffset(sbx::Host host) : host_(host) {}
  // `age_s`: how long ago the request says that it was signed, if it says so.
  void add(std::optional<int64_t> age_s, int64_t mono_ns);

 private:
  static constexpr size_t kKept = 32;
  // A few requests that were under way for long say nothing yet.
  static constexpr size_t kEnough = 8;
  static constexpr int64_t kToleratedS = 2;
  static constexpr int64_t kQuietNs = 3600 * sbx::kSecondNs;
  int64_t median() const;

  sbx::Host host_;
  std::array<int64_t, kKept> ages_s_{};
  size_t seen_ = 0;
  int64_t next_warning_ns_ = INT64_MIN;
  std::optional<sbx::Metric> gauge_;  // made with the first time that was signed
};

}  // namespace webhook
