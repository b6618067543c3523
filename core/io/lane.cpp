#include "core/io/lane.hpp"

#include <algorithm>
#include <chrono>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/io/lane_impl.hpp"

namespace signalbox::io {
namespace {

using Clock = std::chrono::steady_clock;

int64_t mono_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Lane::Lane(unsigned index) : index_(index), impl_(std::make_unique<Impl>()) {
  impl_->scratch.resize(limits::kReadBuffer);
}

Lane::~Lane() {
  // What still waits for a turn or for its end may own a stream: it goes while descriptors can be unwatched.
  while (impl_->posted.drop() || !impl_->deferred.empty()) std::exchange(impl_->deferred, {}).clear();
}

int64_t Lane::now_ns() const { return mono_ns(); }

std::span<char> Lane::scratch() { return impl_->scratch; }

void Lane::run() {
  impl_->again = true;  // what was deferred before must not wait for something to happen
  while (!impl_->stopping.load(std::memory_order_relaxed)) turn();
}

// A busy lane asks the kernel once a turn.  Asio, where timers come from, is asked when one is due, now and then for
// what it alone knows of (look-ups), and before anything is waited for.
void Lane::turn() {
  const bool worked = impl_->ready.tell() > 0;
  bool wanted = impl_->posted.begin_turn();
  const bool wait = !worked && !wanted && !std::exchange(impl_->again, false) && impl_->posted.may_sleep();
  int handlers = 0;
  if (wait) {
    impl_->await_ready();
    impl_->context.run_one();
    impl_->posted.awake();
    wanted = impl_->posted.begin_turn();
    handlers = 1;
  }
  if (wait || impl_->asio_due())
    while (handlers < limits::kHandlersPerTurnMax && impl_->context.poll_one() != 0) ++handlers;
  if (wanted) impl_->posted.run(limits::kHandlersPerTurnMax);
  impl_->end_turn();
}

bool Lane::Impl::asio_due() {
  const bool due = (alarm_ns != 0 && alarm_ns <= mono_ns()) || ++turns_without_asio >= limits::kTurnsWithoutAsioMax;
  if (due) turns_without_asio = 0;
  return due;
}

// Waiting for readiness begins with a look at what is ready already, so nothing is missed in between.
void Lane::Impl::await_ready() {
  if (std::exchange(ready_awaited, true)) return;
  ready_fd.async_wait(asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code &) {
    ready_awaited = false;
    ready.tell();
  });
}

void Lane::stop() {
  impl_->stopping.store(true, std::memory_order_relaxed);
  wake();
}

void Lane::post(std::function<void()> fn) { impl_->posted.post(std::move(fn)); }
void Lane::wake() { impl_->posted.wake(); }

void Lane::defer(std::function<void()> fn) { impl_->deferred.push_back(std::move(fn)); }

void Lane::add_turn_hook(std::function<void()> hook) { impl_->hooks.push_back(std::move(hook)); }

void Lane::Impl::end_turn() {
  std::swap(deferred, deferred_running);
  for (auto &fn : deferred_running) fn();
  deferred_running.clear();
  for (auto &hook : hooks) hook();
  if (!deferred.empty()) again = true;
}

// ---- descriptors

WatchId Lane::watch(int fd, FdEvents *events) { return impl_->ready.add(fd, events); }
void Lane::want_read(WatchId id) { impl_->ready.want_read(id); }
void Lane::want_write(WatchId id) { impl_->ready.want_write(id); }
void Lane::unwatch(WatchId id) { impl_->ready.remove(id); }
void Lane::unwatch_closing(WatchId id) { impl_->ready.remove_closing(id); }

// ---- timers

TimerId Lane::timer(int64_t after_ns, int64_t every_ns, std::function<void(TimerId)> fn) {
  const TimerId id = ++impl_->timer_last;
  const int64_t when = mono_ns() + (after_ns > 0 ? after_ns : 0);
  impl_->timers.emplace(id, LaneTimer{when, every_ns, std::move(fn)});
  impl_->timer_order.emplace(when, id);
  impl_->arm();
  return id;
}

bool Lane::cancel(TimerId id) {
  auto it = impl_->timers.find(id);
  if (it == impl_->timers.end()) return false;
  impl_->timer_order.erase({it->second.when_ns, id});
  impl_->timers.erase(it);
  return true;
}

void Lane::Impl::arm() {
  if (timer_order.empty()) return;
  const int64_t first = timer_order.begin()->first;
  if (alarm_ns != 0 && alarm_ns <= first) return;
  alarm_ns = first;
  alarm.expires_at(Clock::time_point(std::chrono::nanoseconds(first)));
  alarm.async_wait([this](const boost::system::error_code &cancelled) {
    if (!cancelled) ring();
  });
}

void Lane::Impl::ring() {
  alarm_ns = 0;
  const int64_t now = mono_ns();
  // Only what is due now: a timer that re-arms itself with 0 has its turn after the others.
  const TimerId newest = timer_last;
  while (!timer_order.empty() && timer_order.begin()->first <= now && timer_order.begin()->second <= newest) {
    const TimerId id = timer_order.begin()->second;
    timer_order.erase(timer_order.begin());
    auto it = timers.find(id);
    if (it->second.every_ns > 0) {
      std::function<void(TimerId)> fn = it->second.fn;
      it->second.when_ns = std::max(it->second.when_ns + it->second.every_ns, now);
      if (it->second.when_ns == now) it->second.when_ns = now + 1;
      timer_order.emplace(it->second.when_ns, id);
      fn(id);
    } else {
      std::function<void(TimerId)> fn = std::move(it->second.fn);
      timers.erase(it);
      fn(id);
    }
  }
  arm();
}

}  // namespace signalbox::io
