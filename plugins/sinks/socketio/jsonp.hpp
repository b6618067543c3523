// JSONP polling (`j=` in the query): payloads leave as a script that calls ___eio[j], and arrive as a form's field `d`,
// whose newlines the client has escaped.  Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace socketio {

// `index` is the client's `j`; everything but its digits is left out.  REQUIRES: valid_utf8(payload)
std::string jsonp_script(std::string_view index, std::string_view payload);

// The payload in an application/x-www-form-urlencoded body; nothing when there is none or it is not UTF-8.
std::optional<std::string> jsonp_payload(std::string_view form);

}  // namespace socketio
