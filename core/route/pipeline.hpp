// A pipeline as it runs: its filters on their one lane, its sinks on every lane, the limits of its queues and what
// became of its events.  Built by the assembly; the vectors do not change while the lanes run.
#pragma once
#include <array>
#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/metrics.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct QueueLimits {
  uint64_t events = 65'536;
  uint64_t bytes = 64u << 20;
  bool drop_oldest = true;  // false: the new one is dropped
};

// signalbox_events_total{pipeline,end,by,reason}: every accepted event ends in exactly one of these for each pipeline
// (an event that filters turn into several ends once for each).  "mailbox_full" is not an end but a loss on one lane of
// an event that was routed: it counts once for each lane that was too slow.  [any]
class EventEnds {
 public:
  EventEnds(Metrics &metrics, std::string pipeline);
  void routed() { routed_.add(); }
  // [any] The log took it not: DUPLICATE, FULL or ESTORE.
  void refused(sbx_status why) {
    (why == SBX_DUPLICATE ? duplicate_ : why == SBX_FULL ? log_full_ : not_durable_).add();
  }
  // [home lane] `end` is "dropped" or "error"; `by` the filter; `reason` its word.
  void ended(std::string_view end, std::string_view by, std::string_view reason);
  // [any] A queue was full.
  void overflowed(bool mailbox) { (mailbox ? mailbox_full_ : queue_full_).add(); }

 private:
  Counter make(std::string_view end, std::string_view by, std::string_view reason);

  Metrics &metrics_;
  const std::string pipeline_;
  Counter routed_, queue_full_, mailbox_full_, duplicate_, log_full_, not_durable_;
  std::map<std::string, Counter, std::less<>> by_words_;
};

struct Pipeline {
  std::string name;
  uint32_t scope = 0;  // its number, which its events carry; the router gives it
  std::vector<Instance *> filters;
  std::vector<std::vector<Instance *>> sinks;  // by lane
  QueueLimits queue;
  bool pass_on_error = false;
  EventEnds ends;
  // Emitted, not yet filtered.  [home lane]
  uint64_t pending_events = 0, pending_bytes = 0;
  uint64_t oldest_pending = 0;  // LaneRouter's count: nothing of this pipeline that could be dropped is before it
  unsigned home = 0;            // the lane of its filters and sources; the router finds it
  // What clients said, on its way to the home lane.  [any]
  std::atomic<uint64_t> saying_bytes{0};
  const std::vector<Pipeline *> alone{this};  // for what comes in behind the sources

  Pipeline(Metrics &metrics, std::string own_name, unsigned lanes)
      : name(std::move(own_name)), sinks(lanes), ends(metrics, name) {}
};

}  // namespace signalbox
