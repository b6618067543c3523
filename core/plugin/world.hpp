// What instances are given of the world: what the whole program shares, and what their lane has.  Owned by the
// assembly, which outlives every instance.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/limits.hpp"
#include "core/base/metrics.hpp"
#include "core/io/lane.hpp"
#include "core/log/event_log.hpp"
#include "core/net/fanout.hpp"
#include "core/net/http_server.hpp"
#include "core/net/listener.hpp"
#include "core/plugin/admission.hpp"
#include "core/plugin/census.hpp"
#include "core/plugin/presence_view.hpp"
#include "core/plugin/rate_limits.hpp"

namespace signalbox {

// Bounds of a replay; tests make them small.
struct ReplayLimits {
  size_t gate_events = limits::kGateEvents;
  size_t gate_bytes = limits::kGateBytes;
  size_t page_events = limits::kReplayPageEvents;
  size_t page_bytes = limits::kReplayPageBytes;
  size_t pages_per_turn = limits::kReplayPagesPerTurn;
  size_t events_per_turn = limits::kReplayEventsPerTurn;
};

struct World {
  const Clock &clock;
  Metrics &metrics;
  unsigned lanes;
  bool running = false;         // set before the lanes' threads begin: what they share does not change any more
  std::string share_directory;  // where sbx.asset/1 looks
  EventLog *log = nullptr;      // set before the lanes run; so is the next
  PresenceDesk *presence = nullptr;
  ReplayLimits replay;
  CensusRegister census;                                                        // likewise
  Gatekeepers gatekeepers;                                                      // complete before the lanes run
  std::map<std::string, std::unique_ptr<RateLimits>, std::less<>> rate_limits;  // by sink; before instances are made
  net::ServerShared server;
  std::map<std::string, std::unique_ptr<net::Listener>, std::less<>> listeners;
  World(const Clock &c, Metrics &m, unsigned lane_count)
      : clock(c), metrics(m), lanes(lane_count), server(lane_count) {}
};

struct LaneWorld {
  io::Lane lane;
  net::Fanout fanout;
  net::HttpServer server;
  uint64_t position = 0;  // every event up to it was given to this lane's sinks
  PresenceView presence;  // as of that position
  LaneWorld(unsigned index, World &world)
      : lane(index),
        fanout([this](std::function<void()> fn) { lane.defer(std::move(fn)); }),
        server(lane, fanout, world.server) {
    world.server.servers.push_back(&server);
  }
};

}  // namespace signalbox
