#include "plugins/sinks/websocket/services.hpp"

#include <array>

#include "plugins/sinks/websocket/connections.hpp"

namespace websocket {
namespace {

constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

Services::Services(sbx::Host h)
    : host(h),
      loop(h.service<sbx_loop>()),
      http(h.service<sbx_http>()),
      fanout(h.service<sbx_fanout>()),
      log(h.service<sbx_log>()),
      visitors(h.service<sbx_visitors>()) {}

std::string Services::random_id() const {
  std::array<unsigned char, kPublicIdSize> chance;
  loop->random(host.get(), chance.data(), chance.size());
  std::string out;
  for (const unsigned char c : chance) out += kUrlSafe[c & 63];
  return out;
}

std::string Services::head() const {
  sbx_cursor cursor{};
  log->head(host.get(), &cursor);
  return {cursor.text, cursor.len};
}

bool Services::may_connect(sbx_str peer) const {
  return !visitors || visitors->knock(host.get(), peer) != SBX_EREFUSED;
}

void Services::introduce(sbx_id conn, std::string_view public_id, const sbx_request &request,
                         std::string_view token) const {
  if (!visitors) return;
  sbx_visitor visitor{};
  visitor.size = sizeof visitor;
  visitor.flags = request.flags & SBX_REQ_TLS;
  visitor.id = sbx::raw(public_id);
  visitor.peer = request.peer;
  visitor.token = sbx::raw(token);
  visitor.headers = request.headers;
  visitor.header_count = request.header_count;
  // Whoever brings more than the host keeps is in without it, and refused where it is wanted.
  visitors->enter(host.get(), conn, &visitor);
}

void Services::respond(sbx_id request, uint32_t status, std::string_view body, sbx_attr header) const {
  const std::array<sbx_attr, 3> headers = {
      sbx_attr{sbx::raw("content-type"), sbx::raw("text/plain; charset=utf-8")},
      sbx_attr{sbx::raw("cache-control"), sbx::raw("no-store")},
      header,
  };
  const size_t n = header.key.len == 0 ? headers.size() - 1 : headers.size();
  http->respond(host.get(), request, status, headers.data(), n, sbx::raw(body), 0);
}

void Services::tell(sbx_id conn, std::string_view message) const {
  fanout->post(host.get(), conn, Frame(message, SBX_FRAME_CONTROL).get());
}

}  // namespace websocket
