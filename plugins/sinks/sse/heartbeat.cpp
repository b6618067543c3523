#include "plugins/sinks/sse/heartbeat.hpp"

#include <algorithm>
#include <utility>

#include "plugins/sinks/sse/frame.hpp"

namespace sse {
namespace {

constexpr int64_t kGroupsMax = 64;

std::string group_name(uint32_t group) { return "hb:" + std::to_string(group); }

}  // namespace

Heartbeat::Heartbeat(Services services, int64_t interval_ns)
    : services_(services),
      groups_(static_cast<uint32_t>(std::clamp<int64_t>(interval_ns / sbx::kSecondNs, 1, kGroupsMax))) {
  tick_ns_ = std::max<int64_t>(interval_ns / groups_, 1);
}

void Heartbeat::add(sbx_id stream) {
  services_.fanout->join(services_.host.get(), stream, sbx::raw(group_name(next_in_++ % groups_)));
  if (timer_) return;
  timer_ = services_.loop->timer(
      services_.host.get(), tick_ns_, tick_ns_,
      [](void *self, sbx_id) noexcept {
        auto &heartbeat = *static_cast<Heartbeat *>(self);
        sbx::guarded(heartbeat.services_.host, [&] { heartbeat.beat(); });
      },
      this);
}

void Heartbeat::stop() {
  if (timer_) services_.loop->cancel(services_.host.get(), std::exchange(timer_, 0));
}

void Heartbeat::beat() {
  const sbx_str piece = sbx::raw(kHeartbeat);
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.flags = SBX_FRAME_CONTROL;
  frame.parts = &piece;
  frame.part_count = 1;
  services_.fanout->publish(services_.host.get(), sbx::raw(group_name(next_out_++ % groups_)), &frame, 0);
}

}  // namespace sse
