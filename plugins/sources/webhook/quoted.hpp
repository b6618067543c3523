// Foreign text in a line of our own: a JSON string in UTF-8 without control characters, cut where it is too long. Pure,
// any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace webhook {

// With its quotes.  Bytes that are no UTF-8 become U+FFFD; at most `max` bytes of the text, with "..." for the rest.
std::string quoted(std::string_view text, size_t max = 4096);

}  // namespace webhook
