#include "core/route/router.hpp"

#include <optional>
#include <utility>

#include "core/base/limits.hpp"

namespace signalbox {

Router::Router(const std::vector<LaneWorld *> &lanes) : worlds_(lanes) {
  for (LaneWorld *lane : lanes) {
    lanes_.push_back(std::make_unique<LaneRouter>(*lane, pipelines_));
    lane->lane.add_turn_hook([this, router = lanes_.back().get(), first = lanes_.size() == 1] {
      if (!log_) return;
      if (first && desk_)
        if (std::optional<Emission> changes = desk_->turn()) router->announce(std::move(*changes));
      router->route_pending(*log_);
      router->acknowledge();
      router->deliver();
    });
  }
}

Pipeline &Router::add(std::unique_ptr<Pipeline> pipeline, const std::vector<Instance *> &sources) {
  pipeline->scope = static_cast<uint32_t>(pipelines_.size());
  Instance *local = pipeline->filters.empty() ? nullptr : pipeline->filters.front();
  if (!local && !sources.empty()) local = sources.front();
  if (local) pipeline->home = local->lane().lane.index();
  pipelines_.push_back(std::move(pipeline));
  for (const Instance *source : sources) by_source_[source].push_back(pipelines_.back().get());
  return *pipelines_.back();
}

std::vector<std::string> Router::scopes() const {
  std::vector<std::string> names;
  for (const auto &pipeline : pipelines_) names.push_back(pipeline->name);
  return names;
}

void Router::write_to(EventLog &log) {
  log_ = &log;
  for (const auto &lane : lanes_) lane->mailbox().put({}, log.position());
  // Not only with the first mail: somebody may subscribe in a lane's first turn.
  for (LaneWorld *world : worlds_) world->position = log.position();
}

sbx_status Router::emit(Instance &from, const sbx_event &draft, const sbx_emit &how) {
  LaneRouter &lane = *lanes_[from.lane().lane.index()];
  if (from.kind() == SBX_FILTER) return lane.replace(from, draft);
  if (from.kind() != SBX_SOURCE) return SBX_ESTATE;
  auto it = by_source_.find(&from);
  static const std::vector<Pipeline *> kNone;  // no pipeline wants it: received, and at its end
  return lane.accept(from, it == by_source_.end() ? kNone : it->second, draft, how);
}

sbx_status Router::say(uint32_t scope, EventPtr event, Instance &from) {
  if (scope >= pipelines_.size()) return SBX_EINVAL;
  Pipeline &pipeline = *pipelines_[scope];
  const size_t bytes = event->bytes();
  if (pipeline.saying_bytes.fetch_add(bytes) + bytes > limits::kSayingBytesMax) {
    pipeline.saying_bytes.fetch_sub(bytes);
    pipeline.ends.overflowed(false);
    return SBX_FULL;
  }
  LaneRouter &home = *lanes_[pipeline.home];
  worlds_[pipeline.home]->lane.post([&home, &pipeline, bytes, event = std::move(event), &from] {
    pipeline.saying_bytes.fetch_sub(bytes);
    home.accept_saying(pipeline, event, from);
  });
  return SBX_OK;
}

void Router::released(std::span<const LogEntry> events, uint64_t position) {
  for (const LogEntry &entry : events)
    if (!entry.event->is_presence()) pipelines_[entry.scope]->ends.routed();
  for (const auto &lane : lanes_)
    if (lane->mailbox().put(events, position)) lane->want_turn();
}

void Router::wake() {
  for (const auto &lane : lanes_) lane->wake();
}

void Router::refused(std::span<const LogEntry> events, sbx_status why) {
  for (const LogEntry &entry : events)
    if (!entry.event->is_presence()) pipelines_[entry.scope]->ends.refused(why);
}

}  // namespace signalbox
