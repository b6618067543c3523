// What is kept of which channels: the rules of `channels:` in the order of the file, first match wins.  Immutable once
// made; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

// What a subscriber without a cursor is given of what is retained.
enum class Replay : uint8_t { none, last, retained };

struct ChannelRule {
  std::string match;  // a channel's name; as glob_match() reads it: '*' any run of characters, '?' one
  uint64_t events = 0;
  uint64_t bytes = 0;  // of one channel: what Event::bytes() says, summed
  int64_t for_ns = 0;  // 0: no end by time
  bool durable = false;
  Replay replay = Replay::none;
  bool keeps() const { return events > 0; }
  bool stored() const { return durable && keeps(); }
};

class ChannelRules {
 public:
  ChannelRules() = default;
  explicit ChannelRules(std::vector<ChannelRule> rules);
  // The number of the first rule that matches; size() - 1, which keeps nothing, when none does.
  size_t of(std::string_view channel) const;
  const ChannelRule &operator[](size_t i) const { return rules_[i]; }
  size_t size() const { return rules_.size(); }
  bool any_durable() const;

 private:
  std::vector<ChannelRule> rules_{ChannelRule{}};  // the last one is the default
};

}  // namespace signalbox
