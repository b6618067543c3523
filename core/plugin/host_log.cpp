// sbx.log/1: channels, what is retained of them, and who listens.
#include <cstring>

#include "core/event/event.hpp"
#include "core/event/position.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostLog {
  static sbx_status open(const sbx_host *host, const sbx_log_events *events, void *user) noexcept {
    if (!events) return SBX_EINVAL;
    Instance &self = Instance::of(host);
    if (self.kind() != SBX_SINK || self.world_.running) return SBX_ESTATE;
    return self.subscriptions_.open(*events, user);
  }

  static sbx_status subscribe(const sbx_host *host, sbx_id conn, const sbx_subscribe *wanted) noexcept {
    if (!wanted) return SBX_EINVAL;
    return Instance::of(host).subscriptions_.subscribe(conn, read_table(*wanted));
  }

  static sbx_status unsubscribe(const sbx_host *host, sbx_id conn, sbx_str channel) noexcept {
    return Instance::of(host).subscriptions_.unsubscribe(conn, text(channel));
  }

  static size_t publish(const sbx_host *host, const sbx_event *event, sbx_str kind, const sbx_frame *frame,
                        sbx_id except) noexcept {
    if (!event || !frame) return 0;
    return Instance::of(host).subscriptions_.publish(*event, text(kind), *frame, except);
  }

  static void head(const sbx_host *host, sbx_cursor *out) noexcept {
    Instance &self = Instance::of(host);
    cursor(host, self.world_.log ? self.world_.log->epoch() : 0, self.lane_.position, out);
  }

  static void cursor(const sbx_host *, uint64_t epoch, uint64_t seq, sbx_cursor *out) noexcept {
    static_assert(kCursorSize <= SBX_CURSOR_MAX);
    const auto made = cursor_text({epoch, seq});
    out->len = static_cast<uint32_t>(made.size());
    std::memcpy(out->text, made.data(), made.size());
  }

  static sbx_status parse(const sbx_host *, sbx_str given, uint64_t *epoch, uint64_t *seq) noexcept {
    const std::optional<Position> position = parse_cursor(text(given));
    if (!position) return SBX_EINVAL;
    *epoch = position->epoch;
    *seq = position->seq;
    return SBX_OK;
  }
};

const sbx_log kHostLog{sizeof(sbx_log),      0,
                       HostLog::open,        HostLog::subscribe,
                       HostLog::unsubscribe, HostLog::publish,
                       HostLog::head,        HostLog::cursor,
                       HostLog::parse};

}  // namespace signalbox
