// Clock: where time comes from.  Everything that needs it is handed one, so that tests run on virtual time.  All
// methods may be called on any thread.
#pragma once
#include <chrono>
#include <cstdint>

namespace signalbox {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock &) = delete;
  Clock &operator=(const Clock &) = delete;
  virtual ~Clock() = default;
  // Nanoseconds from an arbitrary start; never goes back.
  virtual int64_t mono_ns() const = 0;
  // Nanoseconds since 1970-01-01 UTC; may jump when the machine's clock is set.
  virtual int64_t wall_ns() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t mono_ns() const override { return since_epoch_ns(std::chrono::steady_clock::now()); }
  int64_t wall_ns() const override { return since_epoch_ns(std::chrono::system_clock::now()); }

 private:
  template <class Point>
  static int64_t since_epoch_ns(Point at) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
  }
};

}  // namespace signalbox
