// The small words of HTTP's grammar (RFC 9110 section 5.6): which bytes a token or a field value may have, comma lists.
// Pure functions; any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace signalbox::net {

bool is_token_char(unsigned char c);
// At least one character, all of them token characters.
bool is_token(std::string_view text);
// No control byte but HTAB: so no CR, LF or NUL.  Bytes above 0x7f are opaque and fine.
bool is_field_text(std::string_view text);

// Takes the next element off a comma list ("a, b"), trimmed; nothing at the end.  Empty elements are handed out as
// empty.
std::optional<std::string_view> next_in_list(std::string_view &rest);
bool list_has(std::string_view list, std::string_view word);

}  // namespace signalbox::net
