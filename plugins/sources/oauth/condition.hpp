// Conditions on a provider's answer, as they are written: "json:/errcode absent or 0", "json:/error absent",
// "json:/ok is true".  Pure, any thread.
#pragma once
#include <optional>
#include <string_view>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

// Nothing, when it is not written like one of these.
std::optional<Condition> read_condition(std::string_view text);

// "" or "/a/b~1c" (RFC 6901)
bool is_pointer(std::string_view text);
// Text in which every {...} is {client_id} or {/pointer}.
bool is_template(std::string_view text);
// A pointer, or such a text with at least one pointer in it.
bool is_subject(std::string_view text);

}  // namespace oauth
