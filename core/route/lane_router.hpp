// Routing on one lane: drafts that its sources emit wait for the end of the turn, pass their pipelines' filters and go
// into the log; what the log put into the lane's mailbox is handed to its sinks.  [lane] everything.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/event/event.hpp"
#include "core/log/event_log.hpp"
#include "core/plugin/instance.hpp"
#include "core/route/ack_box.hpp"
#include "core/route/mailbox.hpp"

namespace signalbox {

class LaneRouter {
 public:
  LaneRouter(LaneWorld &lane, const Mailbox::Pipelines &pipelines)
      : lane_(lane), pipelines_(pipelines), mailbox_(lane.lane.index(), pipelines) {}

  // A source's draft, for each of its pipelines (which live as long as the router).
  sbx_status accept(Instance &source, const std::vector<Pipeline *> &pipelines, const sbx_event &draft,
                    const sbx_emit &how);
  // What a client said in one of this pipeline's channels; `sink` is whose client it is.  What does not fit is counted.
  void accept_saying(Pipeline &pipeline, EventPtr event, Instance &sink);
  // To be appended with what this turn brings, before it.
  void announce(Emission emission) { emissions_.push_back(std::move(emission)); }
  // A replacement from inside a filter's on_event.
  sbx_status replace(Instance &filter, const sbx_event &draft);

  void route_pending(EventLog &log);  // turn hook
  void acknowledge();                 // turn hook, after it
  void deliver();                     // turn hook, after that
  Mailbox &mailbox() { return mailbox_; }
  // [any] The lane was given something to look at at the end of a turn ...
  void want_turn() { turn_wanted_.store(true); }
  // ... and gets this turn.  One that is just writing to the log looks anyway.
  void wake() {
    if (turn_wanted_.exchange(false) && !writing_.load()) lane_.lane.wake();
  }

 private:
  struct Pending {
    EventPtr event;
    Instance *source;
    const std::vector<Pipeline *> *pipelines;
    std::vector<char> lost;  // by pipeline: a queue that drops its oldest lost it; empty = none
    uint64_t ack;
    std::string dedupe_key, raw;
    int64_t dedupe_ns;
  };
  bool has_room(Pipeline &pipeline, size_t bytes);
  bool drop_oldest_of(Pipeline &pipeline);
  Emission filter_all(Pending &pending);
  void filter(Pipeline &pipeline, EventPtr event, std::vector<LogEntry> &accepted);
  void judge(Pipeline &pipeline, Instance &filter, EventPtr event, std::vector<EventPtr> &passed);
  void hand_over(Pipeline &pipeline, const EventPtr &event);

  LaneWorld &lane_;
  const Mailbox::Pipelines &pipelines_;
  std::deque<Pending> pending_;
  uint64_t routed_ = 0;  // how many have left pending_ so far
  std::vector<Emission> emissions_;
  Instance *filtering_ = nullptr;  // whose on_event runs now
  uint32_t inherited_ = 0;         // flags that what takes the place of its event has, too
  std::vector<EventPtr> *replacements_ = nullptr;
  AckBox acks_;
  std::vector<Acked> acknowledging_;
  Mailbox mailbox_;
  Mail mail_;
  std::vector<Instance *> touched_;
  std::atomic<bool> writing_{false}, turn_wanted_{false};
};

}  // namespace signalbox
