// The inside of a lane.  Included only by core/io's own .cpp files: this is where Asio is known.
#pragma once
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/io/lane.hpp"
#include "core/io/posted.hpp"
#include "core/io/ready_set.hpp"

namespace signalbox::io {

namespace asio = boost::asio;

struct LaneTimer {
  int64_t when_ns, every_ns;
  std::function<void(TimerId)> fn;
};

struct Lane::Impl {
  Impl() { ready.add_waker(posted.fd()); }
  ~Impl() { ready_fd.release(); }

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::atomic<bool> stopping{false};
  std::vector<std::function<void()>> deferred, deferred_running;
  std::vector<std::function<void()>> hooks;
  Posted posted;
  ReadySet ready;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> ready_fd{context, ready.fd()};
  bool ready_awaited = false;  // Asio tells when something in `ready` is
  bool again = false;          // the next turn waits for nothing
  int turns_without_asio = 0;
  asio::steady_timer alarm{context};
  int64_t alarm_ns = 0;  // when `alarm` rings; 0 = not set
  std::set<std::pair<int64_t, TimerId>> timer_order;
  std::unordered_map<TimerId, LaneTimer> timers;
  TimerId timer_last = 0;
  std::vector<char> scratch;

  void end_turn();
  void arm();
  void ring();
  bool asio_due();
  void await_ready();
};

}  // namespace signalbox::io
