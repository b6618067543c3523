// The filter's `with:`: rules in order, of which the first that matches channel and event counts.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filters/whitelist/pointer_trie.hpp"

namespace whitelist {

enum class Otherwise { kDrop, kEmpty, kPass };

struct Rule {
  std::vector<std::string> channels, events;
  PointerTrie keep;
};

struct Rules {
  std::vector<Rule> rules;
  Otherwise otherwise = Otherwise::kDrop;

  // nullptr: none matches.
  const Rule *find(std::string_view channel, std::string_view event) const;
};

// Nothing, after at least one host.problem(), when the configuration cannot work.
std::optional<Rules> read_rules(sbx::Host host, std::string_view config_json);

}  // namespace whitelist
