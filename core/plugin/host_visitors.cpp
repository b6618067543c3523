// sbx.visitors/1: who the connections of a sink are, and what they may say.
#include <utility>

#include "core/event/event.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostVisitors {
  static sbx_status knock(const sbx_host *host, sbx_str peer) noexcept {
    return Instance::of(host).subscriptions_.knock(text(peer)) ? SBX_OK : SBX_EREFUSED;
  }

  static sbx_status enter(const sbx_host *host, sbx_id conn, const sbx_visitor *visitor) noexcept {
    if (!visitor) return SBX_EINVAL;
    return Instance::of(host).subscriptions_.enter(conn, read_table(*visitor));
  }

  static sbx_status say(const sbx_host *host, sbx_id conn, sbx_str channel, sbx_str event, sbx_str data) noexcept {
    Instance &self = Instance::of(host);
    Subscriptions::Speaker speaker;
    const sbx_status may = self.subscriptions_.may_say(conn, text(channel), text(event), text(data), speaker);
    if (may != SBX_OK) return may;
    const auto raw = [](std::string_view s) { return sbx_str{s.data(), s.size()}; };
    const sbx_attr facts[] = {{raw("source"), raw("client")}, {raw("principal"), raw(speaker.principal)}};
    sbx_event draft{};
    draft.size = sizeof draft;
    draft.flags = SBX_EVENT_TRANSIENT;
    draft.channel = channel;
    draft.name = event;
    draft.data = data;
    draft.except = raw(speaker.id);
    draft.attrs = facts;
    draft.attr_count = speaker.principal.empty() ? 1 : 2;
    Result<EventPtr> made = Event::copy(draft, self.world_.clock.wall_ns());
    return made.ok() ? self.router_.say(speaker.scope, made.take(), self) : sbx_status{SBX_EINVAL};
  }
};

const sbx_visitors kHostVisitors{sizeof(sbx_visitors), 0, HostVisitors::knock, HostVisitors::enter, HostVisitors::say};

}  // namespace signalbox
