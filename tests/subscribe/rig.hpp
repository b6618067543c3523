// The subscribe operation without a network: a real event log, lanes that the test turns, and on each of them a sink
// that writes what it is told into virtual members.  The test says how much of the log each lane is given and when.
#pragma once
#include <sbx/sbx.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/log/event_log.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox::testing {

// The sink.  Its frames, each one part of text:
//   event <channel> <seq>      gap <channel>      live <ref> <seq>
//   subscribed <channel> <status> <ref> <recovered> <seq of the cursor> <the lane's position then>
// It also watches rule R3: nothing may reach it while it is inside a call to the host.
class Ear {
 public:
  const sbx_host *host = nullptr;
  LaneWorld *lane = nullptr;
  std::set<sbx_id> closed;                        // members that overflowed
  std::function<void(std::string_view)> on_call;  // in the middle of a callback: what the frame says
  bool inside_host = false;

  sbx_status start();
  void hear(const sbx_event &event);
  sbx_id member();
  void drop(sbx_id id);
  sbx_status transfer(sbx_id from, sbx_id to);
  sbx_status subscribe(sbx_id id, uint64_t ref, const std::vector<std::pair<std::string, std::string>> &wants,
                       std::string_view kind = "k");
  sbx_status unsubscribe(sbx_id id, std::string_view channel);
  std::vector<std::string> take(sbx_id id, size_t bytes_max = SIZE_MAX);
  const sbx_log &log() const;
  const sbx_fanout &fanout() const;

 private:
  friend class Rig;
  void post(sbx_id id, const std::string &words, uint32_t flags);
  template <class F>
  auto calling(F &&f);
};

// The system's, and the test moves the wall.
struct RigClock final : Clock {
  SystemClock real;
  int64_t ahead_ns = 0;
  int64_t mono_ns() const override { return real.mono_ns(); }
  int64_t wall_ns() const override { return real.wall_ns() + ahead_ns; }
};

struct RigOptions {
  unsigned lanes = 1;
  uint32_t scopes = 1;
  ChannelRules rules;
  std::string store;  // a path; empty: memory only
  sbx_outbox outbox{sizeof(sbx_outbox), SBX_OUTBOX_DISCONNECT, 1 << 20};
  ReplayLimits replay;
  PresenceDesk *desk = nullptr;
  std::optional<SinkRates> rates;
};

class Rig final : public EmitTarget, private LogFollower {
 public:
  explicit Rig(const RigOptions &options = {});
  ~Rig();

  Ear &ear(unsigned lane = 0) { return *ears_[lane]; }
  LaneWorld &lane(unsigned i = 0) { return *lanes_[i]; }
  EventLog &log() { return *log_; }
  Instance &instance(unsigned i = 0) { return *instances_[i]; }

  void publish(const std::string &channel, uint32_t scope = 0, size_t bytes = 0);
  // A change in a presence channel, as the desk makes them.
  void change(std::string_view name, const std::string &channel, const PresentMember &member, uint32_t scope = 0);
  std::vector<std::pair<uint32_t, EventPtr>> said;  // client events, with their scope
  // A turn of a lane, at whose end it is given this many of the events that wait for it.
  void turn(unsigned lane = 0, size_t deliver = SIZE_MAX);
  void turn_all();
  // Every event so far of a channel, by position.
  std::vector<uint64_t> all_of(const std::string &channel);
  uint64_t head() { return log_->position(); }
  std::string cursor(uint64_t seq, uint64_t epoch_offset = 0) const;
  // The lanes on threads of their own, which give everything as it comes.
  void start_threads();
  void stop_threads();

  RigClock clock;
  Metrics metrics;
  World world;
  const uint32_t scopes;

 private:
  struct Inbox {
    std::mutex mutex;
    std::deque<LogEntry> events;
    uint64_t position = 0;
    size_t allowance = SIZE_MAX;
  };
  sbx_status say(uint32_t scope, EventPtr event, Instance &) override;
  sbx_status emit(Instance &, const sbx_event &, const sbx_emit &) override { return SBX_ESTATE; }
  void released(std::span<const LogEntry> events, uint64_t position) override;
  void deliver(unsigned lane);

  std::mutex truth_mutex_;
  std::map<std::string, std::vector<uint64_t>> truth_;
  bool waking_ = false;
  std::vector<std::thread> threads_;
  std::vector<std::unique_ptr<Inbox>> inboxes_;
  std::vector<std::unique_ptr<LaneWorld>> lanes_;
  std::vector<std::unique_ptr<Ear>> ears_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::unique_ptr<EventLog> log_;
};

std::vector<std::string> words_of(const std::string &line);

}  // namespace signalbox::testing
