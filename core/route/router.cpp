#include "core/route/router.hpp"

namespace signalbox {

Router::Router(uint64_t epoch, const std::vector<LaneWorld *> &lanes) {
  std::vector<Mailbox *> mailboxes;
  for (LaneWorld *lane : lanes) {
    lanes_.push_back(std::make_unique<LaneRouter>(*lane));
    mailboxes.push_back(&lanes_.back()->mailbox());
  }
  // Waking is running a turn: its hooks look into the mailbox.
  sequencer_ = std::make_unique<Sequencer>(epoch, std::move(mailboxes),
                                           [lanes](unsigned lane) { lanes[lane]->lane.post([] {}); });
  for (size_t i = 0; i < lanes.size(); ++i)
    lanes[i]->lane.add_turn_hook([this, router = lanes_[i].get()] {
      router->route_pending(*sequencer_);
      router->deliver();
    });
}

Pipeline &Router::add(std::unique_ptr<Pipeline> pipeline, const std::vector<Instance *> &sources) {
  pipelines_.push_back(std::move(pipeline));
  for (const Instance *source : sources) by_source_[source].push_back(pipelines_.back().get());
  return *pipelines_.back();
}

sbx_status Router::emit(Instance &from, const sbx_event &draft, uint64_t ack) {
  LaneRouter &lane = *lanes_[from.lane().lane.index()];
  if (from.kind() == SBX_FILTER) return lane.replace(from, draft);
  if (from.kind() != SBX_SOURCE) return SBX_ESTATE;
  auto it = by_source_.find(&from);
  static const std::vector<Pipeline *> kNone;  // no pipeline wants it: received, and at its end
  return lane.accept(from, it == by_source_.end() ? kNone : it->second, draft, ack);
}

}  // namespace signalbox
