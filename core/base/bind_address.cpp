#include "core/base/bind_address.hpp"

#include <arpa/inet.h>

#include <charconv>

#include "core/base/text.hpp"

namespace signalbox {
namespace {

constexpr size_t kUnixPathMax = 107;  // sockaddr_un without its final zero

// Names are not looked up: a listener that moves with an answer of DNS is a surprise.
bool bind_host(const HostPort &hp) {
  return hp.bracketed ? is_ipv6(hp.host) : is_ipv4(hp.host) || equal_ignoring_case(hp.host, "localhost");
}

Result<BindAddress> parse_unix(std::string_view path) {
  if (!path.starts_with('/'))
    return Status::error("a unix socket wants an absolute path, as in unix:/run/signalbox.sock");
  if (path.size() > kUnixPathMax) return Status::error("the path of a unix socket has at most 107 bytes");
  BindAddress bind;
  bind.path = path;
  return bind;
}

}  // namespace

std::optional<HostPort> split_host_port(std::string_view text) {
  HostPort out;
  size_t colon = std::string_view::npos;
  if (text.starts_with('[')) {
    size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    out.bracketed = true;
    out.host = text.substr(1, close - 1);
    if (close + 1 < text.size()) {
      if (text[close + 1] != ':') return std::nullopt;
      colon = close + 1;
    }
  } else {
    colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) return std::nullopt;
    out.host = text.substr(0, colon);
  }
  out.has_port = colon != std::string_view::npos;
  if (out.has_port) out.port = text.substr(colon + 1);
  return out;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_ipv4(std::string_view host) {
  in_addr address;
  return host.size() < INET_ADDRSTRLEN && inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

bool is_ipv6(std::string_view host) {
  in6_addr address;
  return host.size() < INET6_ADDRSTRLEN && inet_pton(AF_INET6, std::string(host).c_str(), &address) == 1;
}

std::string BindAddress::canonical() const {
  return path.empty() ? to_lower(host) + ' ' + std::to_string(port) : "unix " + path;
}

Result<BindAddress> parse_bind_address(std::string_view text) {
  if (text.starts_with("unix:")) return parse_unix(text.substr(5));
  if (is_ipv6(text)) return Status::error("an IPv6 address stands in brackets and has a port, as in \"[::1]:6001\"");
  std::optional<HostPort> hp = split_host_port(text);
  if (!hp) return Status::error("it wants host:port, [::1]:port or unix:/path");
  if (!hp->has_port) return Status::error("it has no port; write host:port, as in 0.0.0.0:6001");
  if (hp->host.empty())
    return Status::error("it has no host; write 0.0.0.0 for all interfaces, or 127.0.0.1 for this machine only");
  if (!bind_host(*hp))
    return Status::error(
        "its host is no address; write 0.0.0.0 for all interfaces, or 127.0.0.1 or localhost for this machine only");
  std::optional<uint16_t> port = parse_port(hp->port);
  if (!port) return Status::error("its port is no number from 0 to 65535");
  BindAddress bind;
  bind.host = hp->host;
  bind.port = *port;
  return bind;
}

}  // namespace signalbox
