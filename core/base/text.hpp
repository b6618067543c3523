// Small text helpers without state: ASCII case, pieces, globs, encodings, UTF-8, and text that is safe to show.  Any
// thread.  Everything here takes hostile bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

char to_lower(char c);  // ASCII only, whatever the locale
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
// Without blanks and tabs at both ends (HTTP's optional white space).
std::string_view trim(std::string_view text);
// All pieces, empty ones too: "a,,b" has three, "" has one.
std::vector<std::string_view> split(std::string_view text, char separator);

// Does the whole text match?  '*' is any run of characters (none too), '?' exactly one character (of UTF-8), nothing
// else is special.  Linear in practice: pattern length times text length at worst, no recursion.
bool glob_match(std::string_view pattern, std::string_view text);

// Strict RFC 3986 percent-decoding: nothing when a '%' is not followed by two hex digits.  '+' stays '+'.
std::optional<std::string> percent_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);  // RFC 4648 section 5, without padding

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view bytes);
// How many bytes the well-formed character at the front has; 0 when there is none.
size_t utf8_length(std::string_view bytes);

// Appends text that cannot end a line or steer a terminal: control characters, C1, line separators, bidirectional
// overrides and bytes that are not UTF-8 are written as \n, \t, \x1b, \u{202e}.
void append_printable(std::string &out, std::string_view bytes);
// Appends a JSON string with its quotes.  The same characters are escaped; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string &out, std::string_view bytes);
// Quoted and printable, for messages about what somebody sent: "{\"a\":1..." (at most `max` bytes of it, then the
// size).
std::string excerpt(std::string_view bytes, size_t max = 80);

// "1.5", "3", "1e+30", "NaN", "+Inf": shortest text that reads back as the same number; whole numbers without a point.
std::string format_number(double value);

}  // namespace signalbox
