#include "plugins/sources/webhook/request_head.hpp"

#include <algorithm>

namespace webhook {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view s) {
  const auto from = s.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return s.substr(from, s.find_last_not_of(" \t") - from + 1);
}

bool is_utf8_charset(std::string_view parameter) {
  const auto equals = parameter.find('=');
  if (equals == std::string_view::npos || !same_word(parameter.substr(0, equals), "charset")) return false;
  std::string_view value = parameter.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return same_word(value, "utf-8");
}

}  // namespace

Header find_header(const sbx_request &request, std::string_view lower_name) {
  Header found;
  for (size_t i = 0; i < request.header_count; ++i)
    if (sbx::view(request.headers[i].key) == lower_name && found.count++ == 0)
      found.value = sbx::view(request.headers[i].value);
  return found;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_json_type(std::string_view content_type) {
  auto semicolon = content_type.find(';');
  if (!same_word(trimmed(content_type.substr(0, semicolon)), "application/json")) return false;
  while (semicolon != std::string_view::npos) {
    content_type.remove_prefix(semicolon + 1);
    semicolon = content_type.find(';');
    const std::string_view parameter = trimmed(content_type.substr(0, semicolon));
    if (!parameter.empty() && !is_utf8_charset(parameter)) return false;
  }
  return true;
}

}  // namespace webhook
