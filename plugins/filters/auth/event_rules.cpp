#include "plugins/filters/auth/event_rules.hpp"

#include <algorithm>
#include <string_view>

#include "plugins/shared/pattern/pattern.hpp"

namespace auth {
namespace {

// Every attribute of that name has to be good: of two the filter cannot know which one the source meant.
bool holds(const sbx_event &event, std::string_view name, const std::vector<std::string> &allowed) {
  bool found = false;
  for (size_t i = 0; i < event.attr_count; ++i) {
    if (sbx::view(event.attrs[i].key) != name) continue;
    found = true;
    if (std::find(allowed.begin(), allowed.end(), sbx::view(event.attrs[i].value)) == allowed.end()) return false;
  }
  return found;
}

}  // namespace

bool EventRules::pass(const sbx_event &event) const {
  const std::string_view channel = sbx::view(event.channel);
  for (const EventRule &rule : rules_) {
    if (std::none_of(rule.channels.begin(), rule.channels.end(),
                     [&](const std::string &one) { return pattern::matches(one, channel); }))
      continue;
    return std::all_of(rule.require.begin(), rule.require.end(),
                       [&](const auto &wanted) { return holds(event, wanted.first, wanted.second); });
  }
  return true;
}

}  // namespace auth
