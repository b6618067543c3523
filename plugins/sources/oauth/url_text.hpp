// Text that goes into URLs and forms, and the judgement of URLs that the configuration names.  Pure, any thread.
#pragma once
#include <string>
#include <string_view>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

// Everything but the unreserved characters as %XX (RFC 3986 section 2.3).  A space is "%20", which forms and queries
// both understand, so it serves for application/x-www-form-urlencoded as well.
std::string percent_encoded(std::string_view text);
// Appends "name=value", encoded, behind an '&' unless it is the first.
void append_param(std::string &to, std::string_view name, std::string_view value);
// The URL with a query added to the one it may have.
std::string with_query(std::string_view url, std::string_view query);

// What is wrong with a provider's URL, or empty.  https, or http to this machine, because secrets and codes travel in
// it; no user information, no fragment, nothing that is not visible ASCII.
std::string_view fault_of_url(std::string_view url);

}  // namespace oauth
