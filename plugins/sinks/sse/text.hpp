// Text as it leaves in frames.  Pure functions; any thread.
#pragma once
#include <string_view>

namespace sse {

// Control characters (C0 and DEL).  Among them are all that could end a line of a stream.
bool has_control(std::string_view text);

}  // namespace sse
