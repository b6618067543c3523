#include "core/route/lane_router.hpp"

#include <algorithm>
#include <utility>

namespace signalbox {

bool LaneRouter::has_room(Pipeline &pipeline, size_t bytes) {
  const QueueLimits &queue = pipeline.queue;
  while (pipeline.pending_events >= queue.events ||
         (pipeline.pending_events > 0 && pipeline.pending_bytes + bytes > queue.bytes)) {
    if (!queue.drop_oldest) return false;
    auto oldest =
        std::find_if(pending_.begin(), pending_.end(), [&](const Pending &p) { return p.pipeline == &pipeline; });
    if (oldest == pending_.end()) return false;
    --pipeline.pending_events;
    pipeline.pending_bytes -= oldest->event->bytes();
    pipeline.ends.overflowed(false);
    if (oldest->ack) oldest->ack->status = SBX_FULL;
    pending_.erase(oldest);
  }
  return true;
}

sbx_status LaneRouter::accept(Instance &source, const std::vector<Pipeline *> &pipelines, const sbx_event &draft,
                              uint64_t ack) {
  Result<EventPtr> event = Event::copy(draft, source.world().clock.wall_ns());
  if (!event.ok()) {
    source.complain(event.message());
    return SBX_EINVAL;
  }
  const size_t bytes = (*event)->bytes();
  for (Pipeline *pipeline : pipelines)
    if (!has_room(*pipeline, bytes)) {
      pipeline->ends.overflowed(false);
      return SBX_FULL;
    }
  std::shared_ptr<Ack> token;
  if (ack != 0)
    token = std::shared_ptr<Ack>(new Ack{&source, ack}, [this](Ack *done) {
      lane_.lane.defer([told = *done] { told.source->on_ack(told.token, told.status); });
      delete done;
    });
  for (Pipeline *pipeline : pipelines) {
    ++pipeline->pending_events;
    pipeline->pending_bytes += bytes;
    pending_.push_back({*event, pipeline, token});
  }
  return SBX_OK;
}

sbx_status LaneRouter::replace(Instance &filter, const sbx_event &draft) {
  if (filtering_ != &filter) return SBX_ESTATE;
  Result<EventPtr> event = Event::copy(draft, filter.world().clock.wall_ns());
  if (!event.ok()) {
    filter.complain(event.message());
    return SBX_EINVAL;
  }
  replacements_->push_back(event.take());
  return SBX_OK;
}

void LaneRouter::route_pending(Sequencer &sequencer) {
  while (!pending_.empty()) {
    Pending next = std::move(pending_.front());
    pending_.pop_front();
    --next.pipeline->pending_events;
    next.pipeline->pending_bytes -= next.event->bytes();
    filter(next);
  }
  if (!accepted_.empty()) sequencer.place(accepted_, lane_.lane.index());
}

void LaneRouter::filter(Pending &pending) {
  Pipeline &pipeline = *pending.pipeline;
  if (pipeline.filters.empty()) {
    accepted_.push_back({std::move(pending.event), &pipeline});
    return;
  }
  std::vector<EventPtr> passing;
  passing.push_back(std::move(pending.event));
  for (Instance *filter : pipeline.filters) {
    std::vector<EventPtr> passed;
    for (EventPtr &event : passing) judge(pipeline, *filter, std::move(event), passed);
    passing = std::move(passed);
  }
  for (EventPtr &event : passing) accepted_.push_back({std::move(event), &pipeline});
}

void LaneRouter::judge(Pipeline &pipeline, Instance &filter, EventPtr event, std::vector<EventPtr> &passed) {
  std::vector<EventPtr> replacements;
  filtering_ = &filter;
  replacements_ = &replacements;
  const sbx_status verdict = filter.on_event(event->view());
  filtering_ = nullptr;
  replacements_ = nullptr;
  const std::string reason = filter.take_reason();
  // What a failing filter made is not to be trusted; what went in passes only where the file says so.
  if (verdict < 0) {
    pipeline.ends.ended("error", filter.name(), reason);
    replacements.clear();
  } else if (verdict != SBX_OK && replacements.empty()) {
    pipeline.ends.ended("dropped", filter.name(), reason);
  }
  if (verdict == SBX_OK || (verdict < 0 && pipeline.pass_on_error)) passed.push_back(std::move(event));
  for (EventPtr &replacement : replacements) passed.push_back(std::move(replacement));
}

void LaneRouter::deliver() {
  mailbox_.take(delivering_);
  if (delivering_.empty()) return;
  const unsigned lane = lane_.lane.index();
  for (Placed &placed : delivering_) {
    if (!placed.event) continue;
    for (Instance *sink : placed.pipeline->sinks[lane]) {
      sink->on_event(placed.event->view());
      if (std::find(touched_.begin(), touched_.end(), sink) == touched_.end()) touched_.push_back(sink);
    }
  }
  delivering_.clear();
  for (Instance *sink : touched_) sink->on_turn_end();
  touched_.clear();
}

}  // namespace signalbox
