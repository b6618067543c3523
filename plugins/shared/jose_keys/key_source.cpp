#include "plugins/shared/jose_keys/key_source.hpp"

#include <algorithm>

namespace jose {
namespace {

bool is_this_machine(std::string_view authority) {
  for (const std::string_view host :
       {std::string_view("localhost"), std::string_view("127.0.0.1"), std::string_view("[::1]")})
    if (authority == host || (authority.starts_with(host) && authority[host.size()] == ':')) return true;
  return false;
}

}  // namespace

std::string_view fault_of_key_url(std::string_view url) {
  constexpr std::string_view kSecure = "https://", kPlain = "http://";
  const bool secure = url.starts_with(kSecure);
  if (!secure && !url.starts_with(kPlain)) return "write a whole URL that begins with https://";
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '"'; }))
    return "a URL has no spaces and nothing but ASCII: write other characters as %XX";
  const std::string_view rest = url.substr(secure ? kSecure.size() : kPlain.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.starts_with(':')) return "the URL names no host";
  if (authority.find('@') != std::string_view::npos) return "a URL with a user name in it is not used: leave it out";
  if (url.find('#') != std::string_view::npos) return "leave the fragment out";
  if (!secure && !is_this_machine(authority))
    return "keys that travel in the clear can be changed on the way: write https:// (http:// is for localhost only)";
  return {};
}

}  // namespace jose
