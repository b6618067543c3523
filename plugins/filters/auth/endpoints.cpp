#include "plugins/filters/auth/endpoints.hpp"

#include <algorithm>

#include "plugins/filters/auth/header_text.hpp"

namespace auth {
namespace {

constexpr size_t kUrlMax = 2048;
constexpr size_t kHostMax = 253;  // RFC 1035 section 2.3.4

bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool good_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    return !host.empty() && host.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() && host.size() <= kHostMax && host != "." &&
         std::all_of(host.begin(), host.end(), host_character);
}

bool good_port(std::string_view port) {
  return port.empty() ||
         (port.size() >= 2 && port.size() <= 6 && port.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

// "host:8080" in its parts; the colons of an IPv6 address are no port's.
void split_authority(std::string_view authority, std::string &host, std::string &port) {
  const size_t from = authority.starts_with('[') ? std::min(authority.find(']'), authority.size()) : 0;
  const size_t colon = std::min(authority.find(':', from), authority.size());
  host = lower(authority.substr(0, colon));
  port = authority.substr(colon);
}

// One label of a name and then this domain, which begins with a dot.
bool one_label_below(std::string_view host, std::string_view dot_domain) {
  return host.size() > dot_domain.size() && host.ends_with(dot_domain) && good_host(host) &&
         host.find('.') == host.size() - dot_domain.size();
}

bool below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

}  // namespace

bool Endpoint::readable_on_the_way() const {
  const bool here = host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.");
  return scheme == "http" && !here;
}

std::optional<Endpoint> parse_endpoint(std::string_view url) {
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos || url.size() > kUrlMax) return std::nullopt;
  if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c >= 0x7f || c == '\\' || c == '#'; }))
    return std::nullopt;
  Endpoint out;
  out.scheme = lower(url.substr(0, colon));
  std::string_view rest = url.substr(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  split_authority(authority, out.host, out.port);
  out.path = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if ((out.scheme != "http" && out.scheme != "https") || !good_host(out.host) || !good_port(out.port))
    return std::nullopt;
  return out;
}

std::string host_of(std::string_view origin) {
  const size_t colon = origin.find("://");
  if (colon == std::string_view::npos || origin.size() > kUrlMax) return {};
  origin.remove_prefix(colon + 3);
  std::string host, port;
  split_authority(origin.substr(0, origin.find_first_of("/?#")), host, port);
  return good_host(host) ? host : std::string();
}

std::string Endpoints::url_for(std::string_view host) const {
  const Endpoint *nearest = nullptr, *any = nullptr;
  for (const Endpoint &one : listed_) {
    if (one.host == host) return one.url();
    if (one.any_label() && one_label_below(host, one.host)) any = &one;
    if (!one.any_label() && below(host, one.host) && (!nearest || one.host.size() > nearest->host.size()))
      nearest = &one;
  }
  if (any) {
    Endpoint found = *any;
    found.host = host;
    return found.url();
  }
  if (nearest) return nearest->url();
  const auto first = std::find_if(listed_.begin(), listed_.end(), [](const Endpoint &e) { return !e.any_label(); });
  return first == listed_.end() ? std::string() : first->url();
}

std::string Endpoints::url_for(const sbx_visitor *visitor) const {
  std::string host = host_of(header_of(visitor, "origin"));
  if (host.empty()) host = host_of(header_of(visitor, "referer"));
  return url_for(host);
}

}  // namespace auth
