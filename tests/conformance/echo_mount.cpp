#include "tests/conformance/echo_mount.hpp"

#include <iterator>

namespace conformance {
namespace {

// The largest message of the RFC 6455 suites.
constexpr uint64_t kMessageMax = 16u << 20;
constexpr uint32_t kGoingAway = 1001;  // RFC 6455 section 7.4.1

}  // namespace

sbx_status EchoMount::mount() {
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = sbx::raw(listener_);
  m.path = sbx::raw("/echo");
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id id, const sbx_request *r) noexcept {
    auto &echo = *static_cast<EchoMount *>(self);
    sbx::guarded(echo.services_.host, [&] { echo.on_request(id, *r); });
  };
  on.on_message = [](void *self, sbx_id id, sbx_str data, int32_t binary) noexcept {
    const auto &s = static_cast<EchoMount *>(self)->services_;
    s.http->send(s.host.get(), id, data, binary);
  };
  on.on_close = [](void *self, sbx_id id, sbx_status, uint32_t) noexcept {
    static_cast<EchoMount *>(self)->open_.erase(id);
  };
  return services_.http->mount(services_.host.get(), &m, &on, this);
}

void EchoMount::on_request(sbx_id id, const sbx_request &request) {
  if (!(request.flags & SBX_REQ_WS)) {
    const sbx_attr headers[] = {{sbx::raw("content-type"), sbx::raw("text/plain; charset=utf-8")},
                                {sbx::raw("upgrade"), sbx::raw("websocket")}};
    services_.http->respond(services_.host.get(), id, 426, headers, std::size(headers),
                            sbx::raw("this path wants a WebSocket\n"), 0);
    return;
  }
  sbx_ws_accept a{};
  a.size = sizeof a;
  a.message_max = kMessageMax;
  if (services_.http->accept_ws(services_.host.get(), id, &a) == SBX_OK) open_.insert(id);
}

void EchoMount::stop() {
  for (const sbx_id id : open_) services_.close(id, kGoingAway, {});
}

}  // namespace conformance
