// Redis's own glob, as PSUBSCRIBE applies it: * ? [abc] [^a-z] and \ before a character to be taken as it is.
#pragma once
#include <string>
#include <string_view>

namespace redis {

// Would Redis deliver a message on `channel` to PSUBSCRIBE `pattern`?  Bytes, not characters, as in Redis.
bool glob_match(std::string_view pattern, std::string_view channel);

// A pattern that matches exactly this text.
std::string glob_escape(std::string_view text);

}  // namespace redis
