// shared_frames.hpp: for on_replay, where one event after the other is handed to one client after the other.  Clients
// that come together are replayed the same events, so each is encoded once and shared by the host (fanout.share) for
// the rest of the turn.  Header-only; belongs to an instance, lane only.
//
// What makes the frame is called only if nobody was posted it in this turn; it is given a function to call with the
// frame, once, or not at all where this event has nothing to say.  What depends on the client (is it excepted, is it
// closing) is asked before.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sbx.hpp"

namespace sbx {
inline namespace v1 {

class SharedFrames {
 public:
  // What a frame's bytes depend on beside its event: which encoding, and one thing more where there is one.
  struct Form {
    uint64_t kind = 0, more = 0;
    bool operator==(const Form &) const = default;
  };

  explicit SharedFrames(Host host) : host_(host.get()), fanout_(host.service<sbx_fanout>()) {}

  // As fanout.post; SBX_DROP: there was nothing to post.
  template <class Make>
  sbx_status post(sbx_id conn, const sbx_event &event, Form form, Make &&make) {
    sbx_status status = SBX_DROP;
    if (!sharable(event)) {
      make([&](const sbx_frame *frame) { status = fanout_->post(host_, conn, frame); });
      return status;
    }
    Slot &slot = slot_of(event.seq, form);
    const bool known = slot.seq == event.seq && slot.form == form;
    if (known && (status = fanout_->post_shared(host_, conn, slot.shared)) != SBX_ESTALE) return status;
    status = SBX_DROP;
    make([&](const sbx_frame *frame) {
      slot = {event.seq, form, fanout_->share(host_, frame)};
      status = slot.shared ? fanout_->post_shared(host_, conn, slot.shared) : fanout_->post(host_, conn, frame);
      if (!slot.shared) slot = {};
    });
    return status;
  }

 private:
  struct Slot {
    uint64_t seq = 0;  // 0 = none: an event that is kept has a place
    Form form;
    sbx_id shared = 0;
  };
  // As many events as a turn replays to one client; two that meet in a place are encoded once more.
  static constexpr unsigned kSlotBits = 10;

  bool sharable(const sbx_event &event) const {
    constexpr uint32_t kNotKept = SBX_EVENT_GAP | SBX_EVENT_PRESENCE;
    return event.seq != 0 && (event.flags & kNotKept) == 0 && SBX_HAS(fanout_, post_shared);
  }
  Slot &slot_of(uint64_t seq, const Form &form) {
    if (slots_.empty()) slots_.resize(size_t{1} << kSlotBits);
    const uint64_t mixed = (seq + form.kind * 0x9e37'79b9 + form.more) * 0x9e37'79b9'7f4a'7c15;
    return slots_[mixed >> (64 - kSlotBits)];
  }

  const sbx_host *host_;
  const sbx_fanout *fanout_;
  std::vector<Slot> slots_;  // made for the first replay
};

}  // namespace v1
}  // namespace sbx
