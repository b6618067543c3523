#include "plugins/sources/oauth/condition.hpp"

#include <sbx/json_scan.hpp>

namespace oauth {

bool is_pointer(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != '/') return false;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  return true;
}

bool is_template(std::string_view text) {
  for (size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) return false;
    const std::string_view name = text.substr(open + 1, close - open - 1);
    if (name.starts_with('/') ? !is_pointer(name) : name != "client_id") return false;
  }
  return true;
}

bool is_subject(std::string_view text) {
  if (text.starts_with('/')) return is_pointer(text);
  return is_template(text) && text.find("{/") != std::string_view::npos;
}

std::optional<Condition> read_condition(std::string_view text) {
  constexpr std::string_view kPrefix = "json:", kAbsent = "absent", kOr = "absent or ", kIs = "is ";
  const size_t blank = text.find(' ');
  if (!text.starts_with(kPrefix) || blank == std::string_view::npos) return std::nullopt;
  Condition condition;
  condition.pointer = text.substr(kPrefix.size(), blank - kPrefix.size());
  if (!condition.pointer.starts_with('/') || !is_pointer(condition.pointer)) return std::nullopt;
  std::string_view rest = text.substr(blank + 1);
  condition.absent = rest.starts_with(kAbsent);
  if (rest == kAbsent) return condition;
  if (!rest.starts_with(kOr) && !rest.starts_with(kIs)) return std::nullopt;
  rest.remove_prefix(rest.starts_with(kOr) ? kOr.size() : kIs.size());
  if (!sbx::json::valid(rest, 1)) return std::nullopt;
  condition.value = rest;
  return condition;
}

}  // namespace oauth
