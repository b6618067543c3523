// Patterns for channels and event names: * is any run of characters, ? is one character (of UTF-8), nothing else is
// special.  Pure, any thread.
#pragma once
#include <string_view>

namespace pattern {

bool matches(std::string_view pattern, std::string_view text);

}  // namespace pattern
