// The claim that says which channels a token is for: a list of patterns, a text with blanks between them, or an object
// of which every member that is true counts.  Pure, any thread.  Inside this folder only, because of nlohmann.
#pragma once
#include <nlohmann/json.hpp>
#include <string_view>

namespace auth {

// Anything of another shape covers nothing.  Patterns are those of the rules, compared with case and as a whole.
bool claim_covers(const nlohmann::json &claim, std::string_view channel);

}  // namespace auth
