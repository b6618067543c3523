// An event: what a source emitted, as every place behind it sees it.  One allocation, counted references, immutable
// once it is placed.  Its memory is an sbx_event with the bytes behind it, so that a plugin is shown the very thing
// and `retain`/`release` of the ABI find the reference count again.  Any thread may hold references.
#pragma once
#include <sbx/sbx.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/status.hpp"
#include "core/event/position.hpp"
#include "core/event/present_member.hpp"

namespace signalbox {

class EventPtr;

class Event {
 public:
  // Copies a draft.  Refuses one whose channel is empty, whose channel, name or id is not UTF-8 or holds control
  // characters, or that has a part over its limit (core/base/limits.hpp).
  static Result<EventPtr> copy(const sbx_event &draft, int64_t wall_ns);
  // A name that a channel may have.
  static bool is_channel(std::string_view name);
  // The event whose view() this is.  REQUIRES: `view` came from an Event.
  static Event &of(const sbx_event *view);

  const sbx_event &view() const { return view_; }
  size_t bytes() const { return bytes_; }  // all it holds, for queues' limits
  bool transient() const { return view_.flags & SBX_EVENT_TRANSIENT; }
  bool is_presence() const { return view_.flags & SBX_EVENT_PRESENCE; }

  // The event at this position: itself while nobody else holds it, a copy otherwise (two pipelines, two positions).
  static EventPtr placed(EventPtr event, Position position, uint32_t scope);
  // What sinks are given for events of a channel that were lost (SBX_EVENT_GAP).
  static EventPtr gap(std::string_view channel, uint32_t scope);
  // A change in a presence channel (SBX_EVENT_PRESENCE): "joining" or "leaving" of a member, whose principal becomes
  // the attribute of that name; or "here", where `member` is all of them and nobody's principal.
  static EventPtr presence(std::string_view name, std::string_view channel, uint32_t scope,
                           const PresentMember &member);

  void retain() const { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() const;

 private:
  Event() = default;
  static Event *make(const sbx_event &from);

  mutable std::atomic<uint32_t> refs_{1};
  size_t bytes_ = 0;
  sbx_event view_{};
  char cursor_[kCursorSize];
};

// One reference.
class EventPtr {
 public:
  EventPtr() = default;
  static EventPtr adopt(Event *event) {
    EventPtr p;
    p.event_ = event;
    return p;
  }
  EventPtr(const EventPtr &o) : event_(o.event_) {
    if (event_) event_->retain();
  }
  EventPtr(EventPtr &&o) noexcept : event_(std::exchange(o.event_, nullptr)) {}
  EventPtr &operator=(EventPtr o) noexcept {
    std::swap(event_, o.event_);
    return *this;
  }
  ~EventPtr() {
    if (event_) event_->release();
  }
  Event *operator->() const { return event_; }
  Event &operator*() const { return *event_; }
  explicit operator bool() const { return event_ != nullptr; }

 private:
  Event *event_ = nullptr;
};

inline std::string_view text(sbx_str s) { return {s.ptr, s.len}; }

}  // namespace signalbox
