// Mollie's classic webhooks: a form with a payment's id and no proof of anything.  What it says is asked for at
// Mollie's API, and only that is believed.  Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "plugins/sources/webhook/callback_request.hpp"
#include "plugins/sources/webhook/json_body.hpp"
#include "plugins/sources/webhook/provider_question.hpp"

namespace webhook {

// Marks a request that was kept: its body is the payment, for the form alone could not be replayed.
inline constexpr const char *kMolliePaymentHeader = "signalbox-payment";
CallbackRequest with_payment(const CallbackRequest &request, const ProviderAnswer &answer);

// Is it a payment's id?  It becomes a part of a URL, so nothing else may be in it.
bool is_mollie_payment_id(std::string_view text);

// REQUIRES: is_mollie_payment_id(id); an empty `api_url` is Mollie's own.
Question ask_mollie(const std::string &api_url, const std::string &api_key, const std::string &id);

// The payment in an answer; nothing, when it is not the one that was asked for.  Borrows the answer.
std::optional<JsonBody> read_mollie_payment(const ProviderAnswer &answer, std::string_view id);

// Names what happened to the payment: each status, refund or chargeback is an event of its own.
std::string mollie_state(const JsonBody &payment);

}  // namespace webhook
