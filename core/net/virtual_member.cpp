#include "core/net/virtual_member.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace signalbox::net {
namespace {

sbx_member_events read(const sbx_member_events &given) {
  sbx_member_events known{};
  std::memcpy(&known, &given, std::min<size_t>(given.size, sizeof known));
  return known;
}

}  // namespace

VirtualMember::VirtualMember(Fanout &fanout, GroupSpace &space, OutboxLimits limits, const sbx_member_events &events,
                             void *user)
    : events_(read(events)), user_(user) {
  fanout.add(*this);
  space_ = &space;
  out_limits_ = limits;
  wire_ = Wire::websocket;  // its parts() are what take() hands out
  takes_frames_ = true;
}

size_t VirtualMember::take(size_t bytes_max, void (*fn)(void *, const sbx_frame *) SBX_NX, void *user) {
  size_t count = 0, bytes = 0;
  std::vector<sbx_str> parts;
  std::vector<uint8_t> binary;
  while (!out_.empty()) {
    Frame *next = out_.frames().front();
    if (count > 0 && bytes + next->wire().size() > bytes_max) break;
    const FramePtr frame = out_.pop();
    bytes += frame->wire().size();
    ++count;
    parts.clear();
    binary.clear();
    for (size_t i = 0; i < frame->parts().size(); ++i) {
      parts.push_back({frame->part(i).data(), frame->part(i).size()});
      binary.push_back(frame->parts()[i].binary ? 1 : 0);
    }
    sbx_frame shown{};
    shown.size = sizeof shown;
    shown.flags = frame->control() ? uint32_t{SBX_FRAME_CONTROL} : 0u;
    shown.parts = parts.data();
    shown.binary = binary.data();
    shown.part_count = parts.size();
    fn(user, &shown);
  }
  if (out_.empty()) told_ = false;
  Fanout::tell_flushed(*this);
  return count;
}

void VirtualMember::flush(FlushBatch &) {
  if (told_ || out_.empty()) return;
  told_ = true;
  if (events_.on_ready) events_.on_ready(user_, id_);
}

void VirtualMember::overflowed() {
  const uint64_t id = this->id();
  end();
  if (forget_) forget_(id);
  if (events_.on_close) events_.on_close(user_, id, SBX_ESLOW);
}

void VirtualMember::end() {
  if (!fanout_) return;
  fanout_->remove(*this);
  out_.clear();
  takes_frames_ = false;
  space_ = nullptr;
}

}  // namespace signalbox::net
