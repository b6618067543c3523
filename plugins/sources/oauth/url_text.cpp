#include "plugins/sources/oauth/url_text.hpp"

#include <algorithm>

namespace oauth {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// Host and port, lower case is expected: a configuration has no reason to write it otherwise.
std::string_view authority_of(std::string_view url, size_t scheme_bytes) {
  url.remove_prefix(scheme_bytes);
  return url.substr(0, url.find_first_of("/?#"));
}

bool is_this_machine(std::string_view authority) {
  for (const std::string_view host :
       {std::string_view("localhost"), std::string_view("127.0.0.1"), std::string_view("[::1]")})
    if (authority == host || (authority.starts_with(host) && authority[host.size()] == ':')) return true;
  return false;
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

void append_param(std::string &to, std::string_view name, std::string_view value) {
  if (!to.empty()) to += '&';
  to += percent_encoded(name);
  to += '=';
  to += percent_encoded(value);
}

std::string with_query(std::string_view url, std::string_view query) {
  std::string out(url);
  if (query.empty()) return out;
  out += url.find('?') == std::string_view::npos ? '?' : '&';
  out += query;
  return out;
}

std::string_view fault_of_url(std::string_view url) {
  constexpr std::string_view kSecure = "https://", kPlain = "http://";
  const bool secure = url.starts_with(kSecure);
  if (!secure && !url.starts_with(kPlain)) return "write a whole URL that begins with https://";
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '"'; }))
    return "a URL has no spaces and nothing but ASCII: write other characters as %XX";
  const std::string_view authority = authority_of(url, secure ? kSecure.size() : kPlain.size());
  if (authority.empty() || authority.starts_with(':')) return "the URL names no host";
  if (authority.find('@') != std::string_view::npos) return "a URL with a user name in it is not used: leave it out";
  if (url.find('#') != std::string_view::npos) return "leave the fragment out";
  if (!secure && !is_this_machine(authority))
    return "codes and secrets would travel in the clear: write https:// (http:// is for localhost only)";
  return {};
}

}  // namespace oauth
