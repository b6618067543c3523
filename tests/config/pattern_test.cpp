// A pattern means the same wherever a file has one: in `channels:`, in the whitelist's rules, and in what `check` says
// of rules that are never reached.
#include <doctest/doctest.h>

#include <random>

#include "core/base/text.hpp"
#include "core/config/format.hpp"
#include "core/log/retention.hpp"
#include "plugins/shared/pattern/pattern.hpp"

namespace signalbox::config {
namespace {

bool rule_matches(const std::string &pattern, const std::string &channel) {
  signalbox::ChannelRule rule;
  rule.match = pattern;
  return ChannelRules({rule}).of(channel) == 0;
}

std::string some(std::mt19937 &random, std::initializer_list<const char *> letters) {
  std::string out;
  for (size_t n = random() % 7; n > 0; --n) out += letters.begin()[random() % letters.size()];
  return out;
}

}  // namespace

TEST_CASE("patterns of channels and of the whitelist agree") {
  std::mt19937 random(20240607);
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern = some(random, {"a", "b", ".", "*", "?", "\u00e9", "\\", "["});
    std::string channel = some(random, {"a", "b", ".", "\u00e9", "\u00e8", "*", "?", "\\", "["});
    CAPTURE(pattern);
    CAPTURE(channel);
    bool expected = pattern::matches(pattern, channel);
    CHECK(glob_match(pattern, channel) == expected);
    CHECK(rule_matches(pattern, channel) == expected);
    matched += expected;
  }
  CHECK(matched > 1000);
}

TEST_CASE("what the format lets through is what the matcher can use") {
  for (const char *good : {"*", "pay.*", "user.?", "private-\u00e9", "a b", "[x]"})
    CHECK(fits(Format::channel_pattern, good));
  CHECK_FALSE(fits(Format::channel_pattern, ""));
  CHECK_FALSE(fits(Format::channel_pattern, "a\nb"));
  CHECK_FALSE(fits(Format::channel_pattern, std::string(1025, 'a')));
}

}  // namespace signalbox::config
