// Replays of requests that sources kept beside their events (sbx.replay/1): read page by page on the log's reading
// thread, handed to the source on its lane a few at a time, so that live traffic goes before.  One at a time.  Sources
// are added on the main thread before the lanes run; begin(), progress() and stop() are [any].
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/log/event_log.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/world.hpp"
#include "core/route/replay_desk.hpp"

namespace signalbox {

class Replays final : public ReplayDesk {
 public:
  // REQUIRES: it outlives the lanes' turns and the log's threads.
  explicit Replays(World &world) : world_(world) {}
  void add(Instance &source) { sources_[source.name()] = {&source, source.replayer() != nullptr}; }

  ReplayStart begin(const ReplayOrder &order) override;
  std::optional<ReplayProgress> progress(uint64_t number) const override;
  int64_t wall_ns() const override { return world_.clock.wall_ns(); }
  // Nothing more is replayed.  Before the sources are stopped.
  void stop() { stopping_ = true; }

 private:
  // The one that is under way; its source's lane alone touches it.
  struct Job {
    ReplayOrder order;
    KeptQuery query;
    Instance *source = nullptr;
    std::deque<KeptPage::Kept> waiting;
    std::string last;  // what was counted last: an equal neighbour is the same request
    bool reading = false, more = true;
    int64_t credit_ns = 0;
    io::TimerId timer = 0;
  };
  void run(const ReplayOrder &order, Instance &source);
  void read();
  void came(Result<KeptPage> page);
  void step();
  void replay_one(const KeptPage::Kept &kept);
  void end(const std::string &problem);

  struct Known {
    Instance *source = nullptr;
    bool keeps = false;
  };
  World &world_;
  std::map<std::string, Known, std::less<>> sources_;
  std::atomic<bool> stopping_{false};
  Job job_;

  mutable std::mutex mutex_;  // guards what follows
  bool running_ = false;
  uint64_t number_ = 0;
  ReplayProgress progress_;
};

}  // namespace signalbox
