#include "plugins/sinks/sse/deadlines.hpp"

#include <algorithm>

namespace sse {

void Deadlines::set(sbx_id id, int64_t at_ns) {
  waiting_.emplace(at_ns, id);
  arm();
}

void Deadlines::cancel(sbx_id id, int64_t at_ns) {
  waiting_.erase({at_ns, id});
  if (waiting_.empty()) disarm();
}

// A timer that is early stays: it finds nothing due and is armed anew.
void Deadlines::arm() {
  if (waiting_.empty()) return disarm();
  const int64_t first_ns = waiting_.begin()->first;
  if (timer_ && armed_for_ns_ <= first_ns) return;
  disarm();
  armed_for_ns_ = first_ns;
  timer_ = services_.loop->timer(
      services_.host.get(), std::max<int64_t>(first_ns - services_.now_ns(), 0), 0,
      [](void *self, sbx_id) noexcept {
        auto &deadlines = *static_cast<Deadlines *>(self);
        sbx::guarded(deadlines.services_.host, [&] { deadlines.run(); });
      },
      this);
}

void Deadlines::disarm() {
  if (timer_) services_.loop->cancel(services_.host.get(), std::exchange(timer_, 0));
}

void Deadlines::run() {
  timer_ = 0;
  const int64_t now = services_.now_ns();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const sbx_id id = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    due_(id);
  }
  arm();
}

}  // namespace sse
