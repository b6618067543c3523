// The assembly: a configuration's model made into running things, and taken down again.  build() makes listeners,
// lanes, instances and pipelines without opening a port (that is all that `check` does); start() binds, starts and
// runs; stop() drains under a deadline that always ends.  Main thread only; the lanes' threads run between start() and
// stop().
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/assembly/replays.hpp"
#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/base/status.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/model.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/world.hpp"
#include "core/route/router.hpp"

namespace signalbox {

class Assembly {
 public:
  struct Surroundings {
    const Registry &registry;
    const Clock &clock;
    Metrics &metrics;
    std::string share_directory;
  };

  // Everything that plugins and files have against the configuration goes into `diagnostics`; nothing = it failed.
  static std::unique_ptr<Assembly> build(const config::Model &model, const Surroundings &around,
                                         config::Diagnostics &diagnostics);
  ~Assembly();

  // Binds all listeners, starts the instances, then the lanes' threads.
  Status start();
  // Where it listens, as bound: "public 127.0.0.1:6001".
  const std::vector<std::string> &addresses() const { return addresses_; }
  // No new connections, sources and sinks stopped, clients told.  True: everything ended in time.
  bool stop(int64_t deadline_ns);

  // [any] For the admin listener.
  bool alive() const;
  std::vector<std::string> not_ready() const;
  LogHealth log_health() const { return log_ ? log_->health() : LogHealth{}; }
  net::Listener *listener(std::string_view name);
  // A source by its name in the file; nullptr = there is none.
  Instance *source(const std::string &name) const;
  net::ServerShared &server() { return world_.server; }
  ReplayDesk &replays() { return replays_; }

 private:
  explicit Assembly(const Surroundings &around, unsigned lanes);
  bool make_listeners(const config::Model &model, config::Diagnostics &diagnostics);
  bool make_instances(const config::Model &model, const Registry &registry, config::Diagnostics &diagnostics);
  bool make_instance(uint32_t kind, const config::Instance &wanted, unsigned lane, const Registry &registry,
                     config::Diagnostics &diagnostics);
  void make_pipelines(const config::Model &model);
  void make_replays(const config::Model &model, config::Diagnostics &diagnostics);
  Instance *instance(const std::string &name, unsigned lane) const;
  Status open_log();
  Status listen();
  void watch_certificates();
  void stop_lane(unsigned index, int64_t deadline_ns);
  bool lane_stopped(unsigned lane) const;
  bool ended() const;

  // Order is life: what stands first dies last.
  World world_;
  std::vector<std::unique_ptr<LaneWorld>> lanes_;
  std::unique_ptr<CentralPresenceDesk> presence_;
  std::unique_ptr<Router> router_;
  Replays replays_{world_};
  EventLogOptions log_options_;
  std::unique_ptr<EventLog> log_;                                            // from start() on
  std::map<std::string, std::vector<std::unique_ptr<Instance>>> instances_;  // by name; shards by lane
  std::map<std::string, unsigned> homes_;                                    // lanes of sources and filters
  std::vector<std::string> addresses_;
  struct LaneState {
    std::atomic<int64_t> turned_ns{0};
    std::atomic<size_t> connections{0};
    bool farewell = false;  // [lane] its sinks are done, and what they left open was told
  };
  std::vector<std::unique_ptr<LaneState>> states_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
};

}  // namespace signalbox
