#include "core/net/authority.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"

namespace signalbox::net {
namespace {

// What a registered name may consist of, percent-encoded bytes included; underscores occur in container names.
bool is_host_char(char c) {
  const auto u = static_cast<unsigned char>(c);
  if ((u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9')) return true;
  return u != 0 && std::string_view("-._~%!$&'()*+;=").find(c) != std::string_view::npos;
}

bool is_address_char(char c) {
  return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == ':' || c == '.';
}

bool is_scheme(std::string_view text) {
  if (text.empty() || to_lower(text[0]) < 'a' || to_lower(text[0]) > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

std::optional<uint16_t> parse_port(std::string_view digits) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return port;
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  size_t host_size = 0;
  if (!text.empty() && text[0] == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos || close < 3) return std::nullopt;
    const std::string_view address = text.substr(1, close - 1);
    if (!std::all_of(address.begin(), address.end(), is_address_char)) return std::nullopt;
    host_size = close + 1;
  } else {
    host_size = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, host_size);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_host_char)) return std::nullopt;
  }
  Authority out{to_lower(text.substr(0, host_size)), std::nullopt};
  text.remove_prefix(host_size);
  if (text.empty()) return out;
  if (text[0] != ':') return std::nullopt;
  text.remove_prefix(1);
  if (text.empty()) return out;
  out.port = parse_port(text);
  if (!out.port) return std::nullopt;
  return out;
}

uint16_t default_port(std::string_view lower_scheme) {
  if (lower_scheme == "http" || lower_scheme == "ws") return 80;
  if (lower_scheme == "https" || lower_scheme == "wss") return 443;
  return 0;
}

std::optional<Origin> parse_origin(std::string_view text) {
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
  std::string scheme = to_lower(text.substr(0, colon));
  auto authority = parse_authority(text.substr(colon + 3));
  if (!authority) return std::nullopt;
  const uint16_t port = authority->port.value_or(default_port(scheme));
  return Origin{std::move(scheme), std::move(authority->host), port};
}

std::optional<Origin> origin_of_url(std::string_view url) {
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  return parse_origin(url.substr(0, url.find_first_of("/?#", colon + 3)));
}

}  // namespace signalbox::net
