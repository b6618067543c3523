// What is kept in memory of one channel of one pipeline: its newest events, and how far the older ones are lost.  A
// plain data structure; MemoryLog owns it and guards it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/event/event.hpp"
#include "core/log/retention.hpp"

namespace signalbox {

// The numbers of events that are gone.  The last few are known exactly: a reader whose place lies before some of them
// has not missed those, they are still to come to it live.
class LostSeqs {
 public:
  explicit LostSeqs(uint64_t before = 0) : before_(before) {}
  // REQUIRES: ascending
  void add(uint64_t seq);
  // Everything up to `seq` may be gone.
  void reset(uint64_t seq);
  // Is something gone of what comes after `after` and not after `upto`?  May say so wrongly, when more than kKept
  // events after `upto` are gone; never says no wrongly.
  bool any(uint64_t after, uint64_t upto) const;
  uint64_t last() const { return count_ ? recent_[count_ - 1] : before_; }

 private:
  static constexpr size_t kKept = 4;
  std::array<uint64_t, kKept> recent_{};
  size_t count_ = 0;
  uint64_t before_;  // everything up to here may be gone
};

// A queue of events in one piece of memory that grows and shrinks with what it holds.
class EventRing {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const EventPtr &operator[](size_t i) const { return slots_[(first_ + i) & (slots_.size() - 1)]; }
  const EventPtr &front() const { return (*this)[0]; }
  const EventPtr &back() const { return (*this)[size_ - 1]; }
  void push(EventPtr event);
  EventPtr pop();
  // The first one after this number.
  size_t after(uint64_t seq) const;

 private:
  void resize(size_t slots);
  std::vector<EventPtr> slots_;  // a power of two, or none
  size_t first_ = 0, size_ = 0;
};

struct Stream {
  Stream(std::string of_channel, uint32_t of_scope, size_t of_rule, uint64_t lost_before)
      : channel(std::move(of_channel)), scope(of_scope), rule(of_rule), lost(lost_before) {}

  std::string_view index_name() const { return channel; }

  const std::string channel;
  const uint32_t scope;
  bool queued = false;  // it stands in the queue of its rule: see MemoryLog
  // One of the quiet ones, which hold no event; and whether it had one since it came to stand among them.
  bool quiet = false, touched = false;
  bool more_on_disk = false;
  const size_t rule;
  LostSeqs lost;
  EventRing events;
  uint64_t bytes = 0;
  // Of a durable channel: `events` is all there is after `floor`; before it the disk may have more (more_on_disk), or
  // is known to have none.
  uint64_t floor = 0;
  Stream *older = nullptr, *newer = nullptr;  // its neighbours among the quiet ones
};

inline uint64_t seq_of(const EventPtr &event) { return event->view().seq; }

}  // namespace signalbox
