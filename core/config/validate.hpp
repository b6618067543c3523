// Checks a tree against a schema: every problem with its place, and the value as canonical JSON: defaults filled in,
// durations in milliseconds, sizes in bytes, files resolved, keys in the order of the schema and then of the file.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/diagnose.hpp"
#include "core/config/node.hpp"
#include "core/config/schema.hpp"

namespace signalbox::config {

// What a schema's formats need to know of the rest of the file.
struct Scope {
  std::string_view file;                                // paths are relative to its folder
  const std::vector<std::string> *listeners = nullptr;  // null: any name will do
};

struct Checked {
  std::string json;  // where something is wrong: a default or null, so that what is right can still be looked at
  std::map<std::string, Position> positions;  // JSON pointer into the value -> where it stands
  std::set<std::string> listeners;            // named by values of format listener
};

// `subject` names the value in messages ("the \"with\" of source \"orders\""), `at` is where it is missing something.
Checked validate(const Schema &, const Node &, std::string_view subject, Position at, const Scope &, Diagnostics &);

}  // namespace signalbox::config
