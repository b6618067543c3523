#include "core/cli/raw_request.hpp"

#include <utility>

#include "core/base/limits.hpp"
#include "core/net/http_parser.hpp"

namespace signalbox {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

// Where the body begins; npos: there is no end of the head.
size_t end_of_head(std::string_view bytes) {
  const size_t strict = bytes.find("\r\n\r\n");
  return strict == bytes.npos ? bytes.npos : strict + 4;
}

// A head whose lines end in bare line feeds gets the carriage returns that an editor or a log took away.
std::string with_carriage_returns(std::string bytes) {
  const size_t end = bytes.find("\n\n");
  if (end_of_head(bytes) != bytes.npos || end == bytes.npos) return bytes;
  std::string mended;
  for (size_t i = 0; i < end + 2; ++i) {
    if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) mended += '\r';
    mended += bytes[i];
  }
  return mended + bytes.substr(end + 2);
}

RawRequest refused(int status, std::string reason) {
  RawRequest out;
  out.status = status;
  out.reason = std::move(reason);
  return out;
}

}  // namespace

RawRequest read_raw_request(std::string bytes) {
  bytes = with_carriage_returns(std::move(bytes));
  RawRequest out;
  net::HttpParser parser({limits::kRawRequestHeadersMax, limits::kRawRequestMax});
  for (std::string_view left = bytes;;) {
    const net::HttpParser::Step step = parser.next(left);
    left.remove_prefix(step.consumed);
    switch (step.kind) {
      case net::HttpParser::Kind::need_more:
        return refused(400,
                       "the request ends before it is complete: its head ends in an empty line, and its body has "
                       "as many bytes as Content-Length says");
      case net::HttpParser::Kind::error:
        return refused(step.status, std::string(step.reason));
      case net::HttpParser::Kind::head:
        out.head = parser.head();
        break;
      case net::HttpParser::Kind::body:
        out.body += step.body;
        break;
      case net::HttpParser::Kind::complete: {
        const bool framed = out.head.content_length || out.head.count("transfer-encoding") > 0;
        if (!framed) out.body = left;  // a capture without the length of its body: what is there is the body
        if (framed && !left.empty()) return refused(400, "bytes follow the request: is Content-Length right?");
        return out;
      }
    }
  }
}

sbx_request as_plugins_see(const RawRequest &request, std::vector<sbx_attr> &headers) {
  headers.clear();
  for (const net::HttpHeader &header : request.head.headers) headers.push_back({raw(header.name), raw(header.value)});
  sbx_request out{};
  out.size = sizeof out;
  out.flags = SBX_REQ_TLS | (request.body.empty() ? 0u : uint32_t{SBX_REQ_BODY});
  out.method = raw(request.head.method);
  out.path = raw(request.head.path);
  out.query = raw(request.head.query);
  out.host = raw(request.head.header("host"));
  out.origin = raw(request.head.header("origin"));
  out.headers = headers.data();
  out.header_count = headers.size();
  return out;
}

}  // namespace signalbox
