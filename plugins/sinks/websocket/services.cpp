#include "plugins/sinks/websocket/services.hpp"

#include <array>

namespace websocket {
namespace {

constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kIdCharacters = 20;  // 120 bits

}  // namespace

Services::Services(sbx::Host h)
    : host(h),
      loop(h.service<sbx_loop>()),
      http(h.service<sbx_http>()),
      fanout(h.service<sbx_fanout>()),
      log(h.service<sbx_log>()) {}

std::string Services::random_id() const {
  std::array<unsigned char, kIdCharacters> chance;
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

void Services::respond(sbx_id request, uint32_t status, std::string_view body, std::string_view upgrade) const {
  const std::array<sbx_attr, 3> headers = {
      sbx_attr{sbx::raw("content-type"), sbx::raw("text/plain; charset=utf-8")},
      sbx_attr{sbx::raw("cache-control"), sbx::raw("no-store")},
      sbx_attr{sbx::raw("upgrade"), sbx::raw(upgrade)},
  };
  const size_t n = upgrade.empty() ? headers.size() - 1 : headers.size();
  http->respond(host.get(), request, status, headers.data(), n, sbx::raw(body), 0);
}

void Services::tell(sbx_id conn, std::string_view message) const {
  fanout->post(host.get(), conn, Frame(message, SBX_FRAME_CONTROL).get());
}

}  // namespace websocket
