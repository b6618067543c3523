// An outbox: the frames that wait for one connection (or virtual member), oldest first, bounded in bytes.  A frame that
// its policy drops leaves its gap in its place, a control frame; among neighbouring gaps equal ones are told once, so a
// run of dropped frames leaves one of each channel.  A frame that is replaced by a newer one of its key leaves none.
// A plain value of its connection, on the connection's lane.  Holds no memory while it is empty.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/event/frame.hpp"

namespace signalbox::net {

enum class OutboxPolicy : uint8_t { disconnect, drop_oldest, latest };
struct OutboxLimits {
  size_t bytes_max;
  OutboxPolicy policy = OutboxPolicy::disconnect;
};

class Outbox {
 public:
  Outbox() = default;
  ~Outbox() { clear(); }
  Outbox(const Outbox &) = delete;
  Outbox &operator=(const Outbox &) = delete;

  // What became of a frame that was pushed.
  enum class Pushed {
    queued,
    dropped_some,  // queued, and older frames (or this one, if it is larger than the whole box) were dropped
    overflow       // not queued, or a gap found no room: the connection is to be closed
  };
  Pushed push(Frame *frame, const OutboxLimits &limits);  // takes a reference of its own

  bool empty() const { return head_ == tail_; }
  size_t bytes() const { return bytes_; }    // all that waits
  size_t offset() const { return offset_; }  // of the first frame, already sent
  std::span<Frame *const> frames() const { return {frames_ + head_, tail_ - head_}; }
  uint64_t dropped() const { return dropped_; }

  void consume(size_t wire_bytes);  // they were sent.  REQUIRES: wire_bytes <= bytes()
  FramePtr pop();                   // the oldest, or none
  void clear();

 private:
  uint32_t first_unsent() const { return head_ + (offset_ > 0 ? 1 : 0); }  // no byte of it is sent
  void append(Frame *frame);
  void count_in(Frame *frame);
  void count_out(Frame *frame);
  void remove(uint32_t index);
  bool drop(uint32_t index);
  bool leave_gap(Frame *dropped);
  bool gap_told(const Frame &gap, uint32_t index) const;
  bool replace_same_key(Frame *frame);
  void give_back_if_empty();

  Frame **frames_ = inline_;
  Frame *inline_[2] = {};
  uint32_t head_ = 0, tail_ = 0, capacity_ = 2;
  // Whole sizes of the frames held; control frames are exempt from the limit, but not without end
  // (limits::kOutboxControlMax).
  size_t data_bytes_ = 0, control_bytes_ = 0;
  size_t bytes_ = 0, offset_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace signalbox::net
