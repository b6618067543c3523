// A lane: one thread with one event loop.  Everything that lives on a lane (connections, plugin instances, timers) is
// touched by its thread only; other threads reach it by post().
//
// The loop runs in turns: a bounded batch of ready handlers, then what they deferred, then the turn hooks in the order
// in which they were added (deliver events, end plugins' turns, flush connections).  So whatever happens in one turn
// leaves a connection with one write.
//
// Functions are [lane] unless marked [any].
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace signalbox::io {

using WatchId = uint64_t;  // 0 = none
using TimerId = uint64_t;  // 0 = none

// What a watched descriptor tells its owner.  One call for each want_*(); the owner asks again for more.
class FdEvents {
 public:
  virtual void on_readable() = 0;  // or hung up: read to find out
  virtual void on_writable() = 0;

 protected:
  ~FdEvents() = default;
};

class Lane {
 public:
  explicit Lane(unsigned index);
  ~Lane();
  Lane(const Lane &) = delete;
  Lane &operator=(const Lane &) = delete;

  unsigned index() const { return index_; }
  int64_t now_ns() const;  // [any] monotonic

  void run();   // on the lane's own thread: turns until stop()
  void turn();  // one of them; waits until something is ready
  void stop();  // [any]

  void post(std::function<void()> fn);   // [any] runs on the lane, in order
  void wake();                           // [any] a turn begins after this, and so its hooks run
  void defer(std::function<void()> fn);  // runs after the handlers of this turn, or early in the next one
  void add_turn_hook(std::function<void()> hook);

  // Watches a descriptor, which stays the caller's; `events` must live until unwatch().  A handler that was under way
  // when unwatch() was called is not delivered any more.
  WatchId watch(int fd, FdEvents *events);
  void want_read(WatchId id);
  void want_write(WatchId id);
  void unwatch(WatchId id);
  void unwatch_closing(WatchId id);  // ... right before the descriptor, which nobody else has, is closed

  // Calls fn after `after_ns`, then every `every_ns` (0 = once).
  TimerId timer(int64_t after_ns, int64_t every_ns, std::function<void(TimerId)> fn);
  bool cancel(TimerId id);  // false: no such timer (any more)

  // One buffer for all that is read on this lane: valid until the next read.
  std::span<char> scratch();

  struct Impl;
  Impl &impl() { return *impl_; }  // for core/io's own files, where Asio is known

 private:
  const unsigned index_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::io
