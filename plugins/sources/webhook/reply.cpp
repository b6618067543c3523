#include "plugins/sources/webhook/reply.hpp"

#include <array>
#include <sbx/json_text.hpp>

namespace webhook {
namespace {

// What RFC 9110 wants beside the status (sections 10.2.1, 11.6.1), and when to come again: a full queue or a busy disk
// is a matter of moments.
sbx_attr header_for(const Reply &reply) {
  switch (reply.status) {
    case 401:
      if (reply.to_provider) return {};
      return {sbx::raw("www-authenticate"), sbx::raw("Bearer realm=\"signalbox\"")};
    case 405:
      return {sbx::raw("allow"), sbx::raw(reply.allow)};
    case 503:
      return {sbx::raw("retry-after"), sbx::raw("1")};
    default:
      return {};
  }
}

}  // namespace

Reply accepted(std::string json) { return {200, "accepted", std::move(json)}; }

Reply refusal(uint32_t status, const char *code, std::string_view message, std::string_view detail) {
  std::string body = R"({"error":{"code":)";
  sbx::json::append_quoted(body, code);
  body += R"(,"message":)";
  sbx::json::append_quoted(body, message);
  body += "}}";
  return {status, code, std::move(body), std::string(detail.empty() ? message : detail)};
}

void send(sbx::Host host, const sbx_http &http, sbx_id request, const Reply &reply) {
  std::array<sbx_attr, 3> headers = {sbx_attr{sbx::raw("cache-control"), sbx::raw("no-store")}};
  size_t count = 1;
  if (!reply.content_type.empty()) headers[count++] = {sbx::raw("content-type"), sbx::raw(reply.content_type)};
  if (const sbx_attr extra = header_for(reply); extra.key.len > 0) headers[count++] = extra;
  http.respond(host.get(), request, reply.status, headers.data(), count, sbx::raw(reply.body), 0);
}

}  // namespace webhook
