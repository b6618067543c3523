// An http:// or https:// URL that a request is to be sent to (RFC 9110 section 4.2), taken apart strictly: no user
// information, no byte that could end a line of the request.  Pure functions; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

struct HttpUrl {
  bool tls = false;
  std::string host;    // lower case; an IPv6 address keeps its brackets
  uint16_t port = 0;   // the scheme's own if not written
  std::string target;  // path and query as sent, at least "/"; a fragment is left out
  bool operator==(const HttpUrl &) const = default;

  // What the Host header says: the port only if it is not the scheme's own.
  std::string authority() const;
};

// Nothing if it is not such a URL, or longer than limits::kFetchUrlMax.
std::optional<HttpUrl> parse_http_url(std::string_view text);

}  // namespace signalbox::net
