// Addresses as they are written in a configuration: where a listener binds, whose proxies are trusted, which origins
// may come.  Pure functions; nothing is looked up.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace signalbox::config {

struct Bind {
  std::string host;   // name or address, without the brackets of IPv6; empty for a unix socket
  uint16_t port = 0;  // 0: any free one
  std::string path;   // of a unix socket; empty otherwise
  // The same for two texts that mean the same address.
  std::string canonical() const;
};

// `host:port`, `[::1]:port`, `unix:/path`.  The message of a failure says what is wrong with the text.
Result<Bind> parse_bind(std::string_view text);

// `10.0.0.0/8`, `::1/128`, one address, or `unix`: nothing = fine.
Status check_network(std::string_view text);

// `*`, or `scheme://host[:port]` as a browser sends it (RFC 6454): nothing = fine.
Status check_origin(std::string_view text);

struct Url {
  std::string scheme, host, rest;
};
// scheme://something; host may be empty only when a path follows (unix:///run/x).
std::optional<Url> parse_url(std::string_view text);

}  // namespace signalbox::config
