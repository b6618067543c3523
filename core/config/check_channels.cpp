// What is kept of which channels: rules that cannot keep what they promise, or that no channel ever reaches.
#include "core/config/codes.hpp"
#include "core/config/draft.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

constexpr size_t kPatternShownMax = 64;

std::string quoted(std::string_view pattern) { return '"' + printable(pattern, kPatternShownMax) + '"'; }

// Whether everything that `narrow` matches is certain to match `wide`: the matcher of glob_match() with a pattern for
// its text, where a '*' is taken by nothing but a '*'.
bool covers(std::string_view wide, std::string_view narrow) {
  size_t w = 0, n = 0, star = std::string_view::npos, taken = 0;
  while (n < narrow.size()) {
    bool any = w < wide.size() && wide[w] == '?' && narrow[n] != '*';
    if (w < wide.size() && wide[w] == '*') {
      star = w++;
      taken = n;
    } else if (any || (w < wide.size() && wide[w] == narrow[n])) {
      ++w;
      n += any ? utf8_step(narrow.substr(n)) : 1;
    } else if (star != std::string_view::npos) {
      w = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (w < wide.size() && wide[w] == '*') ++w;
  return w == wide.size();
}

// A promise about the disk needs one, and something to keep.
void check_durable(Draft &draft, const ChannelRule &rule, const std::string &pointer) {
  Position at = draft.at(pointer + "/retain/durable").at;
  if (!rule.durable || at.line == 0) return;
  if (!draft.model.store.path && draft.at("/store/path").at.line == 0) {
    draft.diagnostics.error(codes::kNoStore, at,
                            "channels that match " + quoted(rule.match) +
                                " cannot be durable: there is no file to keep them in; add \"store: { path: "
                                "./data/signalbox.db }\" to the file");
  } else if (rule.events == 0 && draft.at(pointer + "/retain/events").text == "0") {
    draft.diagnostics.error(codes::kNothingKept, at,
                            "channels that match " + quoted(rule.match) +
                                " cannot be durable with \"events: 0\", which keeps nothing; write how many events are "
                                "kept, or remove this");
  }
}

void check_replay(Draft &draft, const ChannelRule &rule, const std::string &pointer) {
  Position at = draft.at(pointer + "/replay").at;
  const Node &retain = draft.at(pointer + "/retain");
  bool nothing = retain.at.line == 0 || draft.at(pointer + "/retain/events").text == "0";
  if (at.line == 0 || !nothing || rule.replay == ChannelRule::Replay::none) return;
  draft.diagnostics.warning(codes::kNothingKept, at,
                            "channels that match " + quoted(rule.match) +
                                " have nothing to replay, because nothing of them is kept; add \"retain: { events: 20 "
                                "}\", or remove this");
}

void check_reached(Draft &draft, size_t i) {
  const std::vector<ChannelRule> &rules = draft.model.channels;
  const ChannelRule &rule = rules[i];
  for (size_t earlier = 0; earlier < i; ++earlier) {
    if (rules[earlier].match.empty() || !covers(rules[earlier].match, rule.match)) continue;
    draft.diagnostics.warning(codes::kUnreachable, rule.position,
                              "this rule is never used: " + quoted(rules[earlier].match) + " in line " +
                                  std::to_string(rules[earlier].position.line) +
                                  " comes first and matches the same channels; move this rule before it, or remove it");
    return;
  }
}

}  // namespace

void check_channels(Draft &draft) {
  for (size_t i = 0; i < draft.model.channels.size(); ++i) {
    const ChannelRule &rule = draft.model.channels[i];
    if (rule.match.empty()) continue;
    std::string pointer = "/channels/" + std::to_string(i);
    check_durable(draft, rule, pointer);
    check_replay(draft, rule, pointer);
    check_reached(draft, i);
  }
}

}  // namespace signalbox::config
