// sbx.fanout/1: groups, virtual members, outboxes.
#include "core/base/limits.hpp"
#include "core/event/event.hpp"
#include "core/plugin/channel_group.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostFanout {
  static net::Member *find(Instance &self, sbx_id id) {
    net::Member *member = self.lane_.fanout.find(id);
    return member && member->space() == &self.groups_ ? member : nullptr;
  }

  static sbx_status outbox(const sbx_host *host, const sbx_outbox *wanted) noexcept {
    if (!wanted || wanted->size < sizeof(sbx_outbox) || wanted->bytes_max == 0 || wanted->policy > SBX_OUTBOX_LATEST)
      return SBX_EINVAL;
    Instance &self = Instance::of(host);
    self.outbox_ = {wanted->bytes_max, static_cast<net::OutboxPolicy>(wanted->policy)};
    for (auto &mount : self.mounts_) mount->outbox = self.outbox_;
    return SBX_OK;
  }

  static sbx_status join(const sbx_host *host, sbx_id id, sbx_str group) noexcept {
    Instance &self = Instance::of(host);
    net::Member *member = find(self, id);
    if (!member) return SBX_ESTALE;
    if (group.len == 0 || group.len > limits::kGroupNameMax || is_reserved_group(text(group))) return SBX_EINVAL;
    self.groups_.join(*member, text(group));
    return SBX_OK;
  }

  static sbx_status leave(const sbx_host *host, sbx_id id, sbx_str group) noexcept {
    Instance &self = Instance::of(host);
    net::Member *member = find(self, id);
    if (!member) return SBX_ESTALE;
    if (is_reserved_group(text(group))) return SBX_EINVAL;
    return self.groups_.leave(*member, text(group)) ? sbx_status{SBX_OK} : sbx_status{SBX_ENOENT};
  }

  static size_t publish(const sbx_host *host, sbx_str group, const sbx_frame *frame, sbx_id except) noexcept {
    return frame ? Instance::of(host).groups_.publish(text(group), *frame, except) : 0;
  }

  static sbx_status post(const sbx_host *host, sbx_id id, const sbx_frame *frame) noexcept {
    Instance &self = Instance::of(host);
    net::Member *member = find(self, id);
    if (!member) return SBX_ESTALE;
    if (!frame) return SBX_EINVAL;
    if (!member->takes_frames()) return SBX_ESTATE;
    return status_of(self.lane_.fanout.post(*member, *frame));
  }

  static sbx_id share(const sbx_host *host, const sbx_frame *frame) noexcept {
    return frame ? Instance::of(host).groups_.share(*frame) : 0;
  }

  static sbx_status post_shared(const sbx_host *host, sbx_id id, sbx_id shared) noexcept {
    Instance &self = Instance::of(host);
    net::Member *member = find(self, id);
    net::Encodings *encoded = self.groups_.find_shared(shared);
    if (!member || !encoded) return SBX_ESTALE;
    if (!member->takes_frames()) return SBX_ESTATE;
    return status_of(self.lane_.fanout.post(*member, *encoded));
  }

  static sbx_status status_of(net::Fanout::Queued queued) {
    switch (queued) {
      case net::Fanout::Queued::ok:
        return SBX_OK;
      case net::Fanout::Queued::full:
        return SBX_FULL;
      case net::Fanout::Queued::gone:
        return SBX_ESLOW;
    }
    return SBX_EINTERNAL;
  }

  static sbx_id member(const sbx_host *host, const sbx_member_events *events, void *user) noexcept {
    if (!events) return 0;
    Instance &self = Instance::of(host);
    auto made = std::make_unique<net::VirtualMember>(self.lane_.fanout, self.groups_, self.outbox_, *events, user);
    const uint64_t id = made->id();
    made->set_owner([&self](uint64_t gone) { forget(self, gone); });
    self.members_.emplace(id, std::move(made));
    return id;
  }

  static size_t take(const sbx_host *host, sbx_id id, size_t bytes_max, void (*fn)(void *, const sbx_frame *) SBX_NX,
                     void *user) noexcept {
    Instance &self = Instance::of(host);
    auto it = self.members_.find(id);
    return it == self.members_.end() ? 0 : it->second->take(bytes_max, fn, user);
  }

  static sbx_status transfer(const sbx_host *host, sbx_id from_id, sbx_id to_id) noexcept {
    Instance &self = Instance::of(host);
    net::Member *from = find(self, from_id);
    net::Member *to = find(self, to_id);
    // One whose outbox overflowed has lost a frame already and only waits for its on_close.
    if (!from || !to || from->doomed()) return SBX_ESTALE;
    if (from == to || from->connection()) return SBX_EUNSUPPORTED;
    if (!self.subscriptions_.may_transfer(*from, *to)) return SBX_ESTATE;
    if (!self.lane_.fanout.move_frames(*from, *to)) return SBX_EUNSUPPORTED;
    self.groups_.move_all(*from, *to);
    self.subscriptions_.transfer(from_id, to_id);
    forget(self, from_id);
    return SBX_OK;
  }

  static void drop(const sbx_host *host, sbx_id id) noexcept { forget(Instance::of(host), id); }

  // Its take() or its on_close may be on the stack above us: it is deleted when nobody stands on it any more.
  static void forget(Instance &self, uint64_t id) {
    auto it = self.members_.find(id);
    if (it == self.members_.end()) return;
    it->second->end();
    self.lane_.lane.defer([gone = std::shared_ptr<net::VirtualMember>(std::move(it->second))] {});
    self.members_.erase(it);
  }
};

const sbx_fanout kHostFanout{sizeof(sbx_fanout),     0,
                             HostFanout::outbox,     HostFanout::join,
                             HostFanout::leave,      HostFanout::publish,
                             HostFanout::post,       HostFanout::member,
                             HostFanout::take,       HostFanout::transfer,
                             HostFanout::drop,       HostFanout::share,
                             HostFanout::post_shared};

}  // namespace signalbox
