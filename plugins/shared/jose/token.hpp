// Signed tokens: JWS in compact form (RFC 7515 section 3.1), verified against an allow-list of algorithms and a set of
// keys (RFC 8725).  Keys that a token brings along (jwk, jku, x5c, x5u) are never looked at.  Pure, any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/shared/jose/algorithm.hpp"
#include "plugins/shared/jose/key_set.hpp"

namespace jose {

inline constexpr size_t kTokenBytesMax = 16 * 1024;
inline constexpr size_t kHeaderBytesMax = 4 * 1024;
// How many keys are tried for a token that does not say which one it is.
inline constexpr size_t kTriesMax = 8;

enum class Fault {
  kNone,
  kMalformed,  // not three parts of strict base64url, no JSON, a name twice, or no claims
  kAlgorithm,  // not in the allow-list
  kCritical,   // `crit`, or a body that is not base64url (RFC 7797): extensions are not done here
  kType,       // `typ` is another one
  kNoKey,      // no key of this name and kind: newer keys may have it
  kSignature,
  kIssuer,
  kAudience,
  kExpired,  // or without the expiry that is required
  kNotYet,   // nbf or iat in the future
  kNonce,
  kSubject
};
// "wrong audience": for logs and answers; says nothing of what stood in the token.
std::string_view text_of(Fault fault);

struct VerifyRules {
  std::vector<Algorithm> algorithms;
  std::string type;  // `typ` must be this media type, "at+jwt" for one (RFC 8725 section 3.11); empty = any or none
};
struct Verified {
  Fault fault = Fault::kMalformed;
  std::string claims;  // the signed bytes: JSON text of an object; only without a fault
};
Verified verify(std::string_view token, const KeySet &keys, const VerifyRules &rules);

}  // namespace jose
