// The URL that the browser opens at the provider, and what the provider's redirect back says.  Pure functions.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

struct AuthorizeRequest {
  std::string state;         // base62
  std::string challenge;     // BASE64URL(SHA256(verifier)), RFC 7636; unused without provider.pkce
  std::string nonce;         // unused without provider.openid
  std::string redirect_uri;  // the registered one, exact
};

// Parameters in the provider's order, values percent-encoded (RFC 3986), its fragment last.
// REQUIRES: !provider.scene
std::string authorize_url(const Provider &provider, const AuthorizeRequest &request);

// What a callback's parameters say, before any state is looked at.  `error` is empty or one of our own words, "denied"
// or "provider_error": never the provider's text.  With neither code nor error it is malformed.
struct CallbackParams {
  std::string code, state, iss, error;
  bool repeated = false;   // a parameter came twice (RFC 6749 section 3.1): refuse
  bool malformed = false;  // too long, bad characters, no state, or nothing to go on with: refuse
};
CallbackParams read_callback(const Provider &provider, std::string_view query_or_form);

// RFC 9207 section 2.4: `iss` is the configured issuer's, or absent where it need not be sent.  A provider without a
// configured issuer is told apart by its own callback path alone (RFC 9700 section 2.1).
bool issuer_fits(const Provider &provider, const CallbackParams &params);

inline constexpr size_t kCallbackBytesMax = 16 * 1024;  // of query_or_form; Facebook's and Microsoft's codes are long
inline constexpr size_t kCodeBytesMax = 4096;
inline constexpr size_t kStateBytesMax = 128;

}  // namespace oauth
