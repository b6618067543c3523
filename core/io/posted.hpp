// What other threads want of a lane: functions for it to run, and that it looks about itself.  Asio's own post() wakes
// the lane's thread while it holds the lock that this thread takes first; here it is woken with no lock held, with one
// call of the kernel, and with none at all while it is awake.
#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>

namespace signalbox::io {

class Posted {
 public:
  Posted();
  ~Posted();
  Posted(const Posted &) = delete;
  Posted &operator=(const Posted &) = delete;

  // For the lane's epoll set, edge-triggered: each write to it is told once, and nobody reads it.
  int fd() const { return wake_fd_; }

  void post(std::function<void()> fn);  // [any]
  void wake();                          // [any] a turn begins after this

  // [lane] Was anything wanted since the last turn that began with this, or left by that one?
  bool begin_turn() { return wanted_.exchange(false) || left_; }
  // [lane] Before it waits: false = something is wanted, so it must not.  Who wants something from here on wakes it.
  bool may_sleep();
  void awake() { asleep_.store(false, std::memory_order_relaxed); }
  // [lane] Runs what was posted, in order, `most` at a time; what is left is for the next turn.
  void run(int most);
  bool drop();  // [lane] at the end: what was posted is not run; was there anything?

 private:
  const int wake_fd_;
  std::atomic<bool> wanted_{false}, asleep_{false};
  std::mutex mutex_;
  std::deque<std::function<void()>> functions_;
  std::deque<std::function<void()>> running_;  // [lane]
  bool left_ = false;                          // [lane] run() is to be called again, whoever wants something
};

}  // namespace signalbox::io
