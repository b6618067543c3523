// Gives events their positions and shows them in this order: to memory, then to the follower, then to those who wait
// for a receipt.  While the store commits, what got a later position waits here.  EventLog owns it; its lock guards it.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "core/log/event_log.hpp"
#include "core/log/memory_log.hpp"

namespace signalbox {

// What an emission takes in a queue: one that became nothing, but has a key to be remembered, takes room as well.
struct QueueLoad {
  uint64_t events = 0, bytes = 0;
  QueueLoad &operator+=(const QueueLoad &other);
  QueueLoad &operator-=(const QueueLoad &other);
  // Is there room for this one?  Something always fits into an empty queue.
  bool fits(const QueueLoad &one, uint64_t events_max, uint64_t bytes_max) const;
};
QueueLoad load_of(const Emission &emission);

class Sequencer {
 public:
  Sequencer(MemoryLog &memory, LogFollower &follower, Position last)
      : memory_(memory), follower_(follower), last_(last), first_(last.seq) {}

  // A number of its own.
  uint64_t take_number() { return ++last_.seq; }
  // The events get their positions: that of the last one, or seq 0.
  Position number(std::vector<LogEntry> &events);

  // From now on what is released waits, until resume().
  void hold() { held_ = true; }
  bool held() const { return held_; }
  void resume() { held_ = false; }

  // Numbered events and a receipt, to go out with the next flush(); behind those that wait, when held.
  void release(std::vector<LogEntry> events, std::function<void(const LogReceipt &)> done, const LogReceipt &receipt);
  void wait(Emission emission, const LogReceipt &receipt);
  // It goes no further: the follower is told of its events at once, `done` with the next flush().
  void refuse(Emission &emission, const LogReceipt &receipt);
  void flush();

  const QueueLoad &waiting() const { return waiting_load_; }
  Position last() const { return last_; }
  uint64_t told() const { return told_ != 0 ? told_ : first_; }  // what the follower was, or will be, told first

 private:
  struct Waiting {
    Emission emission;
    LogReceipt receipt;
    QueueLoad load;
  };
  MemoryLog &memory_;
  LogFollower &follower_;
  Position last_;
  const uint64_t first_;
  uint64_t told_ = 0;
  bool held_ = false;
  std::deque<Waiting> waiting_;
  QueueLoad waiting_load_;
  std::vector<LogEntry> ready_;
  std::vector<std::pair<std::function<void(const LogReceipt &)>, LogReceipt>> receipts_;
};

}  // namespace signalbox
