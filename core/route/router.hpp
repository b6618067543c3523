// The router: one straight way for an event, from a source's emit through its pipelines' filters to a position and
// every lane's sinks.  Built by the assembly; emit() is called on the source's lane.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/plugin/instance.hpp"
#include "core/route/lane_router.hpp"
#include "core/route/sequencer.hpp"

namespace signalbox {

class Router final : public EmitTarget {
 public:
  // Adds its turn hooks to the lanes: before those of the caller's that come later.
  Router(uint64_t epoch, const std::vector<LaneWorld *> &lanes);

  Pipeline &add(std::unique_ptr<Pipeline> pipeline, const std::vector<Instance *> &sources);
  sbx_status emit(Instance &from, const sbx_event &draft, uint64_t ack) override;

 private:
  std::vector<std::unique_ptr<LaneRouter>> lanes_;
  std::unique_ptr<Sequencer> sequencer_;
  std::vector<std::unique_ptr<Pipeline>> pipelines_;
  std::unordered_map<const Instance *, std::vector<Pipeline *>> by_source_;
};

}  // namespace signalbox
