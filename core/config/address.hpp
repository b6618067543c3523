// Addresses as they are written in a configuration, beside those that core/base/bind_address.hpp reads: whose proxies
// are trusted, which origins may come, URLs.  Pure functions; nothing is looked up.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace signalbox::config {

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
