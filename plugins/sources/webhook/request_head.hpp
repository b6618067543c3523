// Questions to a request's headers that every preset asks.  Pure, any thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string_view>

namespace webhook {

// One header, looked for by its lower-case name.  A header that matters and comes twice is nobody's honest mistake, and
// whoever stands in between may have read the other one.
struct Header {
  size_t count = 0;
  std::string_view value;  // of the first
};
Header find_header(const sbx_request &request, std::string_view lower_name);

// ASCII only, as RFC 9110 wants it for media types and schemes.
bool same_word(std::string_view a, std::string_view b);

// Is this the media type application/json, in UTF-8 if it names a charset at all (RFC 8259 section 8.1)?
bool is_json_type(std::string_view content_type);

}  // namespace webhook
