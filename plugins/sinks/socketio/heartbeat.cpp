#include "plugins/sinks/socketio/heartbeat.hpp"

#include <algorithm>
#include <utility>

namespace socketio {
namespace {

constexpr size_t kSlots = 512;
// A tick is this part of the shortest deadline, within bounds: a wheel of milliseconds would spin for nothing, one of
// seconds would miss.
constexpr int64_t kTicksPerDeadline = 40;
constexpr int64_t kTickMinNs = 5 * sbx::kMillisecondNs, kTickMaxNs = 250 * sbx::kMillisecondNs;

}  // namespace

void Heartbeat::Entry::unlink() {
  if (wheel_) wheel_->cancel(*this);
}

Heartbeat::Heartbeat(sbx::Host host, const sbx_loop *loop, int64_t shortest_ns, std::function<void()> after)
    : host_(host),
      loop_(loop),
      tick_ns_(std::clamp(shortest_ns / kTicksPerDeadline, kTickMinNs, kTickMaxNs)),
      after_(std::move(after)),
      slots_(kSlots) {}

Heartbeat::~Heartbeat() {
  for (Entry *entry : slots_)
    while (entry) {
      entry->wheel_ = nullptr;
      entry = entry->next_;
    }
  if (timer_) loop_->cancel(host_.get(), timer_);
}

// An entry further away than the wheel reaches waits in the last slot, and is put forward again when that turns up.
size_t Heartbeat::slot_of(int64_t due_ns) const {
  const int64_t wanted = (due_ns + tick_ns_ - 1) / tick_ns_;
  const int64_t tick = std::clamp<int64_t>(wanted, done_tick_ + 1, done_tick_ + static_cast<int64_t>(kSlots) - 1);
  return static_cast<size_t>(tick) % kSlots;
}

void Heartbeat::schedule(Entry &entry, int64_t due_ns) {
  cancel(entry);
  if (!timer_) start_timer();
  Entry *&head = slots_[slot_of(due_ns)];
  entry.due_ns_ = due_ns;
  entry.wheel_ = this;
  entry.link_ = &head;
  entry.next_ = head;
  if (head) head->link_ = &entry.next_;
  head = &entry;
  ++waiting_;
}

void Heartbeat::cancel(Entry &entry) {
  if (!entry.wheel_) return;
  *entry.link_ = entry.next_;
  if (entry.next_) entry.next_->link_ = entry.link_;
  entry.link_ = nullptr;
  entry.next_ = nullptr;
  entry.wheel_ = nullptr;
  --waiting_;
}

void Heartbeat::start_timer() {
  done_tick_ = loop_->mono_ns(host_.get()) / tick_ns_;
  timer_ = loop_->timer(
      host_.get(), tick_ns_, tick_ns_,
      [](void *self, sbx_id) noexcept {
        auto &wheel = *static_cast<Heartbeat *>(self);
        sbx::guarded(wheel.host_, [&] { wheel.turn(); });
      },
      this);
}

void Heartbeat::turn() {
  const int64_t now = loop_->mono_ns(host_.get());
  const int64_t until = now / tick_ns_;
  // After a long sleep of the machine one round is enough: it meets every slot.
  done_tick_ = std::max(done_tick_, until - static_cast<int64_t>(kSlots));
  while (done_tick_ < until) {
    ++done_tick_;
    run_slot(static_cast<size_t>(done_tick_) % kSlots, now);
  }
  if (after_) after_();
  if (waiting_ == 0 && timer_) loop_->cancel(host_.get(), std::exchange(timer_, 0));
}

void Heartbeat::run_slot(size_t slot, int64_t now_ns) {
  // The slot's entries move to a list of this call, so that on_due may cancel any of them and fill the slot anew.
  Entry *due = std::exchange(slots_[slot], nullptr);
  if (due) due->link_ = &due;
  while (due) {
    Entry &entry = *due;
    cancel(entry);
    if (entry.due_ns_ > now_ns)
      schedule(entry, entry.due_ns_);
    else
      entry.on_due(now_ns);
  }
}

}  // namespace socketio
