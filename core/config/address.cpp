#include "core/config/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace signalbox::config {
namespace {

constexpr size_t kHostMax = 253;      // RFC 1035
constexpr size_t kUnixPathMax = 107;  // sockaddr_un without its final zero

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

std::string folded(std::string_view text) {
  std::string out(text);
  for (char &c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool host_name(std::string_view host) {
  auto fine = [](char c) { return letter(c) || digit(c) || c == '-' || c == '.' || c == '_'; };
  if (host.empty() || host.size() > kHostMax || !std::all_of(host.begin(), host.end(), fine)) return false;
  // Only digits and dots is meant as an address, so it must be one.
  bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  in_addr address;
  return !numeric || inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

bool ipv6(std::string_view host) {
  in6_addr address;
  return host.size() < INET6_ADDRSTRLEN && inet_pton(AF_INET6, std::string(host).c_str(), &address) == 1;
}

std::optional<uint16_t> port_number(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// Splits `host:port` or `[::1]:port`; no port leaves `port` empty.
struct HostPort {
  std::string_view host, port;
  bool has_port = false, bracketed = false;
};
std::optional<HostPort> split(std::string_view text) {
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

bool bind_host(const HostPort &hp) {
  if (hp.bracketed) return ipv6(hp.host);
  in_addr address;
  return folded(hp.host) == "localhost" || inet_pton(AF_INET, std::string(hp.host).c_str(), &address) == 1;
}
bool good_host(const HostPort &hp) { return hp.bracketed ? ipv6(hp.host) : host_name(hp.host); }

}  // namespace

std::string Bind::canonical() const {
  return path.empty() ? folded(host) + ' ' + std::to_string(port) : "unix " + path;
}

Result<Bind> parse_bind(std::string_view text) {
  Bind bind;
  if (text.starts_with("unix:")) {
    bind.path = text.substr(5);
    if (!bind.path.starts_with('/'))
      return Status::error("a unix socket wants an absolute path, as in unix:/run/signalbox.sock");
    if (bind.path.size() > kUnixPathMax) return Status::error("the path of a unix socket has at most 107 bytes");
    return bind;
  }
  if (ipv6(text)) return Status::error("an IPv6 address stands in brackets and has a port, as in \"[::1]:6001\"");
  std::optional<HostPort> hp = split(text);
  if (!hp) return Status::error("it wants host:port, [::1]:port or unix:/path");
  if (!hp->has_port) return Status::error("it has no port; write host:port, as in 0.0.0.0:6001");
  if (hp->host.empty())
    return Status::error("it has no host; write 0.0.0.0 for all interfaces, or 127.0.0.1 for this machine only");
  // Names are not looked up: a listener that moves with an answer of DNS is a surprise.
  if (!bind_host(*hp))
    return Status::error(
        "its host is no address; write 0.0.0.0 for all interfaces, or 127.0.0.1 or localhost for this machine only");
  std::optional<uint16_t> port = port_number(hp->port);
  if (!port) return Status::error("its port is no number from 0 to 65535");
  bind.host = hp->host;
  bind.port = *port;
  return bind;
}

Status check_network(std::string_view text) {
  if (text == "unix") return {};  // whoever comes in by a unix socket
  size_t slash = text.find('/');
  std::string_view address = text.substr(0, slash);
  bool six = ipv6(address);
  in_addr four;
  bool valid = six || inet_pton(AF_INET, std::string(address).c_str(), &four) == 1;
  if (!valid) return Status::error("it wants an address, a network such as 10.0.0.0/8 or ::1/128, or unix");
  if (slash == std::string_view::npos) return {};
  std::optional<uint16_t> bits = port_number(text.substr(slash + 1));
  int max = six ? 128 : 32;
  if (!bits || *bits > max)
    return Status::error("what follows the / must be a number from 0 to " + std::to_string(max));
  return {};
}

std::optional<Url> parse_url(std::string_view text) {
  size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0 || !letter(text[0])) return std::nullopt;
  auto scheme_character = [](char c) { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.'; };
  if (!std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(end), scheme_character)) return std::nullopt;
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }))
    return std::nullopt;
  std::string_view rest = text.substr(end + 3);
  size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  Url url{std::string(text.substr(0, end)), "", std::string(rest.substr(slash))};
  if (authority.empty()) return url.rest.size() > 1 && url.rest[0] == '/' ? std::optional(url) : std::nullopt;
  std::optional<HostPort> hp = split(authority);
  if (!hp || !good_host(*hp) || (hp->has_port && !port_number(hp->port))) return std::nullopt;
  url.host = hp->host;
  return url;
}

Status check_origin(std::string_view text) {
  if (text == "*") return {};
  std::optional<Url> url = parse_url(text);
  bool bare = text.find("://") == std::string_view::npos;
  if (bare) return Status::error("an origin begins with its scheme, as in https://shop.example");
  if (text.find('*') != std::string_view::npos)
    return Status::error("an origin has no wildcards; list each one, or write \"*\" alone for all");
  if (!url || url->host.empty() || text.find('@') != std::string_view::npos)
    return Status::error("it wants scheme://host or scheme://host:port, as in https://shop.example");
  if (!url->rest.empty())
    return Status::error("an origin has no path, not even a / at its end; leave out what follows the host");
  return {};
}

}  // namespace signalbox::config
