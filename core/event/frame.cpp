#include "core/event/frame.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace signalbox {

FramePtr Frame::make(size_t wire_size, size_t parts, uint32_t flags, std::string_view coalesce_key, GapSize gap) {
  void *memory = std::malloc(sizeof(Frame) + parts * sizeof(Part) + wire_size + coalesce_key.size() + gap.all());
  if (!memory) throw std::bad_alloc();
  auto *frame = new (memory) Frame;
  frame->flags_ = flags;
  frame->part_count_ = static_cast<uint32_t>(parts);
  frame->wire_size_ = wire_size;
  frame->key_size_ = static_cast<uint32_t>(coalesce_key.size());
  frame->gap_size_ = gap;
  if (!coalesce_key.empty()) std::memcpy(frame->fill() + wire_size, coalesce_key.data(), coalesce_key.size());
  return FramePtr::adopt(frame);
}

FramePtr Frame::of_bytes(std::string_view bytes, uint32_t flags) {
  FramePtr frame = make(bytes.size(), 0, flags);
  if (!bytes.empty()) std::memcpy(frame->fill(), bytes.data(), bytes.size());
  return frame;
}

Frame *Frame::gap() {
  if (gap_ || gap_size_.text == 0) return gap_;
  FramePtr made = make(gap_size_.all(), part_count_ > 0 ? 1 : 0, kControl | kGap);
  std::memcpy(made->fill(), gap_wire().data(), gap_size_.all());
  if (part_count_ > 0) made->parts()[0] = {gap_size_.head, gap_size_.text, false};
  made->retain();
  return gap_ = made.get();
}

void Frame::release() {
  if (--refs_ != 0) return;
  if (gap_) gap_->release();
  this->~Frame();
  std::free(this);
}

}  // namespace signalbox
