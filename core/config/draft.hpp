// A model while it is being checked, with what the checks need beside it.  Internal to load() and its checks; lives as
// long as one call of load().
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/config/catalog.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/model.hpp"
#include "core/config/node.hpp"

namespace signalbox::config {

struct Draft {
  const Node &root;
  const Catalog &catalog;
  Diagnostics &diagnostics;
  Model model{};
  std::set<std::string> used_listeners{};

  // The value at a JSON pointer, or one that is null and nowhere.
  const Node &at(std::string_view json_pointer) const;
  // A problem about the text at a pointer: what is said begins with how the text stands in the file, and a suggestion
  // is made only when it does not come from outside.
  void complain(const char *code, const std::string &json_pointer, const std::string &before, const std::string &after,
                const std::vector<std::string> &candidates = {});
  std::vector<Instance> &instances(Kind kind);
};

// The section of a kind: "sources", "filters", "sinks".
const char *section(Kind kind);
inline constexpr Kind kKinds[] = {Kind::source, Kind::filter, Kind::sink};

// The steps of load(), each in the file of its name.
void build_model(Draft &draft, const std::string &canonical_json);
void check_instances(Draft &draft);
void check_listeners(Draft &draft);
void check_wiring(Draft &draft);
void check_channels(Draft &draft);
// Only of a file without errors: a misspelt name would make its part look unused.
void warn_of_unused(Draft &draft);

}  // namespace signalbox::config
