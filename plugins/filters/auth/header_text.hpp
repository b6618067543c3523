// Header fields as text (RFC 9110 section 5): names without regard to case, values that cannot break out of their line,
// and the cookies of a Cookie header (RFC 6265 section 4.2.1).  Everything here comes from strangers.  Pure, any
// thread.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

struct Header {
  std::string name, value;
  bool operator==(const Header &) const = default;
};

std::string lower(std::string_view text);
bool same_name(std::string_view one, std::string_view other);
bool is_token(std::string_view name);        // can be a header's or a cookie's name
bool fits_a_header(std::string_view value);  // no control characters, so nothing can follow it

// The token in "Bearer TOKEN" (RFC 6750 section 2.1); empty: it is none.
std::string_view bearer_of(std::string_view authorization);

// The first one of that name among a handshake's; empty = there is none.
std::string_view header_of(const sbx_visitor *visitor, std::string_view lower_case_name);
// All Cookie headers of the handshake as one.
std::string cookies_of(const sbx_visitor *visitor);
// The value of the first cookie with this name, without the quotes that may stand around it.
std::string_view cookie_value(std::string_view cookies, std::string_view name);
// Only those with these names, in the order sent.
std::string pick_cookies(std::string_view cookies, const std::vector<std::string> &names);

}  // namespace auth
