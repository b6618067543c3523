// PayPal's Instant Payment Notifications: a form in a charset of its own, which PayPal is asked about by posting it
// back as it came.  Pure; any thread.
#pragma once
#include <string>
#include <string_view>

#include "plugins/sources/webhook/fields.hpp"
#include "plugins/sources/webhook/provider_question.hpp"

namespace webhook {

// The form as one JSON object of texts.  They are written in the charset that the field `charset` names: windows-1252
// (as which ISO 8859-1 is read, as the web does) or UTF-8; of others what is not ASCII becomes U+FFFD.
std::string json_of_ipn(const Fields &form);

// An empty `url` is PayPal's own.
Question ask_paypal_about_ipn(const std::string &url, const std::string &body);

enum class IpnAnswer { kVerified, kInvalid, kNone };
IpnAnswer read_ipn_answer(const ProviderAnswer &answer);

}  // namespace webhook
