#include "core/net/outbound_request.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

// What frames the message, or asks for a kind of answer that is not understood.
constexpr std::string_view kOurs[] = {
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "expect",
    "te",   "trailer",        "accept-encoding"};

Status check_header(const HttpHeader &h) {
  if (!is_token(h.name)) return Status::error("the name of a request header is empty or not a token");
  if (!is_field_text(h.value))
    return Status::error("the value of a request header has a line end or another control byte");
  const std::string lower = to_lower(h.name);
  if (std::find(std::begin(kOurs), std::end(kOurs), lower) != std::end(kOurs))
    return Status::error("the request header " + lower + " is the client's own to set");
  return {};
}

// Methods whose requests usually have a body: an empty one is to be told (RFC 9110 section 8.6).
bool means_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

void append_header(std::string &out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Result<std::string> encode_request(const OutboundRequest &request) {
  if (!is_token(request.method) || request.method.size() > limits::kHttpMethodMax || request.method == "CONNECT")
    return Status::error("the request's method is not one that can be sent");
  if (request.headers.size() > limits::kHttpHeadersMax) return Status::error("the request has too many headers");
  if (request.body.size() > limits::kFetchBodyMax) return Status::error("the request's body is too big");
  std::string out = request.method + " " + request.url.target + " HTTP/1.1\r\n";
  append_header(out, "Host", request.url.authority());
  for (const HttpHeader &h : request.headers) {
    if (Status bad = check_header(h); !bad.ok()) return bad;
    append_header(out, h.name, h.value);
  }
  if (!request.body.empty() || means_body(request.method))
    append_header(out, "Content-Length", std::to_string(request.body.size()));
  append_header(out, "Accept-Encoding", "identity");
  append_header(out, "Connection", "close");
  out += "\r\n";
  if (out.size() > limits::kFetchHeadMax) return Status::error("the request's headers are too long");
  out += request.body;
  return out;
}

}  // namespace signalbox::net
