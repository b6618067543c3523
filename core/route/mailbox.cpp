#include "core/route/mailbox.hpp"

#include "core/base/limits.hpp"

namespace signalbox {

void Mailbox::lost(const LogEntry &entry, Pipeline &pipeline) {
  pipeline.ends.overflowed(true);
  if (entry.event->transient()) return;  // nothing to come back for
  if (waiting_.losses.size() < limits::kLostChannelsMax)
    waiting_.losses.emplace(entry.scope, text(entry.event->view().channel));
}

bool Mailbox::drop_oldest_of(Pipeline &pipeline, Held &held) {
  for (; held.oldest < waiting_.events.size(); ++held.oldest) {
    LogEntry &oldest = waiting_.events[held.oldest];
    if (oldest.scope != pipeline.scope || !oldest.event || oldest.event->is_presence()) continue;
    --held.events;
    held.bytes -= oldest.event->bytes();
    lost(oldest, pipeline);
    oldest.event = {};
    ++holes_;
    return true;
  }
  return false;
}

// What was dropped leaves holes; a lane that stands still must not gather those without end either.
void Mailbox::close_holes() {
  std::erase_if(waiting_.events, [](const LogEntry &entry) { return !entry.event; });
  holes_ = 0;
  for (auto &[pipeline, held] : held_) held.oldest = 0;
}

void Mailbox::put_one(const LogEntry &entry, Pipeline &pipeline) {
  Held &held = held_[&pipeline];
  const size_t size = entry.event->bytes();
  while (held.events >= pipeline.queue.events || (held.events > 0 && held.bytes + size > pipeline.queue.bytes)) {
    if (pipeline.queue.drop_oldest && drop_oldest_of(pipeline, held)) continue;
    return lost(entry, pipeline);
  }
  if (holes_ > limits::kMailboxHolesMin && holes_ > waiting_.events.size() / 2) close_holes();
  waiting_.events.push_back(entry);
  ++held.events;
  held.bytes += size;
}

bool Mailbox::put(std::span<const LogEntry> events, uint64_t position) {
  const std::lock_guard lock(mutex_);
  const bool was_empty = waiting_.events.empty() && waiting_.losses.empty();
  for (const LogEntry &entry : events) {
    Pipeline &pipeline = *pipelines_[entry.scope];
    if (entry.event->is_presence())
      waiting_.events.push_back(entry);
    else if (!pipeline.sinks[lane_].empty())
      put_one(entry, pipeline);
  }
  waiting_.position = position;
  return was_empty && !(waiting_.events.empty() && waiting_.losses.empty());
}

void Mailbox::take(Mail &into) {
  const std::lock_guard lock(mutex_);
  waiting_.events.swap(into.events);
  waiting_.losses.swap(into.losses);
  into.position = waiting_.position;
  holes_ = 0;
  for (auto &[pipeline, held] : held_) held = {};
}

}  // namespace signalbox
