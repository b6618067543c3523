// Small helpers for text: UTF-8, JSON quoting, and making foreign text fit for a terminal.  Pure functions.
#pragma once
#include <string>
#include <string_view>

namespace signalbox::config {

// How many bytes from the start are valid UTF-8 (RFC 3629: no overlong forms, no surrogates); all of them when it is.
size_t utf8_prefix(std::string_view text);

// The bytes of the UTF-8 character at the start of `text`; 1 for a byte that begins none.  REQUIRES: !text.empty()
size_t utf8_step(std::string_view text);

// What a terminal may show for the character `text`: itself, or an escape for control, invisible and direction-changing
// ones.
std::string printable_character(std::string_view text);

// `text` for a message: escaped by printable_character, cut to `max` characters with "..." at the end.
std::string printable(std::string_view text, size_t max);

// `text` as a JSON string with its quotes.  REQUIRES: valid UTF-8
std::string json_quote(std::string_view text);

// A number in the YAML 1.2 core schema ("12", "+0.5", "0x1f", "1e3") as JSON text; empty when it is none.  Digits are
// kept.
std::string json_number(std::string_view plain);

// Escapes a key for a JSON pointer (RFC 6901).
std::string pointer_step(std::string_view key);

// "one", "one or two", "one, two or three"; what is beyond `max` is counted only.
std::string listed(const std::string *begin, const std::string *end, size_t max = 12);

}  // namespace signalbox::config
