// PayPal's webhooks: what its headers say, where its certificates come from, and the questions that its API answers.
// Signed are the id and time of the transmission, our webhook's id and the CRC-32 of the body.  Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/sources/webhook/provider_question.hpp"

namespace webhook {

struct PaypalHeaders {
  std::string id, time, signature, cert_url, algorithm;  // as sent
};

// Is it where PayPal keeps certificates?  Nothing else is ever fetched: the URL comes from a stranger.
bool is_paypal_certificate_url(std::string_view url);

// ID|TIME|WEBHOOK_ID|CRC32
std::string paypal_signed_text(const PaypalHeaders &headers, std::string_view webhook_id, std::string_view body);
// CRC-32 of ISO 3309, as in zlib.
uint32_t crc32_of(std::string_view bytes);

Question ask_paypal_certificate(const std::string &url);

// An empty `api_url` is that of the live or the sandbox system, as the certificate's URL says.
std::string paypal_api_url(const std::string &api_url, std::string_view cert_url);
Question ask_paypal_token(const std::string &api_url, const std::string &client_id, const std::string &client_secret);
// REQUIRES: `event` is JSON
Question ask_paypal_confirmation(const std::string &api_url, const std::string &token, const PaypalHeaders &headers,
                                 const std::string &webhook_id, const std::string &event);
// Nothing, when there is none in the answer that could be a header's value.
std::optional<std::string> read_paypal_token(const ProviderAnswer &answer);
enum class PaypalAnswer { kSuccess, kFailure, kNone };
PaypalAnswer read_paypal_confirmation(const ProviderAnswer &answer);

}  // namespace webhook
