// Braintree's webhooks: a form of bt_signature and bt_payload.  The key is the SHA-1 of the private key, the signed
// text the payload as it was sent, and of the signatures that of our public key counts.  Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/secrets.hpp"

namespace webhook {

// One signature of bt_signature, decoded.
struct BraintreeSignature {
  std::string public_key, digest;
};
// Nothing, when it is not written as it must be.
std::optional<std::vector<BraintreeSignature>> read_braintree_signatures(std::string_view text);

enum class BraintreeFit { kFits, kUnknownKey, kDoesNotFit };
// REQUIRES: there are secrets public_key and private_key
BraintreeFit braintree_fits(const std::vector<BraintreeSignature> &offered, std::string_view payload,
                            const Secrets &secrets);

// The payload as JSON: base64, perhaps in lines, of typed XML.
std::optional<std::string> read_braintree_payload(std::string_view payload);

// What proves to Braintree that the address is ours: PUBLIC_KEY|HMAC.  Nothing, when `challenge` is none: it is 20 to
// 32 hexadecimal digits, so no answer can be used as the signature of a payload, which begins with the base64 of '<' or
// of blanks before it.
std::optional<std::string> answer_braintree_challenge(std::string_view challenge, const Secrets &secrets);

}  // namespace webhook
