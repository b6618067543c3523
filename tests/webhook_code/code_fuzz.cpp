// The readers that the presets by code bring along: typed XML, IPN forms in any charset, Braintree's signatures and
// payloads, instants, PayPal's URLs, and what the providers' APIs answer.  The first byte chooses.
#include <cstdint>
#include <cstdlib>
#include <sbx/json_scan.hpp>
#include <string_view>

#include "plugins/sources/webhook/braintree.hpp"
#include "plugins/sources/webhook/certificate_chain.hpp"
#include "plugins/sources/webhook/instant.hpp"
#include "plugins/sources/webhook/mollie_classic.hpp"
#include "plugins/sources/webhook/paypal.hpp"
#include "plugins/sources/webhook/paypal_ipn.hpp"
#include "plugins/sources/webhook/xml_json.hpp"

namespace {

void want(bool holds) {
  if (!holds) std::abort();
}

void answers(std::string_view text) {
  const webhook::ProviderAnswer answer{200, std::string(text)};
  if (const auto token = webhook::read_paypal_token(answer))
    want(!token->empty() && token->find_first_of("\r\n ") == std::string::npos);
  webhook::read_paypal_confirmation(answer);
  webhook::read_ipn_answer(answer);
  for (const auto about :
       {webhook::Question::About::kCertificate, webhook::Question::About::kToken, webhook::Question::About::kPayment})
    want(webhook::keep_s(about, answer) >= 0 && webhook::keep_s(about, answer) <= 6 * 3600);
  if (const auto payment = webhook::read_mollie_payment(answer, "tr_1"))
    want(webhook::mollie_state(*payment).starts_with("tr_1:"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char *>(data + 1), size - 1);
  switch (data[0] % 6) {
    case 0:
      if (const auto json = webhook::json_of_xml(text)) want(sbx::json::valid(*json));
      break;
    case 1:
      if (const auto form = webhook::read_form(text)) want(sbx::json::valid(webhook::json_of_ipn(*form)));
      break;
    case 2:
      if (const auto all = webhook::read_braintree_signatures(text)) want(!all->empty() && all->size() <= 8);
      if (const auto json = webhook::read_braintree_payload(text)) want(sbx::json::valid(*json));
      break;
    case 3:
      webhook::read_iso_instant(text);
      webhook::read_unix_seconds(text);
      if (webhook::is_paypal_certificate_url(text))
        want(text.find_first_of("@?#:", 8) == std::string_view::npos && text.find("..") == std::string_view::npos);
      break;
    case 4:
      answers(text);
      break;
    default: {
      static const auto chain = webhook::CertificateChain::make({});
      if (chain) want(chain->check(text, {.names = {"a"}, .now_s = 0}) != webhook::CertificateChain::Finding::kGood);
    }
  }
  return 0;
}
