// What is subscribed to: channels and patterns with the prefix in front, each once, and which of the copies counts when
// several of them match one message.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace redis {

class Subscriptions {
 public:
  Subscriptions(const std::vector<std::string> &channels, const std::vector<std::string> &patterns,
                std::string_view prefix);

  const std::vector<std::string> &channels() const { return channels_; }
  const std::vector<std::string> &patterns() const { return patterns_; }

  // Redis sends one copy of a message for each subscription that matches.  Exactly one of them is wanted: the one of
  // the first subscription, channels before patterns.  They are also subscribed in this order, so whenever a copy
  // arrives by some subscription the ones before it are in force, and nothing is dropped that comes no other way.
  // `pattern` is empty for a copy that came by channel.
  bool wanted(std::string_view pattern, std::string_view channel) const;

 private:
  std::vector<std::string> channels_, patterns_;
  std::set<std::string, std::less<>> channel_set_;
};

}  // namespace redis
