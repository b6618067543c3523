#include "plugins/sinks/websocket/idle.hpp"

#include <algorithm>

namespace websocket {

Idle::Idle(const Services &services, int64_t after_ns, std::function<void(sbx_id)> expired)
    : services_(services), after_ns_(after_ns), expired_(std::move(expired)) {}

void Idle::begin(Connection &connection) {
  if (after_ns_ == 0 || connection.idle) return;
  connection.idle = waiting_.insert(waiting_.end(), {connection.id, services_.now_ns() + after_ns_});
  arm();
}

void Idle::end(Connection &connection) {
  if (!connection.idle) return;
  waiting_.erase(*connection.idle);
  connection.idle.reset();
  if (!waiting_.empty() || !timer_) return;
  services_.loop->cancel(services_.host.get(), timer_);
  timer_ = 0;
}

void Idle::arm() {
  if (timer_ || waiting_.empty()) return;
  const int64_t wait = std::max<int64_t>(0, waiting_.front().second - services_.now_ns());
  timer_ = services_.loop->timer(
      services_.host.get(), wait, 0,
      [](void *self, sbx_id) noexcept {
        Idle &idle = *static_cast<Idle *>(self);
        sbx::guarded(idle.services_.host, [&] { idle.on_timer(); });
      },
      this);
}

void Idle::on_timer() {
  timer_ = 0;
  const int64_t now = services_.now_ns();
  while (!waiting_.empty() && waiting_.front().second <= now) expired_(waiting_.front().first);
  arm();
}

}  // namespace websocket
