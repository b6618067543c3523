// Routing on one lane: drafts that its sources emit wait for the end of the turn, pass their pipelines' filters and are
// placed; what the sequencer put into the lane's mailbox is handed to its sinks.  [lane] everything.
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "core/event/event.hpp"
#include "core/plugin/instance.hpp"
#include "core/route/mailbox.hpp"
#include "core/route/sequencer.hpp"

namespace signalbox {

class LaneRouter {
 public:
  explicit LaneRouter(LaneWorld &lane) : lane_(lane) {}

  // A source's draft, for each of its pipelines.
  sbx_status accept(Instance &source, const std::vector<Pipeline *> &pipelines, const sbx_event &draft, uint64_t ack);
  // A replacement from inside a filter's on_event.
  sbx_status replace(Instance &filter, const sbx_event &draft);

  void route_pending(Sequencer &sequencer);  // turn hook
  void deliver();                            // turn hook, after it
  Mailbox &mailbox() { return mailbox_; }

 private:
  struct Ack {
    Instance *source;
    uint64_t token;
    sbx_status status = SBX_OK;  // FULL: a queue that drops its oldest lost it
  };
  struct Pending {
    EventPtr event;
    Pipeline *pipeline;
    std::shared_ptr<Ack> ack;  // told when the last one lets go
  };
  bool has_room(Pipeline &pipeline, size_t bytes);
  void filter(Pending &pending);
  void judge(Pipeline &pipeline, Instance &filter, EventPtr event, std::vector<EventPtr> &passed);

  LaneWorld &lane_;
  std::deque<Pending> pending_;
  std::vector<Placed> accepted_;
  Instance *filtering_ = nullptr;  // whose on_event runs now
  std::vector<EventPtr> *replacements_ = nullptr;
  Mailbox mailbox_;
  std::deque<Placed> delivering_;
  std::vector<Instance *> touched_;
};

}  // namespace signalbox
