#include "core/net/url.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/authority.hpp"

namespace signalbox::net {
namespace {

// Visible ASCII.  A backslash is refused because some read it as a slash: two would see two different hosts.
bool is_url_char(char c) { return c > ' ' && c < 0x7f && c != '\\'; }

}  // namespace

std::string HttpUrl::authority() const {
  return port == default_port(tls ? "https" : "http") ? host : host + ":" + std::to_string(port);
}

std::optional<HttpUrl> parse_http_url(std::string_view text) {
  if (text.size() > limits::kFetchUrlMax || !std::all_of(text.begin(), text.end(), is_url_char)) return std::nullopt;
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string scheme = to_lower(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  text = text.substr(0, text.find('#')).substr(colon + 3);
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  std::optional<Authority> authority = parse_authority(text.substr(0, end));
  if (!authority || authority->port == 0) return std::nullopt;
  HttpUrl out;
  out.tls = scheme == "https";
  out.host = std::move(authority->host);
  out.port = authority->port.value_or(default_port(scheme));
  out.target = text.substr(end);
  if (!out.target.starts_with('/')) out.target.insert(0, 1, '/');
  return out;
}

}  // namespace signalbox::net
