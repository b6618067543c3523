#include "plugins/sources/webhook/reply.hpp"

#include <array>
#include <sbx/json_text.hpp>

namespace webhook {
namespace {

// What RFC 9110 wants beside the status (sections 10.2.1, 11.6.1), and when to come again: a full queue or a busy disk
// is a matter of moments.
sbx_attr header_for(uint32_t status) {
  switch (status) {
    case 401:
      return {sbx::raw("www-authenticate"), sbx::raw("Bearer realm=\"signalbox\"")};
    case 405:
      return {sbx::raw("allow"), sbx::raw("POST")};
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
  const std::array<sbx_attr, 3> headers = {
      sbx_attr{sbx::raw("content-type"), sbx::raw("application/json")},
      sbx_attr{sbx::raw("cache-control"), sbx::raw("no-store")},
      header_for(reply.status),
  };
  const size_t count = headers[2].key.len > 0 ? 3 : 2;
  http.respond(host.get(), request, reply.status, headers.data(), count, sbx::raw(reply.body), 0);
}

}  // namespace webhook
