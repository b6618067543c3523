// host[:port] as it stands in a Host header, a URL or an Origin (RFC 3986 section 3.2, without user information).
// Pure functions; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

struct Authority {
  std::string host;              // lower case; an IPv6 address keeps its brackets
  std::optional<uint16_t> port;  // none if not written ("host:" counts as not written)
  bool operator==(const Authority &) const = default;
};

// Nothing if the text is not an authority: empty host, user information, spaces, bad port, ...
std::optional<Authority> parse_authority(std::string_view text);

// The port that goes without saying: 80, 443 (also for ws and wss), 0 for another scheme.
uint16_t default_port(std::string_view lower_scheme);

// "scheme://host[:port]", nothing behind it: the form of an Origin header (RFC 6454 section 7).
struct Origin {
  std::string scheme;  // lower case
  std::string host;    // lower case
  uint16_t port = 0;   // the default one of the scheme if not written
  bool operator==(const Origin &) const = default;
};
std::optional<Origin> parse_origin(std::string_view text);
// The origin of a whole URL, as in a Referer: path and query are left out.
std::optional<Origin> origin_of_url(std::string_view url);

}  // namespace signalbox::net
