// Addresses with a port as people write them: `host:port`, `[::1]:port`, and where a listener binds.  Pure functions;
// nothing is looked up.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace signalbox {

// The pieces of `host:port` or `[::1]:port`, which are part of the text that was split; no port leaves `port` empty.
struct HostPort {
  std::string_view host, port;
  bool has_port = false, bracketed = false;
};
std::optional<HostPort> split_host_port(std::string_view text);

std::optional<uint16_t> parse_port(std::string_view text);
bool is_ipv4(std::string_view host);
bool is_ipv6(std::string_view host);  // without brackets

struct BindAddress {
  std::string host;   // address or "localhost", without the brackets of IPv6; empty for a unix socket
  uint16_t port = 0;  // 0: any free one
  std::string path;   // of a unix socket; empty otherwise
  // The same for two texts that mean the same address.
  std::string canonical() const;
};

// `host:port` with a numeric address or `localhost`, `[::1]:port`, `unix:/path`.  The message of a failure says what is
// wrong with the text.
Result<BindAddress> parse_bind_address(std::string_view text);

}  // namespace signalbox
