#include "plugins/sources/webhook/quoted.hpp"

#include <sbx/json_text.hpp>

namespace webhook {

std::string quoted(std::string_view text, size_t max) {
  std::string fit;
  bool cut = false;
  while (!text.empty()) {
    const size_t length = sbx::json::detail::utf8_length(text);
    const std::string_view whole = length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    cut = fit.size() + whole.size() > max;
    if (cut) break;
    fit += whole == "\x7f" ? "\xEF\xBF\xBD" : whole;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  if (cut) fit += "...";
  std::string json;
  sbx::json::append_quoted(json, fit);
  return json;
}

}  // namespace webhook
