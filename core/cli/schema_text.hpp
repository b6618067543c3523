// A plugin's JSON Schema as a list of options that a person can read: one entry for every place in `with:` that may be
// written, in the schema's order.  A pure function.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

struct SchemaOption {
  std::string name;           // as a path: "rules[].keep", "secrets.*"
  std::string type;           // "list of strings", "duration", "drop | pass"
  std::string default_value;  // JSON; empty = none
  std::string description;
  std::vector<std::string> notes;  // "at least 1", "secret", "deprecated"
  bool required = false;
};

std::vector<SchemaOption> schema_options(std::string_view schema_json);

}  // namespace signalbox
