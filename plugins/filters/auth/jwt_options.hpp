// What stands below `jwt:` in a rule, read and judged.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/filters/auth/token_claims.hpp"
#include "plugins/shared/jose/claims.hpp"
#include "plugins/shared/jose/token.hpp"
#include "plugins/shared/jose_keys/key_source.hpp"

namespace auth {

struct JwtOptions {
  jose::KeySource keys;
  jose::VerifyRules rules;
  jose::Expected expected;
  ClaimPlaces places;
};

// Nothing, after at least one host.problem(), when the rule cannot work.  `pointer`: where it stands in the
// configuration, "/rules/1/jwt".
std::optional<JwtOptions> read_jwt_options(sbx::Host host, std::string_view options_json, std::string_view pointer);

}  // namespace auth
