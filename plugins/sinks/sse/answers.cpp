#include "plugins/sinks/sse/answers.hpp"

#include <sbx/json_text.hpp>
#include <vector>

namespace sse {
namespace {

// For who comes too often, or when nobody could be asked: buckets fill by the second.
constexpr std::string_view kRetryAfterSeconds = "5";

using Headers = std::vector<sbx_attr>;

sbx_attr header(std::string_view name, std::string_view value) { return {sbx::raw(name), sbx::raw(value)}; }

// no-transform: a proxy that compresses would hold events back until its window is full.  The form depends on Accept.
Headers headers(std::string_view type) {
  return {header("content-type", type), header("cache-control", "no-cache, no-store, no-transform"),
          header("vary", "accept"), header("x-content-type-options", "nosniff")};
}

Headers headers_of(Form form) {
  Headers all = headers(form == Form::kJson ? kJsonType : kStreamType);
  // nginx buffers what it proxies unless the answer says this.
  if (form != Form::kJson) all.push_back(header("x-accel-buffering", "no"));
  return all;
}

void send(const Services &services, sbx_id request, uint32_t status, const Headers &headers, std::string_view body) {
  services.http->respond(services.host.get(), request, status, headers.data(), headers.size(), sbx::raw(body), 0);
}

void refuse_with(const Services &services, sbx_id request, uint32_t status, Form form, std::string_view sentence,
                 const Headers &more) {
  Headers all = headers(form == Form::kJson ? kJsonType : std::string_view("text/plain; charset=utf-8"));
  all.insert(all.end(), more.begin(), more.end());
  std::string body;
  if (form == Form::kJson) {
    body = "{\"error\":";
    sbx::json::append_quoted(body, sentence);
    body += '}';
  } else {
    body = std::string(sentence) + "\n";
  }
  send(services, request, status, all, body);
}

}  // namespace

void respond(const Services &services, sbx_id request, uint32_t status, std::string_view type, std::string_view body) {
  Headers all = headers(type);
  // RFC 9110 section 15.5.2 wants it; browsers ask nobody for a password because of this scheme.
  if (status == 401) all.push_back(header("www-authenticate", "Bearer"));
  if (status == 429 || status == 503) all.push_back(header("retry-after", kRetryAfterSeconds));
  send(services, request, status, all, body);
}

void refuse(const Services &services, sbx_id request, uint32_t status, Form form, std::string_view sentence) {
  refuse_with(services, request, status, form, sentence, {});
}

void refuse_method(const Services &services, sbx_id request, Form form) {
  refuse_with(services, request, 405, form, "events are read with GET", {header("allow", "GET, HEAD")});
}

void refuse_rate(const Services &services, sbx_id request, Form form) {
  refuse_with(services, request, 429, form, "too many requests from this address; try again in a few seconds",
              {header("retry-after", kRetryAfterSeconds)});
}

void refuse_stopping(const Services &services, sbx_id request, Form form) {
  refuse_with(services, request, 503, form, "this server is stopping; try again in a moment",
              {header("retry-after", "1")});
}

sbx_status open_stream(const Services &services, sbx_id request, std::string_view first_piece) {
  const Headers all = headers_of(Form::kStream);
  return services.http->respond(services.host.get(), request, 200, all.data(), all.size(), sbx::raw(first_piece), 1);
}

void answer_head(const Services &services, sbx_id request, Form form) {
  const Headers all = headers_of(form);
  // Without a length: what GET would send is not known.
  if (services.http->respond(services.host.get(), request, 200, all.data(), all.size(), {}, 1) >= 0)
    services.http->write(services.host.get(), request, {}, 0);
}

}  // namespace sse
