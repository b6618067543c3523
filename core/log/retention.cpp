#include "core/log/retention.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace signalbox {

ChannelRules::ChannelRules(std::vector<ChannelRule> rules) : rules_(std::move(rules)) { rules_.emplace_back(); }

size_t ChannelRules::of(std::string_view channel) const {
  for (size_t i = 0; i + 1 < rules_.size(); ++i)
    if (glob_match(rules_[i].match, channel)) return i;
  return rules_.size() - 1;
}

bool ChannelRules::any_durable() const {
  return std::any_of(rules_.begin(), rules_.end(), [](const ChannelRule &r) { return r.stored(); });
}

}  // namespace signalbox
