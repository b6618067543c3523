// The inside of a lane.  Included only by core/io's own .cpp files: this is where Asio is known.
#pragma once
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/io/lane.hpp"

namespace signalbox::io {

namespace asio = boost::asio;

// Descriptors in a slab: a handler carries slot and generation instead of a pointer, so one that comes late finds
// nothing instead of a dead object.
using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

struct WatchSlot {
  Descriptor descriptor;
  FdEvents *events = nullptr;
  uint32_t generation = 1;
  bool reading = false, writing = false;
  explicit WatchSlot(asio::io_context &context) : descriptor(context) {}
};

struct LaneTimer {
  int64_t when_ns, every_ns;
  std::function<void(TimerId)> fn;
};

struct Lane::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::atomic<bool> stopping{false};
  std::vector<std::function<void()>> deferred, deferred_running;
  std::vector<std::function<void()>> hooks;
  std::deque<WatchSlot> slots;
  std::vector<uint32_t> free_slots;
  asio::steady_timer alarm{context};
  int64_t alarm_ns = 0;  // when `alarm` rings; 0 = not set
  std::set<std::pair<int64_t, TimerId>> timer_order;
  std::unordered_map<TimerId, LaneTimer> timers;
  TimerId timer_last = 0;
  std::vector<char> scratch;

  void end_turn();
  void arm();
  void ring();
  WatchSlot *find(WatchId id);
};

}  // namespace signalbox::io
