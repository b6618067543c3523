#include "plugins/filters/auth/header_text.hpp"

#include <algorithm>

namespace auth {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct Cookie {
  std::string_view name, value;
};

// Takes the first pair off; a piece without '=' is no cookie, and has no name then.
Cookie take_cookie(std::string_view &cookies) {
  const std::string_view pair = cookies.substr(0, cookies.find(';'));
  cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
  const size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return {};
  return {trim(pair.substr(0, equals)), trim(pair.substr(equals + 1))};
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char &c : out) c = lower(c);
  return out;
}

bool same_name(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool is_token(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || kMarks.find(c) != std::string_view::npos;
  });
}

bool fits_a_header(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= ' ' && c != 0x7f; });
}

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!same_name(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return trim(authorization.substr(kScheme.size()));
}

std::string_view header_of(const sbx_visitor *visitor, std::string_view lower_case_name) {
  if (!visitor) return {};
  for (size_t i = 0; i < visitor->header_count; ++i)
    if (sbx::view(visitor->headers[i].key) == lower_case_name) return sbx::view(visitor->headers[i].value);
  return {};
}

std::string cookies_of(const sbx_visitor *visitor) {
  std::string out;
  if (!visitor) return out;
  for (size_t i = 0; i < visitor->header_count; ++i) {
    if (sbx::view(visitor->headers[i].key) != "cookie") continue;
    if (!out.empty()) out += "; ";
    out += sbx::view(visitor->headers[i].value);
  }
  return out;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    Cookie cookie = take_cookie(cookies);
    if (cookie.name.empty() || cookie.name != name) continue;
    if (cookie.value.size() >= 2 && cookie.value.front() == '"' && cookie.value.back() == '"')
      cookie.value = cookie.value.substr(1, cookie.value.size() - 2);
    return cookie.value;
  }
  return {};
}

std::string pick_cookies(std::string_view cookies, const std::vector<std::string> &names) {
  std::string out;
  while (!cookies.empty()) {
    const Cookie cookie = take_cookie(cookies);
    if (cookie.name.empty() || std::find(names.begin(), names.end(), cookie.name) == names.end()) continue;
    if (!out.empty()) out += "; ";
    out.append(cookie.name).append("=").append(cookie.value);
  }
  return out;
}

}  // namespace auth
