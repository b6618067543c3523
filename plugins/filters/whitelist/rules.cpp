#include "plugins/filters/whitelist/rules.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plugins/shared/pattern/pattern.hpp"

namespace whitelist {
namespace {

using Json = nlohmann::json;

bool any_matches(const std::vector<std::string> &patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto &one) { return pattern::matches(one, text); });
}

// `keep` is a list of pointers, or "*" for everything.
bool read_keep(sbx::Host host, const Json &keep, const std::string &where, PointerTrie &trie) {
  if (keep.is_string()) {
    if (keep == "*") return trie.add("*").empty();
    host.problem(where, "keep wants a list of JSON pointers, or \"*\" to keep everything");
    return false;
  }
  bool fine = true;
  for (size_t i = 0; i < keep.size(); ++i) {
    std::string wrong = trie.add(keep[i].get_ref<const std::string &>());
    if (wrong.empty()) continue;
    host.problem(where + "/" + std::to_string(i), wrong);
    fine = false;
  }
  return fine;
}

}  // namespace

const Rule *Rules::find(std::string_view channel, std::string_view event) const {
  for (const Rule &rule : rules)
    if (any_matches(rule.channels, channel) && any_matches(rule.events, event)) return &rule;
  return nullptr;
}

std::optional<Rules> read_rules(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  const Json listed = with.value("rules", Json::array());
  const std::vector<std::string> everything{"*"};
  Rules out;
  bool fine = true;
  for (size_t i = 0; i < listed.size(); ++i) {
    const Json &one = listed[i];
    Rule &rule = out.rules.emplace_back();
    rule.channels = one.value("channels", everything);
    rule.events = one.value("events", everything);
    fine &= read_keep(host, one.value("keep", Json::array()), "/rules/" + std::to_string(i) + "/keep", rule.keep);
  }
  std::string otherwise = with.value("otherwise", "drop");
  out.otherwise = otherwise == "pass" ? Otherwise::kPass : otherwise == "empty" ? Otherwise::kEmpty : Otherwise::kDrop;
  if (!fine) return std::nullopt;
  return out;
}

}  // namespace whitelist
