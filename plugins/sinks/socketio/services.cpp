#include "plugins/sinks/socketio/services.hpp"

#include <array>

namespace socketio {
namespace {

constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

Frame::Frame(const Parts &parts, bool control, std::string_view gap) {
  for (const Part &part : parts) {
    views_.push_back(sbx::raw(part.bytes));
    binary_.push_back(part.binary ? 1 : 0);
  }
  frame_.size = sizeof frame_;
  frame_.flags = control ? uint32_t{SBX_FRAME_CONTROL} : 0u;
  frame_.parts = views_.data();
  frame_.binary = binary_.data();
  frame_.part_count = views_.size();
  frame_.gap = sbx::raw(gap);
}

Services::Services(sbx::Host h)
    : host(h),
      loop(h.service<sbx_loop>()),
      http(h.service<sbx_http>()),
      fanout(h.service<sbx_fanout>()),
      log(h.service<sbx_log>()),
      visitors(h.service<sbx_visitors>()) {}

void Services::introduce(sbx_id member, sbx_visitor visitor) const {
  if (!visitors) return;
  visitor.size = sizeof visitor;
  if (visitors->enter(host.get(), member, &visitor) == SBX_ETOOBIG)
    host.log(SBX_WARN, "the credentials of a client are over " + std::to_string(SBX_VISITOR_MAX) +
                           " bytes together and were left out; it will be refused where they are wanted");
}

std::string Services::random_id(size_t bytes) const {
  std::string raw(bytes, '\0'), out;
  loop->random(host.get(), raw.data(), raw.size());
  uint32_t bits = 0;
  int have = 0;
  for (const char c : raw) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (have += 8; have >= 6; have -= 6) out += kUrlSafe[bits >> (have - 6) & 63];
  }
  return out;
}

void Services::respond(sbx_id request, uint32_t status, std::string_view content_type, std::string_view body,
                       std::string_view retry_after) const {
  const std::array<sbx_attr, 3> headers = {
      sbx_attr{sbx::raw("content-type"), sbx::raw(content_type)},
      sbx_attr{sbx::raw("cache-control"), sbx::raw("no-store")},
      sbx_attr{sbx::raw("retry-after"), sbx::raw(retry_after)},
  };
  const size_t count = retry_after.empty() ? headers.size() - 1 : headers.size();
  http->respond(host.get(), request, status, headers.data(), count, sbx::raw(body), 0);
}

void Services::post(sbx_id member, const Parts &parts, bool control, std::string_view gap) const {
  fanout->post(host.get(), member, Frame(parts, control, gap).get());
}

size_t Services::publish(std::string_view group, const Parts &parts, sbx_id except) const {
  return fanout->publish(host.get(), sbx::raw(group), Frame(parts, false).get(), except);
}

size_t Services::publish(const sbx_event &event, std::string_view kind, const Parts &parts, bool control,
                         std::string_view gap, sbx_id except) const {
  return log->publish(host.get(), &event, sbx::raw(kind), Frame(parts, control, gap).get(), except);
}

}  // namespace socketio
