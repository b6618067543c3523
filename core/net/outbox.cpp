#include "core/net/outbox.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"

namespace signalbox::net {

void Outbox::append(Frame *frame) {
  if (tail_ == capacity_) {
    const uint32_t held = tail_ - head_;
    if (head_ > 0 && held <= capacity_ / 2) {
      std::memmove(frames_, frames_ + head_, held * sizeof *frames_);
    } else {
      const uint32_t wider = std::max<uint32_t>(8, capacity_ * 2);
      auto **block = static_cast<Frame **>(std::malloc(wider * sizeof(Frame *)));
      if (!block) throw std::bad_alloc();
      std::memcpy(block, frames_ + head_, held * sizeof *frames_);
      if (frames_ != inline_) std::free(frames_);
      frames_ = block;
      capacity_ = wider;
    }
    head_ = 0;
    tail_ = held;
  }
  frame->retain();
  frames_[tail_++] = frame;
  count_in(frame);
}

void Outbox::count_in(Frame *frame) {
  bytes_ += frame->wire().size();
  (frame->control() ? control_bytes_ : data_bytes_) += frame->wire().size();
}

void Outbox::count_out(Frame *frame) {
  bytes_ -= frame->wire().size();
  (frame->control() ? control_bytes_ : data_bytes_) -= frame->wire().size();
}

// The shorter side moves up: what is dropped lies near the head, behind which there may be thousands.
void Outbox::remove(uint32_t index) {
  Frame *frame = frames_[index];
  count_out(frame);
  if (index - head_ < tail_ - index) {
    std::memmove(frames_ + head_ + 1, frames_ + head_, (index - head_) * sizeof *frames_);
    ++head_;
  } else {
    std::memmove(frames_ + index, frames_ + index + 1, (tail_ - index - 1) * sizeof *frames_);
    --tail_;
  }
  frame->release();
}

// Whether the gaps around this place say the same already.
bool Outbox::gap_told(const Frame &gap, uint32_t index) const {
  const auto same = [&](const Frame *f) { return f == &gap || f->wire() == gap.wire(); };
  uint32_t looked = 0;
  for (uint32_t i = index; i > head_ && frames_[i - 1]->is_gap() && looked < limits::kOutboxGapRunMax; --i, ++looked)
    if (same(frames_[i - 1])) return true;
  for (uint32_t i = index + 1; i < tail_ && frames_[i]->is_gap() && looked < limits::kOutboxGapRunMax; ++i, ++looked)
    if (same(frames_[i])) return true;
  return false;
}

// False: the gap finds no room.
bool Outbox::drop(uint32_t index) {
  ++dropped_;
  Frame *gap = frames_[index]->gap();
  if (!gap || gap_told(*gap, index)) {
    remove(index);
    return true;
  }
  if (control_bytes_ + gap->wire().size() > limits::kOutboxControlMax) return false;
  count_out(frames_[index]);
  gap->retain();
  std::exchange(frames_[index], gap)->release();
  count_in(gap);
  return true;
}

// The frame itself is dropped before it was queued.
bool Outbox::leave_gap(Frame *dropped) {
  ++dropped_;
  Frame *gap = dropped->gap();
  if (!gap || gap_told(*gap, tail_)) return true;
  if (control_bytes_ + gap->wire().size() > limits::kOutboxControlMax) return false;
  append(gap);
  return true;
}

bool Outbox::replace_same_key(Frame *frame) {
  if (frame->coalesce_key().empty()) return false;
  for (uint32_t i = tail_; i > first_unsent(); --i) {
    if (frames_[i - 1]->coalesce_key() != frame->coalesce_key()) continue;
    remove(i - 1);
    ++dropped_;
    return true;
  }
  return false;
}

Outbox::Pushed Outbox::push(Frame *frame, const OutboxLimits &limits) {
  const size_t size = frame->wire().size();
  if (frame->control()) {
    if (control_bytes_ + size > limits::kOutboxControlMax) return Pushed::overflow;
    append(frame);
    return Pushed::queued;
  }
  bool dropped = limits.policy == OutboxPolicy::latest && replace_same_key(frame);
  // What is being sent stays, and so do control frames.  One frame always fits into a box without others, however
  // large: its size has a limit of its own.
  for (uint32_t i = first_unsent(); data_bytes_ > 0 && data_bytes_ + size > limits.bytes_max;) {
    if (limits.policy == OutboxPolicy::disconnect) return Pushed::overflow;
    while (i < tail_ && frames_[i]->control()) ++i;
    if (i >= tail_) return leave_gap(frame) ? Pushed::dropped_some : Pushed::overflow;
    if (!drop(i)) return Pushed::overflow;
    i = std::max(i, first_unsent());
    dropped = true;
  }
  append(frame);
  return dropped ? Pushed::dropped_some : Pushed::queued;
}

void Outbox::consume(size_t wire_bytes) {
  SBX_ASSERT(wire_bytes <= bytes_);
  bytes_ -= wire_bytes;
  wire_bytes += offset_;
  while (head_ < tail_ && wire_bytes >= frames_[head_]->wire().size()) {
    Frame *frame = frames_[head_++];
    wire_bytes -= frame->wire().size();
    (frame->control() ? control_bytes_ : data_bytes_) -= frame->wire().size();
    frame->release();
  }
  offset_ = wire_bytes;
  give_back_if_empty();
}

FramePtr Outbox::pop() {
  if (empty()) return {};
  Frame *frame = frames_[head_++];
  bytes_ -= frame->wire().size() - offset_;
  (frame->control() ? control_bytes_ : data_bytes_) -= frame->wire().size();
  offset_ = 0;
  FramePtr popped = FramePtr::adopt(frame);
  give_back_if_empty();
  return popped;
}

void Outbox::clear() {
  for (uint32_t i = head_; i < tail_; ++i) frames_[i]->release();
  head_ = tail_;
  bytes_ = offset_ = 0;
  control_bytes_ = data_bytes_ = 0;
  give_back_if_empty();
}

void Outbox::give_back_if_empty() {
  if (head_ != tail_) return;
  head_ = tail_ = 0;
  if (frames_ == inline_) return;
  std::free(frames_);
  frames_ = inline_;
  capacity_ = 2;
}

}  // namespace signalbox::net
