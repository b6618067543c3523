#include <algorithm>
#include <string>

#include "plugins/filters/auth/channels_claim_impl.hpp"
#include "plugins/shared/pattern/pattern.hpp"

namespace auth {
namespace {

using Json = nlohmann::json;

// Of OAuth's kind: single blanks between them, more do no harm.
bool text_covers(std::string_view text, std::string_view channel) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0 && pattern::matches(text.substr(0, end), channel)) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

}  // namespace

bool claim_covers(const Json &claim, std::string_view channel) {
  if (claim.is_string()) return text_covers(claim.get_ref<const std::string &>(), channel);
  if (claim.is_array())
    return std::any_of(claim.begin(), claim.end(), [&](const Json &one) {
      return one.is_string() && pattern::matches(one.get_ref<const std::string &>(), channel);
    });
  if (!claim.is_object()) return false;
  for (const auto &[name, value] : claim.items())
    if (value == Json(true) && pattern::matches(name, channel)) return true;
  return false;
}

}  // namespace auth
