// A preset from its JSON: presets.json, which is built in, or an entry of the user's.  Whatever is not known (a field,
// a scheme, a source, a function) is a problem: to leave a check out because its name was misspelt is the hole that
// this closes.  Pure, any thread.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/preset.hpp"

namespace webhook {

// A JSON pointer and a sentence.
using Complain = std::function<void(const std::string &where, const std::string &what)>;

// A name as a step of a JSON pointer (RFC 6901).
std::string pointer_step(std::string_view name);

// `json`: the name of a built-in preset as a JSON string, or an object, which may build upon one by "extends"; `where`
// is its place in the configuration.  Nothing, after at least one complaint.
std::optional<Preset> read_preset(std::string_view json, const std::string &where, const Complain &complain);

// Of the built-in ones, in alphabetical order.
std::vector<std::string> preset_names();

}  // namespace webhook
