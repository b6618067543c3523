#include "core/config/address.hpp"

#include <algorithm>

#include "core/base/bind_address.hpp"

namespace signalbox::config {
namespace {

constexpr size_t kHostMax = 253;  // RFC 1035

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool host_name(std::string_view host) {
  auto fine = [](char c) { return letter(c) || digit(c) || c == '-' || c == '.' || c == '_'; };
  if (host.empty() || host.size() > kHostMax || !std::all_of(host.begin(), host.end(), fine)) return false;
  // Only digits and dots is meant as an address, so it must be one.
  bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return !numeric || is_ipv4(host);
}

bool good_host(const HostPort &hp) { return hp.bracketed ? is_ipv6(hp.host) : host_name(hp.host); }

}  // namespace

Status check_network(std::string_view text) {
  if (text == "unix") return {};  // whoever comes in by a unix socket
  size_t slash = text.find('/');
  std::string_view address = text.substr(0, slash);
  bool six = is_ipv6(address);
  if (!six && !is_ipv4(address))
    return Status::error("it wants an address, a network such as 10.0.0.0/8 or ::1/128, or unix");
  if (slash == std::string_view::npos) return {};
  std::optional<uint16_t> bits = parse_port(text.substr(slash + 1));
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
  std::optional<HostPort> hp = split_host_port(authority);
  if (!hp || !good_host(*hp) || (hp->has_port && !parse_port(hp->port))) return std::nullopt;
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
