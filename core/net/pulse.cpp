#include "core/net/pulse.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {
namespace {

// Far more than any ping interval, and far less than where a tick count turns over.
constexpr int64_t kTicksMax = int64_t{1} << 28;

uint32_t ticks(int64_t ns) {
  const int64_t whole = ns / kPulseTickNs + (ns % kPulseTickNs > 0 ? 1 : 0);
  return static_cast<uint32_t>(std::clamp<int64_t>(whole, 1, kTicksMax));
}

}  // namespace

void Pulse::begin(int64_t ping_ns, int64_t pong_ns, uint64_t spread, uint32_t now) {
  const uint32_t ping = ticks(ping_ns);
  const auto earlier = static_cast<uint32_t>(spread % (ping / 8 + 1));
  ping_ = ping - earlier;
  pong_ = ticks(pong_ns) + earlier;
  heard(now);
}

Pulse::Verdict Pulse::look(uint32_t now) {
  const uint32_t silent = now - heard_;
  // A tick more than promised: the last sign may have come at the end of its tick.
  if (silent > ping_ + pong_) return Verdict::dead;
  if (asked_ || silent < ping_) return Verdict::alive;
  asked_ = true;
  return Verdict::ask;
}

uint32_t Pulse::due(uint32_t now) const {
  if (!asked_) return heard_ + ping_;
  // It may answer at once and be silent again: the next silence must not wait for the end of this one.
  return heard_ + std::min(ping_ + pong_ + 1, now - heard_ + ping_);
}

void PulseWheel::add(uint64_t id, uint32_t due) {
  const auto ahead = std::clamp<int32_t>(static_cast<int32_t>(due - now_), 1, kSlots - 1);
  slots_[(now_ + static_cast<uint32_t>(ahead)) % kSlots].push_back(id);
  ++count_;
}

std::vector<uint64_t> PulseWheel::tick() {
  ++now_;
  std::vector<uint64_t> due = std::exchange(slots_[now_ % kSlots], {});
  count_ -= due.size();
  return due;
}

}  // namespace signalbox::net
