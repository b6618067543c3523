// The rule `jwt`: a JSON Web Token (RFC 7519) that somebody has signed whose keys are known.  Nothing of it is read
// before the signature is known to be good, and of what it says only what the configuration asks for.
#pragma once
#include <memory>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

// Tokens that wait for keys, all together; more are refused with code 0, and their clients may try again.
inline constexpr size_t kWaitingTokenBytesMax = size_t{64} * 1024 * 1024;

// `options_json`: what stands below `jwt:`, at `pointer` of the configuration.  nullptr after a host.problem().
std::unique_ptr<TokenRule> make_jwt_rule(sbx::Host host, std::string_view options_json, std::string_view pointer);

}  // namespace auth
