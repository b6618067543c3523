#include "core/route/lane_router.hpp"

#include <algorithm>
#include <utility>

#include "core/plugin/abi_read.hpp"

namespace signalbox {

// ---- in

bool LaneRouter::drop_oldest_of(Pipeline &pipeline) {
  uint64_t &place = pipeline.oldest_pending;
  for (place = std::max(place, routed_); place < routed_ + pending_.size(); ++place) {
    Pending &pending = pending_[place - routed_];
    const auto &pipelines = *pending.pipelines;
    const auto at = std::find(pipelines.begin(), pipelines.end(), &pipeline);
    if (at == pipelines.end()) continue;
    const auto index = static_cast<size_t>(at - pipelines.begin());
    if (pending.lost.empty()) pending.lost.resize(pipelines.size());
    if (std::exchange(pending.lost[index], 1)) continue;
    --pipeline.pending_events;
    pipeline.pending_bytes -= pending.event->bytes();
    pipeline.ends.overflowed(false);
    if (std::all_of(pending.lost.begin(), pending.lost.end(), [](char lost) { return lost != 0; })) pending.event = {};
    return true;
  }
  return false;
}

bool LaneRouter::has_room(Pipeline &pipeline, size_t bytes) {
  const QueueLimits &queue = pipeline.queue;
  while (pipeline.pending_events >= queue.events ||
         (pipeline.pending_events > 0 && pipeline.pending_bytes + bytes > queue.bytes))
    if (!queue.drop_oldest || !drop_oldest_of(pipeline)) return false;
  return true;
}

sbx_status LaneRouter::accept(Instance &source, const std::vector<Pipeline *> &pipelines, const sbx_event &draft,
                              const sbx_emit &how) {
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
  for (Pipeline *pipeline : pipelines) {
    ++pipeline->pending_events;
    pipeline->pending_bytes += bytes;
  }
  pending_.push_back({event.take(),
                      &source,
                      &pipelines,
                      {},
                      how.ack,
                      std::string(text(how.dedupe_key)),
                      std::string(text(how.raw)),
                      how.dedupe_ns});
  return SBX_OK;
}

void LaneRouter::accept_saying(Pipeline &pipeline, EventPtr event, Instance &sink) {
  const size_t bytes = event->bytes();
  if (!has_room(pipeline, bytes)) return pipeline.ends.overflowed(false);
  ++pipeline.pending_events;
  pipeline.pending_bytes += bytes;
  pending_.push_back({std::move(event), &sink, &pipeline.alone, {}, 0, {}, {}, 0});
}

sbx_status LaneRouter::replace(Instance &filter, const sbx_event &draft) {
  if (filtering_ != &filter) return SBX_ESTATE;
  sbx_event whole = read_table(draft);
  whole.flags |= inherited_;
  Result<EventPtr> event = Event::copy(whole, filter.world().clock.wall_ns());
  if (!event.ok()) {
    filter.complain(event.message());
    return SBX_EINVAL;
  }
  replacements_->push_back(event.take());
  return SBX_OK;
}

// ---- through

void LaneRouter::route_pending(EventLog &log) {
  while (!pending_.empty()) {
    Pending next = std::move(pending_.front());
    pending_.pop_front();
    ++routed_;
    emissions_.push_back(filter_all(next));
  }
  if (emissions_.empty()) return;
  writing_.store(true);
  log.append(emissions_);
  writing_.store(false);
  emissions_.clear();
}

Emission LaneRouter::filter_all(Pending &pending) {
  Emission out;
  bool lost = false;
  for (size_t i = 0; i < pending.pipelines->size(); ++i) {
    if (!pending.lost.empty() && pending.lost[i]) {
      lost = true;
      continue;
    }
    Pipeline &pipeline = *(*pending.pipelines)[i];
    --pipeline.pending_events;
    pipeline.pending_bytes -= pending.event->bytes();
    filter(pipeline, pending.event, out.events);
  }
  out.source = pending.source->name();
  // What a queue lost was not received: when it comes again it is new.
  if (!lost) out.dedupe_key = std::move(pending.dedupe_key);
  out.dedupe_ns = pending.dedupe_ns;
  out.raw = std::move(pending.raw);
  if (pending.ack == 0) return out;
  out.done = [this, lost, source = pending.source, token = pending.ack](const LogReceipt &receipt) {
    Acked acked{source, token, receipt};
    if (lost && receipt.status == SBX_OK) acked.receipt.status = SBX_FULL;
    if (acks_.put(acked)) want_turn();
  };
  return out;
}

void LaneRouter::filter(Pipeline &pipeline, EventPtr event, std::vector<LogEntry> &accepted) {
  if (pipeline.filters.empty()) {
    accepted.push_back({std::move(event), pipeline.scope});
    return;
  }
  std::vector<EventPtr> passing;
  passing.push_back(std::move(event));
  for (Instance *filter : pipeline.filters) {
    std::vector<EventPtr> passed;
    for (EventPtr &one : passing) judge(pipeline, *filter, std::move(one), passed);
    passing = std::move(passed);
  }
  for (EventPtr &one : passing) accepted.push_back({std::move(one), pipeline.scope});
}

void LaneRouter::judge(Pipeline &pipeline, Instance &filter, EventPtr event, std::vector<EventPtr> &passed) {
  std::vector<EventPtr> replacements;
  filtering_ = &filter;
  inherited_ = event->view().flags & SBX_EVENT_TRANSIENT;
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

void LaneRouter::acknowledge() {
  acks_.take(acknowledging_);
  for (const Acked &acked : acknowledging_) {
    const LogReceipt &receipt = acked.receipt;
    const auto cursor = cursor_text(receipt.position);
    const bool placed = receipt.position.seq != 0;
    acked.source->on_ack(acked.token,
                         {sizeof(sbx_receipt), receipt.status, {cursor.data(), placed ? cursor.size() : 0}});
  }
  acknowledging_.clear();
  // What a source emitted when it heard of the last one is for the next turn, which nobody else may ask for.
  if (!pending_.empty()) lane_.lane.wake();
}

// ---- out

void LaneRouter::hand_over(Pipeline &pipeline, const EventPtr &event) {
  for (Instance *sink : pipeline.sinks[lane_.lane.index()]) {
    sink->on_event(event->view());
    sink->gate(event);
    if (std::find(touched_.begin(), touched_.end(), sink) == touched_.end()) touched_.push_back(sink);
  }
}

void LaneRouter::deliver() {
  mailbox_.take(mail_);
  for (const auto &[scope, channel] : mail_.losses) hand_over(*pipelines_[scope], Event::gap(channel, scope));
  mail_.losses.clear();
  for (const LogEntry &entry : mail_.events) {
    if (!entry.event) continue;
    if (entry.event->is_presence()) lane_.presence.apply(entry.event->view());
    hand_over(*pipelines_[entry.scope], entry.event);
    lane_.position = entry.event->view().seq;
  }
  mail_.events.clear();
  lane_.position = mail_.position;
  for (Instance *sink : touched_) sink->on_turn_end();
  touched_.clear();
}

}  // namespace signalbox
