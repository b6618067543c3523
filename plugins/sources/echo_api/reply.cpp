#include "plugins/sources/echo_api/reply.hpp"

#include <array>
#include <sbx/json_text.hpp>
#include <utility>

namespace echo_api {

Reply answer(const char *outcome, std::string json) { return {200, outcome, std::move(json)}; }

Reply refusal(uint32_t status, const char *outcome, std::string_view message, std::string_view detail) {
  std::string body = R"({"error":)";
  sbx::json::append_quoted(body, message);
  body += '}';
  return {status, outcome, std::move(body), std::string(detail.empty() ? message : detail)};
}

void send(sbx::Host host, const sbx_http &http, sbx_id request, const Reply &reply) {
  std::array<sbx_attr, 3> headers = {sbx_attr{sbx::raw("cache-control"), sbx::raw("no-store")},
                                     sbx_attr{sbx::raw("content-type"), sbx::raw("application/json")}};
  size_t count = 2;
  // A full queue or a busy disk is a matter of moments.
  if (reply.status == 503) headers[count++] = {sbx::raw("retry-after"), sbx::raw("1")};
  if (reply.status == 405) headers[count++] = {sbx::raw("allow"), sbx::raw(reply.allow)};
  http.respond(host.get(), request, reply.status, headers.data(), count, sbx::raw(reply.body), 0);
}

}  // namespace echo_api
