#include "plugins/sources/redis/subscriptions.hpp"

#include <algorithm>

#include "plugins/sources/redis/glob.hpp"

namespace redis {

Subscriptions::Subscriptions(const std::vector<std::string> &channels, const std::vector<std::string> &patterns,
                             std::string_view prefix) {
  for (const auto &channel : channels) {
    std::string full = std::string(prefix) + channel;
    if (channel_set_.insert(full).second) channels_.push_back(std::move(full));
  }
  const std::string escaped = glob_escape(prefix);
  std::set<std::string, std::less<>> seen;
  for (const auto &pattern : patterns) {
    std::string full = escaped + pattern;
    if (seen.insert(full).second) patterns_.push_back(std::move(full));
  }
}

bool Subscriptions::wanted(std::string_view pattern, std::string_view channel) const {
  if (pattern.empty()) return true;
  if (channel_set_.contains(channel)) return false;
  for (const auto &earlier : patterns_) {
    if (earlier == pattern) return true;
    if (glob_match(earlier, channel)) return false;
  }
  return true;
}

}  // namespace redis
