#include "plugins/sources/redis/glob.hpp"

#include <utility>

namespace redis {
namespace {

// One step of a pattern that is not '*', against one byte.
struct Step {
  size_t next;  // where the pattern goes on
  bool matches;
};

// pattern[at] is '['.  A class that is never closed ends with the pattern; "x-]" is a range to ']': both as in Redis.
Step match_class(std::string_view pattern, size_t at, char c) {
  size_t p = at + 1;
  bool negated = p < pattern.size() && pattern[p] == '^';
  if (negated) ++p;
  bool found = false;
  for (; p < pattern.size() && pattern[p] != ']'; ++p) {
    if (pattern[p] == '\\' && p + 1 < pattern.size()) {
      found |= pattern[++p] == c;
    } else if (p + 2 < pattern.size() && pattern[p + 1] == '-') {
      auto from = static_cast<signed char>(pattern[p]), to = static_cast<signed char>(pattern[p + 2]);
      if (from > to) std::swap(from, to);
      found |= static_cast<signed char>(c) >= from && static_cast<signed char>(c) <= to;
      p += 2;
    } else {
      found |= pattern[p] == c;
    }
  }
  return {p < pattern.size() ? p + 1 : p, found != negated};
}

Step match_one(std::string_view pattern, size_t at, char c) {
  if (pattern[at] == '?') return {at + 1, true};
  if (pattern[at] == '[') return match_class(pattern, at, c);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return {at + 1, pattern[at] == c};
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view channel) {
  // Everything but '*' takes exactly one byte, so only the last '*' ever needs a second try: no recursion, and never
  // more than pattern times channel steps.
  size_t p = 0, c = 0, star = std::string_view::npos, star_channel = 0;
  while (c < channel.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_channel = c;
      continue;
    }
    if (p < pattern.size()) {
      Step step = match_one(pattern, p, channel[c]);
      if (step.matches) {
        p = step.next;
        ++c;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    c = ++star_channel;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string glob_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace redis
