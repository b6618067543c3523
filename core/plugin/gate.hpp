// A gate: the events that came for a reader while it was still behind, in the log's order and bounded.  When it
// overflows it forgets them all and takes no more: the reader goes to the log again.  Owned by a reader.  [lane]
#pragma once
#include <cstddef>
#include <deque>
#include <string_view>
#include <utility>

#include "core/event/event.hpp"

namespace signalbox {

class Gate {
 public:
  void push(const EventPtr &event, size_t events_max, size_t bytes_max) {
    if (overflowed_) return;
    if (events_.size() >= events_max || bytes_ + event->bytes() > bytes_max) {
      open();
      overflowed_ = true;
      return;
    }
    bytes_ += event->bytes();
    events_.push_back(event);
  }
  bool empty() const { return events_.empty(); }
  bool overflowed() const { return overflowed_; }
  // REQUIRES: !empty()
  const EventPtr &front() const { return events_.front(); }
  EventPtr pop() {
    EventPtr event = std::move(events_.front());
    events_.pop_front();
    bytes_ -= event->bytes();
    return event;
  }
  // Without the changes in a presence channel: somebody is about to be told all its members.
  void forget_presence(std::string_view channel) {
    std::erase_if(events_, [&](const EventPtr &event) {
      const sbx_event &view = event->view();
      const bool out =
          (view.flags & SBX_EVENT_PRESENCE) != 0 && std::string_view(view.channel.ptr, view.channel.len) == channel;
      if (out) bytes_ -= event->bytes();
      return out;
    });
  }
  // Empty as at the beginning.
  void open() {
    events_.clear();
    bytes_ = 0;
    overflowed_ = false;
  }

 private:
  std::deque<EventPtr> events_;
  size_t bytes_ = 0;
  bool overflowed_ = false;
};

}  // namespace signalbox
