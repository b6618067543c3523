// sbx.http/1: endpoints on listeners.
#include "core/event/event.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {
struct HostHttp {
  // The instance's own exchange, or none.
  static net::Connection *find(Instance &self, sbx_id id) {
    net::Member *member = self.lane_.fanout.find(id);
    return member && member->space() == &self.groups_ ? member->connection() : nullptr;
  }

  static sbx_status mount(const sbx_host *host, const sbx_mount *given, const sbx_http_events *events,
                          void *user) noexcept {
    if (!given || !events || !events->on_request) return SBX_EINVAL;
    Instance &self = Instance::of(host);
    if (self.world_.running) return SBX_ESTATE;
    const sbx_mount wanted = read_table(*given);
    if ((wanted.path.len > 0 && wanted.path.ptr[0] != '/') || wanted.unacked_ns < 0) return SBX_EINVAL;
    auto listener = self.world_.listeners.find(text(wanted.listener));
    if (listener == self.world_.listeners.end()) return SBX_ENOENT;
    auto mount = std::make_unique<net::Mount>();
    mount->path = text(wanted.path);
    mount->on = read_table(*events);
    mount->user = user;
    mount->space = &self.groups_;
    mount->outbox = self.outbox_;
    mount->body_max = wanted.body_max;
    mount->unacked_ns = wanted.unacked_ns;
    const Status added = self.world_.server.mounts.add(*listener->second, *mount, self.name_, self.lane_.lane.index());
    if (!added.ok()) {
      log(Level::error, self.component_, added.message());
      return SBX_EREFUSED;
    }
    self.mounts_.push_back(std::move(mount));
    return SBX_OK;
  }

  static sbx_status respond(const sbx_host *host, sbx_id id, uint32_t status, const sbx_attr *headers, size_t count,
                            sbx_str body, int32_t more) noexcept {
    net::Connection *connection = find(Instance::of(host), id);
    return connection ? connection->respond(status, headers, count, text(body), more != 0) : sbx_status{SBX_ESTALE};
  }

  static sbx_status write(const sbx_host *host, sbx_id id, sbx_str chunk, int32_t more) noexcept {
    net::Connection *connection = find(Instance::of(host), id);
    return connection ? connection->write(text(chunk), more != 0) : sbx_status{SBX_ESTALE};
  }

  static sbx_status accept_ws(const sbx_host *host, sbx_id id, const sbx_ws_accept *given) noexcept {
    net::Connection *connection = find(Instance::of(host), id);
    if (!connection) return SBX_ESTALE;
    return connection->accept_ws(given ? read_table(*given) : sbx_ws_accept{});
  }

  static sbx_status send(const sbx_host *host, sbx_id id, sbx_str data, int32_t binary) noexcept {
    net::Connection *connection = find(Instance::of(host), id);
    return connection ? connection->send(text(data), binary != 0) : sbx_status{SBX_ESTALE};
  }

  static void close(const sbx_host *host, sbx_id id, uint32_t ws_code, sbx_str reason) noexcept {
    if (net::Connection *connection = find(Instance::of(host), id)) connection->close(ws_code, text(reason));
  }
};

const sbx_http kHostHttp{
    sizeof(sbx_http), 0, HostHttp::mount, HostHttp::respond, HostHttp::write, HostHttp::accept_ws, HostHttp::send,
    HostHttp::close};

}  // namespace signalbox
