#include "plugins/sources/webhook/clock_offset.hpp"

#include <algorithm>
#include <string>

namespace webhook {

// Of an even number the middle one that is nearer to nothing: half a second is no reason for a warning.
int64_t ClockOffset::median() const {
  std::array<int64_t, kKept> sorted = ages_s_;
  const size_t count = std::min(seen_, kKept);
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count));
  const int64_t low = sorted[(count - 1) / 2], high = sorted[count / 2];
  return std::abs(low) < std::abs(high) ? low : high;
}

void ClockOffset::add(std::optional<int64_t> age_s, int64_t mono_ns) {
  if (!age_s) return;
  ages_s_[seen_++ % kKept] = *age_s;
  const int64_t offset_s = median();
  if (!gauge_)
    gauge_.emplace(host_, 'g', "signalbox_webhook_clock_offset_seconds",
                   "Median of this machine's time less the signed time, over the last 32 accepted requests");
  gauge_->set(static_cast<double>(offset_s));
  if (seen_ < kEnough || std::abs(offset_s) <= kToleratedS || mono_ns < next_warning_ns_) return;
  next_warning_ns_ = mono_ns + kQuietNs;
  host_.log(SBX_WARN, "this machine's clock seems to be " + std::to_string(std::abs(offset_s)) + " s " +
                          (offset_s > 0 ? "ahead of" : "behind") +
                          " the provider's, or its requests are under way that long; check the clock (NTP): beyond "
                          "the tolerance genuine requests are refused");
}

}  // namespace webhook
