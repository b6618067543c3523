// YAML text to a tree.  The only place that knows yaml-cpp.
#pragma once
#include <optional>
#include <string_view>

#include "core/config/diagnose.hpp"
#include "core/config/node.hpp"

namespace signalbox::config {

// One document.  Anchors are expanded, `<<` is merged; duplicate keys, keys that are no text, foreign tags, a second
// document and whatever passes the limits are problems.  Nothing = the text cannot be used, and the diagnostics say
// why. REQUIRES: diagnostics.open(file, text) was called with the same text
std::optional<Node> parse(std::string_view text, Diagnostics &diagnostics);

}  // namespace signalbox::config
