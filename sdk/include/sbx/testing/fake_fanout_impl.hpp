// FakeFanout's table, of fake_fanout.hpp, which includes this.
#pragma once
#include <algorithm>
#include <cstring>

#include "fake_fanout.hpp"

namespace sbx::testing {

inline const sbx_fanout *FakeFanout::table() {
  static const sbx_fanout t{
      sizeof(sbx_fanout),
      0,
      [](const sbx_host *h, const sbx_outbox *o) noexcept -> sbx_status {
        if (o->size < sizeof(sbx_outbox)) fault("R5: an outbox without its size");
        if (o->policy > SBX_OUTBOX_LATEST || o->bytes_max == 0) return SBX_EINVAL;
        at(h).policy = o->policy;
        at(h).bytes_max = o->bytes_max;
        return SBX_OK;
      },
      [](const sbx_host *h, sbx_id id, sbx_str group) noexcept { return at(h).join(id, view(group)); },
      [](const sbx_host *h, sbx_id id, sbx_str group) noexcept { return at(h).leave(id, view(group)); },
      [](const sbx_host *h, sbx_str group, const sbx_frame *f, sbx_id except) noexcept {
        return at(h).publish(view(group), copy_of(*f), except);
      },
      [](const sbx_host *h, sbx_id id, const sbx_frame *f) noexcept -> sbx_status {
        Member *m = at(h).find(id);
        if (!m) return SBX_ESTALE;
        at(h).enqueue(id, *m, copy_of(*f));
        return SBX_OK;
      },
      [](const sbx_host *h, const sbx_member_events *on, void *user) noexcept -> sbx_id {
        FakeFanout &f = at(h);
        Member &m = f.members_[++f.last_virtual_];
        m.virt = true;
        std::memcpy(&m.on, on, std::min<size_t>(on->size, sizeof m.on));
        m.user = user;
        m.policy = f.policy;
        m.bytes_max = f.bytes_max;
        return f.last_virtual_;
      },
      [](const sbx_host *h, sbx_id id, size_t max, void (*fn)(void *, const sbx_frame *) noexcept,
         void *user) noexcept { return at(h).take(id, max, fn, user); },
      [](const sbx_host *h, sbx_id from, sbx_id to) noexcept { return at(h).transfer(from, to); },
      [](const sbx_host *h, sbx_id id) noexcept {
        auto found = at(h).members_.find(id);
        if (found != at(h).members_.end() && found->second.virt) at(h).forget(id);
      },
      [](const sbx_host *h, const sbx_frame *f) noexcept -> sbx_id { return at(h).share(copy_of(*f)); },
      [](const sbx_host *h, sbx_id id, sbx_id shared) noexcept { return at(h).post_shared(id, shared); }};
  return &t;
}

}  // namespace sbx::testing
