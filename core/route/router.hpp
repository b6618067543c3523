// The router: one straight way for an event, from a source's emit through its pipelines' filters into the log, and from
// the log to every lane's sinks.  Built by the assembly; emit() is called on the source's lane.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/log/event_log.hpp"
#include "core/plugin/instance.hpp"
#include "core/route/lane_router.hpp"
#include "core/route/presence_desk.hpp"

namespace signalbox {

class Router final : public EmitTarget, public LogFollower {
 public:
  // Adds its turn hooks to the lanes: before those of the caller's that come later.
  explicit Router(const std::vector<LaneWorld *> &lanes);

  Pipeline &add(std::unique_ptr<Pipeline> pipeline, const std::vector<Instance *> &sources);
  // The pipelines' names, by scope.
  std::vector<std::string> scopes() const;
  // Where events get their positions.  REQUIRES: before the lanes run; it ends after them.
  void write_to(EventLog &log);

  // Whose changes go into the log.  REQUIRES: before the lanes run; it ends after the log.
  void serve(CentralPresenceDesk &desk) { desk_ = &desk; }

  sbx_status emit(Instance &from, const sbx_event &draft, const sbx_emit &how) override;
  sbx_status say(uint32_t scope, EventPtr event, Instance &from) override;
  void released(std::span<const LogEntry> events, uint64_t position) override;
  void refused(std::span<const LogEntry> events, sbx_status why) override;
  void wake() override;

 private:
  std::vector<LaneWorld *> worlds_;
  Mailbox::Pipelines pipelines_;
  std::vector<std::unique_ptr<LaneRouter>> lanes_;
  std::unordered_map<const Instance *, std::vector<Pipeline *>> by_source_;
  EventLog *log_ = nullptr;
  CentralPresenceDesk *desk_ = nullptr;
};

}  // namespace signalbox
