// A request to somebody else's server: checked, so that nobody smuggles a line in, and written (RFC 9112).  What says
// how the message is framed and when the connection ends is ours.  Pure functions; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/net/http_head.hpp"
#include "core/net/url.hpp"

namespace signalbox::net {

struct OutboundRequest {
  std::string method;
  HttpUrl url;
  std::vector<HttpHeader> headers;  // any case
  std::string body;
};

// Head and body as they go over the wire, for one request on one connection: `Connection: close`, and nothing that
// would have to be decompressed.  The error does not repeat the request: there may be secrets in it.
Result<std::string> encode_request(const OutboundRequest &request);

}  // namespace signalbox::net
