#include "core/io/lane.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/io/lane_impl.hpp"

namespace signalbox::io {
namespace {

using Clock = std::chrono::steady_clock;
constexpr uint64_t kIndexBits = 32;

int64_t mono_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Lane::Lane(unsigned index) : index_(index), impl_(std::make_unique<Impl>()) {
  impl_->scratch.resize(limits::kReadBuffer);
}

Lane::~Lane() {
  // What still waits for the end of a turn may own a stream: it goes while descriptors can be unwatched.
  while (!impl_->deferred.empty()) std::exchange(impl_->deferred, {}).clear();
}

int64_t Lane::now_ns() const { return mono_ns(); }

std::span<char> Lane::scratch() { return impl_->scratch; }

void Lane::run() {
  post([] {});  // what was deferred before must not wait for something to happen
  while (!impl_->stopping.load(std::memory_order_relaxed)) turn();
}

void Lane::turn() {
  impl_->context.run_one();
  for (int i = 1; i < limits::kHandlersPerTurnMax && impl_->context.poll_one() != 0; ++i) {
  }
  impl_->end_turn();
}

void Lane::stop() {
  impl_->stopping.store(true, std::memory_order_relaxed);
  post([] {});
}

void Lane::post(std::function<void()> fn) { asio::post(impl_->context, std::move(fn)); }

void Lane::defer(std::function<void()> fn) { impl_->deferred.push_back(std::move(fn)); }

void Lane::add_turn_hook(std::function<void()> hook) { impl_->hooks.push_back(std::move(hook)); }

void Lane::Impl::end_turn() {
  std::swap(deferred, deferred_running);
  for (auto &fn : deferred_running) fn();
  deferred_running.clear();
  for (auto &hook : hooks) hook();
  if (!deferred.empty()) asio::post(context, [] {});  // another turn follows at once
}

// ---- descriptors

WatchSlot *Lane::Impl::find(WatchId id) {
  const auto index = static_cast<uint32_t>(id);
  if (id == 0 || index >= slots.size()) return nullptr;
  WatchSlot &slot = slots[index];
  return slot.generation == id >> kIndexBits && slot.events ? &slot : nullptr;
}

WatchId Lane::watch(int fd, FdEvents *events) {
  uint32_t index;
  if (impl_->free_slots.empty()) {
    index = static_cast<uint32_t>(impl_->slots.size());
    impl_->slots.emplace_back(impl_->context);
  } else {
    index = impl_->free_slots.back();
    impl_->free_slots.pop_back();
  }
  WatchSlot &slot = impl_->slots[index];
  boost::system::error_code failed;
  slot.descriptor.assign(fd, failed);
  SBX_ASSERT(!failed);
  slot.events = events;
  slot.reading = slot.writing = false;
  return uint64_t{slot.generation} << kIndexBits | index;
}

void Lane::want_read(WatchId id) {
  WatchSlot *slot = impl_->find(id);
  if (!slot || slot->reading) return;
  slot->reading = true;
  slot->descriptor.async_wait(Descriptor::wait_read, [impl = impl_.get(), id](const auto &) {
    WatchSlot *at = impl->find(id);
    if (!at) return;
    at->reading = false;
    at->events->on_readable();
  });
}

void Lane::want_write(WatchId id) {
  WatchSlot *slot = impl_->find(id);
  if (!slot || slot->writing) return;
  slot->writing = true;
  slot->descriptor.async_wait(Descriptor::wait_write, [impl = impl_.get(), id](const auto &) {
    WatchSlot *at = impl->find(id);
    if (!at) return;
    at->writing = false;
    at->events->on_writable();
  });
}

void Lane::unwatch(WatchId id) {
  WatchSlot *slot = impl_->find(id);
  if (!slot) return;
  slot->descriptor.release();
  slot->events = nullptr;
  if (++slot->generation == 0) slot->generation = 1;
  impl_->free_slots.push_back(static_cast<uint32_t>(id));
}

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
