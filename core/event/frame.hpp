// A frame: bytes as they go over the wire, encoded once and shared by the outboxes of all connections that get them.
// One allocation; references are counted without atomics, so a frame belongs to one lane for life.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace signalbox {

class FramePtr;

// The wire bytes of what takes a frame's place when it is dropped: the text, and what is put around it.
struct GapSize {
  uint32_t head = 0, text = 0, tail = 0;
  size_t all() const { return size_t{head} + text + tail; }
};

class Frame {
 public:
  enum Flags : uint32_t {
    kControl = 1,  // exempt from an outbox's limit and policy
    kGap = 2       // took the place of a frame that was dropped
  };
  // A piece of the plugin's frame inside the wire bytes: one WebSocket message, one piece of a stream.
  struct Part {
    uint32_t offset, size;
    bool binary;
  };

  // An empty frame with room for `wire_size` bytes, `parts` and a gap, to be filled by the encoder before it is shared.
  static FramePtr make(size_t wire_size, size_t parts, uint32_t flags, std::string_view coalesce_key = {},
                       GapSize gap = {});
  static FramePtr of_bytes(std::string_view bytes, uint32_t flags = 0);

  std::string_view wire() const { return {bytes(), wire_size_}; }
  char *fill() { return const_cast<char *>(bytes()); }
  std::span<Part> parts() { return {reinterpret_cast<Part *>(this + 1), part_count_}; }
  std::string_view part(size_t i) { return wire().substr(parts()[i].offset, parts()[i].size); }
  std::string_view coalesce_key() const { return {bytes() + wire_size_, key_size_}; }
  bool control() const { return flags_ & kControl; }
  bool is_gap() const { return flags_ & kGap; }
  bool shared() const { return refs_ > 1; }  // somebody else has it, too

  char *fill_gap() { return const_cast<char *>(gap_wire().data()); }
  // What takes this frame's place where it is dropped, a control frame; none if the frame has no gap.  Made when the
  // first outbox drops the frame and shared by all that do.
  Frame *gap();

  void retain() { ++refs_; }
  void release();

 private:
  Frame() = default;
  const char *bytes() const { return reinterpret_cast<const char *>(this + 1) + part_count_ * sizeof(Part); }
  std::string_view gap_wire() const { return {bytes() + wire_size_ + key_size_, gap_size_.all()}; }

  uint32_t refs_ = 1;
  uint32_t flags_ = 0;
  uint32_t part_count_ = 0;
  uint32_t key_size_ = 0;
  size_t wire_size_ = 0;
  GapSize gap_size_;
  Frame *gap_ = nullptr;
};

class FramePtr {
 public:
  FramePtr() = default;
  static FramePtr adopt(Frame *frame) {
    FramePtr p;
    p.frame_ = frame;
    return p;
  }
  FramePtr(const FramePtr &o) : frame_(o.frame_) {
    if (frame_) frame_->retain();
  }
  FramePtr(FramePtr &&o) noexcept : frame_(std::exchange(o.frame_, nullptr)) {}
  FramePtr &operator=(FramePtr o) noexcept {
    std::swap(frame_, o.frame_);
    return *this;
  }
  ~FramePtr() {
    if (frame_) frame_->release();
  }
  Frame *operator->() const { return frame_; }
  Frame *get() const { return frame_; }
  explicit operator bool() const { return frame_ != nullptr; }

 private:
  Frame *frame_ = nullptr;
};

}  // namespace signalbox
