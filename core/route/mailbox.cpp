#include "core/route/mailbox.hpp"

namespace signalbox {

bool Mailbox::drop_oldest_of(Pipeline &pipeline, Held &held) {
  for (Placed &oldest : waiting_) {
    if (oldest.pipeline != &pipeline || !oldest.event) continue;
    --held.events;
    held.bytes -= oldest.event->bytes();
    oldest.event = {};
    pipeline.ends.overflowed(true);
    return true;
  }
  return false;
}

bool Mailbox::put(const Placed &placed) {
  const std::lock_guard lock(mutex_);
  Pipeline &pipeline = *placed.pipeline;
  Held &held = held_[&pipeline];
  const size_t size = placed.event->bytes();
  while (held.events >= pipeline.queue.events || (held.events > 0 && held.bytes + size > pipeline.queue.bytes)) {
    if (pipeline.queue.drop_oldest && drop_oldest_of(pipeline, held)) continue;
    pipeline.ends.overflowed(true);
    return false;
  }
  // What was dropped leaves holes; a lane that stands still must not gather those without end either.
  while (!waiting_.empty() && !waiting_.front().event) waiting_.pop_front();
  const bool was_empty = waiting_.empty();
  waiting_.push_back(placed);
  ++held.events;
  held.bytes += size;
  return was_empty;
}

void Mailbox::take(std::deque<Placed> &into) {
  const std::lock_guard lock(mutex_);
  waiting_.swap(into);
  for (auto &[pipeline, held] : held_) held = {};
}

}  // namespace signalbox
