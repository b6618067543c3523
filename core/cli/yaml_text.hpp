// Texts as they stand in a YAML file that this program writes and reads again: nothing in a text from outside can end
// its line, its quotes or a comment, or become a ${...}.  Pure.
#pragma once
#include <string>
#include <string_view>

namespace signalbox {

// In double quotes: `$` comes out as `$$`, control characters and line ends as \u escapes.  REQUIRES: valid UTF-8
std::string yaml_quoted(std::string_view text);
// The same for text that may hold ${...}: made of the functions below, and of yaml_plain().
std::string yaml_quoted_template(std::string_view text);

// A text for a template.
std::string yaml_plain(std::string_view text);
// ${NAME:-text}; nothing can be said so for a text with "}" in it: then it is the text alone.
std::string yaml_variable(std::string_view name, std::string_view text);

// A piece of a comment: one line, at most about `max` characters.
std::string yaml_comment(std::string_view text, size_t max = 60);

}  // namespace signalbox
