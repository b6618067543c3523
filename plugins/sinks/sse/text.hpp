// Text as it comes in queries and leaves in frames.  Pure functions; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sse {

// A value of a query (application/x-www-form-urlencoded: '+' is a space).  Nothing when a '%' begins no escape: what
// its writer meant cannot be known.
std::optional<std::string> percent_decode(std::string_view text);

// Control characters (C0 and DEL).  Among them are all that could end a line of a stream.
bool has_control(std::string_view text);

void append_base64(std::string &out, std::string_view bytes);

}  // namespace sse
