// Patterns for channels and event names: * is any run of characters, ? is one character (of UTF-8), nothing else is
// special.
#pragma once
#include <string_view>

namespace whitelist {

bool pattern_match(std::string_view pattern, std::string_view text);

}  // namespace whitelist
