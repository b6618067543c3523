// Where JSON values begin and end (RFC 8259): enough to check what peers and sources send and to cut it into pieces
// without changing a byte.  Pure; any thread.
#pragma once
#include <string_view>
#include <vector>

namespace socketio {

// Nesting that is followed; deeper text counts as malformed.
inline constexpr int kJsonDepthMax = 128;

// Is the whole text one JSON value, with white space around it at most?  Does not look at UTF-8.
bool valid_json(std::string_view text);

// The elements of an array; false when the text is not one JSON array.
bool json_elements(std::string_view text, std::vector<std::string_view> &out);

}  // namespace socketio
