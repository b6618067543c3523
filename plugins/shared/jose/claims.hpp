// What a verified token claims (RFC 7519 section 4.1, OpenID Connect Core 1.0 section 3.1.3.7), held against what is
// expected.  Times are whole seconds or decimals, compared with a leeway.  Pure, any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/shared/jose/token.hpp"

namespace jose {

struct Expected {
  std::vector<std::string> issuers;    // `iss` is one of them; empty = not asked
  std::vector<std::string> audiences;  // `aud` names one of them; empty = not asked
  // An ID token's: `azp`, when it is there, is this client, and with several audiences it must be there.
  std::string authorized_party;
  std::optional<std::string> nonce;  // must be there and be this
  bool expiry_required = true;
  bool issued_at_required = false;
  bool subject_required = false;
  int64_t leeway_s = 60;
  int64_t age_max_s = 0;  // since `iat`; 0 = any
};

// kNone, or the first thing that is wrong.  REQUIRES: `claims` came from verify()
Fault check_claims(std::string_view claims, const Expected &expected, int64_t now_s);

}  // namespace jose
