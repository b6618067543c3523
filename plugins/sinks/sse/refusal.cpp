#include "plugins/sinks/sse/refusal.hpp"

#include <algorithm>

namespace sse {
namespace {

constexpr uint32_t kBadRequest = 400, kUnauthorized = 401, kForbidden = 403, kPageExpired = 419, kTooMany = 429,
                   kServerError = 500, kUnavailable = 503;

RefusedChannel of_code(std::string_view channel, uint32_t code) {
  std::string name(channel);
  if (code == kUnauthorized || code == kPageExpired) return {std::move(name), "unauthorized", kUnauthorized};
  if (code == kTooMany) return {std::move(name), "rate_limited", kTooMany};
  if (code == 0 || code >= kServerError) return {std::move(name), "unavailable", kUnavailable};
  return {std::move(name), "not_allowed", kForbidden};
}

}  // namespace

RefusedChannel refusal_of(const sbx_subscribed &answer) {
  const std::string_view channel = sbx::view(answer.channel);
  if (answer.status != SBX_EREFUSED) return {std::string(channel), "no_channel", kBadRequest};
  // A host that knows no codes has a zero there that says nothing.
  return of_code(channel, SBX_HAS(&answer, members) ? answer.code : kForbidden);
}

RefusedChannel refusal_of_end(std::string_view channel, uint32_t code) {
  RefusedChannel refused = of_code(channel, code);
  if (refused.code == kUnauthorized) refused.reason = "expired";
  return refused;
}

uint32_t status_of(const std::vector<RefusedChannel> &all) {
  for (const uint32_t code : {kUnavailable, kTooMany, kUnauthorized})
    if (std::any_of(all.begin(), all.end(), [&](const RefusedChannel &r) { return r.code == code; })) return code;
  return kForbidden;
}

}  // namespace sse
