// An ID token held against what this login expects (OpenID Connect Core 1.0 section 3.1.3.7): signature, issuer,
// audience, authorised party, times, nonce, and Google's hosted domain.  Pure, any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/shared/jose/key_set.hpp"
#include "plugins/shared/jose/token.hpp"
#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

struct CheckedIdToken {
  jose::Fault fault = jose::Fault::kMalformed;
  bool wrong_domain = false;  // everything else is right, but it is an account of another domain
  std::string claims;         // JSON text of an object; without a fault
};
CheckedIdToken check_id_token(const Provider &provider, std::string_view token, const jose::KeySet &keys,
                              std::string_view nonce, int64_t now_s);

}  // namespace oauth
