#include "plugins/sources/oauth/return_to.hpp"

#include <algorithm>
#include <utility>

namespace oauth {
namespace {

constexpr size_t kUrlMax = 2048;

// Browsers drop tabs and line ends from URLs and read '\' as '/' (the URL standard, "basic URL parser"); what is not
// ASCII is written in other ways, too.
bool plain(std::string_view url) {
  return std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
}

bool host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
}

size_t scheme_length(std::string_view url) {
  if (url.starts_with("https://")) return 8;
  return url.starts_with("http://") ? 7 : 0;
}

}  // namespace

std::string_view origin_of(std::string_view url) {
  const size_t scheme = scheme_length(url);
  const size_t end = std::min(url.find_first_of("/?#\\", scheme), url.size());
  const std::string_view host = url.substr(scheme, end - std::min(scheme, end));
  if (scheme == 0 || host.empty() || !std::all_of(host.begin(), host.end(), host_char)) return {};
  return url.substr(0, end);
}

bool is_origin(std::string_view text) { return !text.empty() && origin_of(text) == text; }

ReturnTo::ReturnTo(std::string own_origin, std::vector<std::string> origins)
    : own_(std::move(own_origin)), origins_(std::move(origins)) {
  origins_.push_back(own_);
}

std::optional<std::string> ReturnTo::resolve(std::string_view wanted) const {
  if (wanted.empty() || wanted.size() > kUrlMax || !plain(wanted)) return std::nullopt;
  if (wanted[0] == '/') {
    if (wanted.starts_with("//")) return std::nullopt;
    return own_ + std::string(wanted);
  }
  for (const std::string &origin : origins_) {
    if (!wanted.starts_with(origin)) continue;
    const std::string_view rest = wanted.substr(origin.size());
    if (rest.empty() || rest[0] == '/' || rest[0] == '?' || rest[0] == '#') return std::string(wanted);
  }
  return std::nullopt;
}

}  // namespace oauth
