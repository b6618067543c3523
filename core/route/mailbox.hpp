// A mailbox: events on their way to one lane, in the log's order.  The log puts, on any thread; the lane takes all at
// once.  Bounded for each pipeline; what does not fit is lost for this lane alone, and its channel is remembered so
// that the lane's subscribers are told; of transient events nobody is told.
//
// Presence changes always fit, and go to lanes without sinks, too: without one of them a lane's view of who is there
// would be wrong for ever.
#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/event/event.hpp"
#include "core/log/event_log.hpp"
#include "core/route/pipeline.hpp"

namespace signalbox {

// What a lane is to hand to its sinks.
struct Mail {
  std::deque<LogEntry> events;                        // an entry without an event was lost
  std::set<std::pair<uint32_t, std::string>> losses;  // (scope, channel): to be told before the events
  uint64_t position = 0;                              // everything up to here is in `events` or was taken before
};

class Mailbox {
 public:
  using Pipelines = std::vector<std::unique_ptr<Pipeline>>;
  // `pipelines` by scope; it does not change while the lanes run.
  Mailbox(unsigned lane, const Pipelines &pipelines) : lane_(lane), pipelines_(pipelines) {}

  // [any] Those that sinks of this lane want.  true: it was empty before, so the lane must be woken.
  bool put(std::span<const LogEntry> events, uint64_t position);
  // [lane] Everything, oldest first.  `into` must be empty.
  void take(Mail &into);

 private:
  struct Held {
    uint64_t events = 0, bytes = 0;
    size_t oldest = 0;  // none of its events is before this one of waiting_.events
  };
  void put_one(const LogEntry &entry, Pipeline &pipeline);
  bool drop_oldest_of(Pipeline &pipeline, Held &held);
  void close_holes();
  void lost(const LogEntry &entry, Pipeline &pipeline);

  const unsigned lane_;
  const Pipelines &pipelines_;
  std::mutex mutex_;
  Mail waiting_;
  size_t holes_ = 0;  // in waiting_.events
  std::unordered_map<const Pipeline *, Held> held_;
};

}  // namespace signalbox
