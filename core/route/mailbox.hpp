// A mailbox: placed events on their way to one lane, in the log's order.  The sequencer puts, on any lane; the lane
// takes all at once.  Bounded for each pipeline.
#pragma once
#include <deque>
#include <mutex>
#include <unordered_map>

#include "core/event/event.hpp"
#include "core/route/pipeline.hpp"

namespace signalbox {

struct Placed {
  EventPtr event;  // none: dropped meanwhile
  Pipeline *pipeline = nullptr;
};

class Mailbox {
 public:
  // [any] true: it was empty before, so the lane must be woken.
  bool put(const Placed &placed);
  // [lane] Everything, oldest first.  `into` must be empty.
  void take(std::deque<Placed> &into);

 private:
  struct Held {
    uint64_t events = 0, bytes = 0;
  };
  bool drop_oldest_of(Pipeline &pipeline, Held &held);

  std::mutex mutex_;
  std::deque<Placed> waiting_;
  std::unordered_map<const Pipeline *, Held> held_;
};

}  // namespace signalbox
