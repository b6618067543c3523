// Text as the protocols see it: UTF-8 on our side, JavaScript's UTF-16 units in Engine.IO 3's lengths, base64 for
// binary data in text, JSON strings.  Pure functions; any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <sbx/web_text.hpp>
#include <string>
#include <string_view>

namespace socketio {

bool valid_utf8(std::string_view text);

// How many UTF-16 units the text has in JavaScript.  REQUIRES: valid_utf8(text)
size_t utf16_length(std::string_view text);

// How many bytes the first `units` UTF-16 units take; nothing when the text is shorter or the cut would split a
// character.  REQUIRES: valid_utf8(text)
std::optional<size_t> utf16_prefix(std::string_view text, size_t units);

using sbx::append_base64;

// Standard alphabet; padding may be missing (some clients leave it out), anything else is nothing.
std::optional<std::string> decode_base64(std::string_view text);

// A JSON string with its quotes.  With `for_script` it is also a JavaScript literal of any age: U+2028 and U+2029,
// which end a line there, are escaped too.  REQUIRES: valid_utf8(text)
void append_json_string(std::string &out, std::string_view text, bool for_script = false);

}  // namespace socketio
