// `signalbox plugins [NAME]`: what is installed, and a plugin's options as its schema tells them.
#pragma once
#include <iosfwd>
#include <string_view>

#include "core/plugin/registry.hpp"

namespace signalbox {

// Prints the table of all plugins when `name` is empty, else every plugin of that type with its options.  What could
// not be loaded goes to `err`.  The exit code: 0, or 1 when there is no plugin of that name.
int plugins_command(const Registry &registry, std::string_view name, std::ostream &out, std::ostream &err);

}  // namespace signalbox
