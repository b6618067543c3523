// The desk where presence is counted, for all lanes and sinks: what they tell it is put into the book (PresenceBook) on
// lane 0, and what changed there goes into the log, from which every lane takes it (PresenceView).  One for the
// program; owned by the assembly, made before the instances and ended after the log.
//
// One batch of changes is under way at a time, and while it waits for a commit the book goes on: whoever comes and goes
// meanwhile is no change.  So what is on its way is bounded by the book, however long a disk takes.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/metrics.hpp"
#include "core/log/event_log.hpp"
#include "core/plugin/presence_view.hpp"
#include "core/plugin/world.hpp"
#include "core/route/presence_book.hpp"

namespace signalbox {

class CentralPresenceDesk final : public PresenceDesk {
 public:
  // `lane`: the first one.
  CentralPresenceDesk(io::Lane &lane, const Clock &clock, Metrics &metrics, PresenceLimits bounds = {});
  ~CentralPresenceDesk();
  CentralPresenceDesk(const CentralPresenceDesk &) = delete;
  CentralPresenceDesk &operator=(const CentralPresenceDesk &) = delete;

  // [any]
  void join(uint32_t scope, std::string_view channel, PresentMemberPtr member) override;
  void leave(uint32_t scope, std::string_view channel, PresentMemberPtr member, int64_t linger_ns) override;
  // [any] From now on nobody comes or goes: a program that ends tells nobody that all have left.
  void stop() { stopped_.store(true); }

  // [lane] In each turn of the first lane: what is to be appended to the log now.
  std::optional<Emission> turn();

 private:
  struct Told {
    bool joining = false;
    uint32_t scope = 0;
    std::string channel;
    PresentMemberPtr member;
    int64_t linger_ns = 0;
  };
  void put(Told told);
  void enter(const Told &told, int64_t now_ns);
  bool may_append();
  void arm(int64_t now_ns);

  io::Lane &lane_;
  const Clock &clock_;
  Metrics &metrics_;
  std::atomic<bool> stopped_{false};

  std::mutex mutex_;
  std::vector<Told> inbox_;  // guarded by it

  // [lane]
  std::vector<Told> entering_;
  PresenceBook book_;
  io::TimerId timer_ = 0;
  int64_t timer_ns_ = INT64_MAX;  // when it rings
  Counter unlisted_;
  LogLimiter log_limiter_{1};
  MetricId gauge_ = 0;

  std::atomic<size_t> members_{0};
  std::atomic<bool> under_way_{false};  // a batch; the log takes it back
  std::atomic<bool> behind_{false};     // there is more to append behind it
};

}  // namespace signalbox
