#include "plugins/sources/oauth/request.hpp"

#include <algorithm>

namespace oauth {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

Request copy_head(const sbx_request &request) {
  Request copy;
  copy.flags = request.flags;
  copy.method = sbx::view(request.method);
  copy.path = sbx::view(request.path);
  copy.query = sbx::view(request.query);
  copy.peer = sbx::view(request.peer);
  copy.host = sbx::view(request.host);
  copy.origin = sbx::view(request.origin);
  for (size_t i = 0; i < request.header_count; ++i)
    copy.headers.emplace_back(sbx::view(request.headers[i].key), sbx::view(request.headers[i].value));
  return copy;
}

RequestView::RequestView(const Request &request) {
  for (const auto &[name, value] : request.headers) headers_.push_back({sbx::raw(name), sbx::raw(value)});
  head_.size = sizeof head_;
  head_.flags = request.flags;
  head_.method = sbx::raw(request.method);
  head_.path = sbx::raw(request.path);
  head_.query = sbx::raw(request.query);
  head_.peer = sbx::raw(request.peer);
  head_.host = sbx::raw(request.host);
  head_.origin = sbx::raw(request.origin);
  head_.headers = headers_.data();
  head_.header_count = headers_.size();
}

std::string_view only_header(const Request &request, std::string_view lower_name) {
  std::string_view found;
  size_t count = 0;
  for (const auto &[name, value] : request.headers)
    if (name == lower_name && count++ == 0) found = value;
  return count == 1 ? found : std::string_view();
}

std::string_view only_cookie(const Request &request, std::string_view name) {
  std::string_view found;
  size_t count = 0;
  for (const auto &[header, value] : request.headers) {
    if (header != "cookie") continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view pair = trimmed(rest.substr(0, rest.find(';')));
      rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      if (count++ == 0) found = pair.substr(equals + 1);
    }
  }
  return count == 1 ? found : std::string_view();
}

}  // namespace oauth
