// The part of a judgement that no table can say: PayPal, PayPal IPN, Braintree and Mollie's classic webhooks.
#include <algorithm>

#include "plugins/sources/webhook/braintree.hpp"
#include "plugins/sources/webhook/judgement.hpp"
#include "plugins/sources/webhook/mollie_classic.hpp"
#include "plugins/sources/webhook/paypal_ipn.hpp"
#include "plugins/sources/webhook/request_head.hpp"

namespace webhook {
namespace {

using About = Question::About;

constexpr size_t kPaypalIdMax = 128;

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '|'; });
}

// Mollie's answers to a key that may not see the payment, and to one whose account does not have it.
bool is_unseen(uint32_t status) { return status == 401 || status == 403 || status == 404 || status == 410; }

}  // namespace

const ProviderAnswer *Judgement::answer_about(About about) const {
  const auto found = evidence_.find(about);
  return found == evidence_.end() ? nullptr : &found->second;
}

Judgement::Finding Judgement::signature_by_code() {
  if (preset_.scheme == Scheme::kPaypal) {
    if (Finding fault = paypal_headers()) return fault;
    // A certificate that was fetched then is perhaps not known any more.
    return kept_ ? std::nullopt : paypal_signature();
  }
  if (preset_.scheme == Scheme::kBraintree) return braintree_signature();
  return std::nullopt;  // the others are asked about
}

Judgement::Finding Judgement::plain_by_code() {
  switch (preset_.scheme) {
    case Scheme::kPaypalIpn:
      return ipn_fields();
    case Scheme::kMollieClassic:
      return mollie_payment();
    case Scheme::kBraintree:
      return braintree_payload();
    default:
      return std::nullopt;
  }
}

Judgement::Finding Judgement::confirmation() {
  if (kept_) return std::nullopt;
  if (preset_.scheme == Scheme::kPaypalIpn) return ipn_confirmation();
  return preset_.confirm ? paypal_confirmation() : std::nullopt;
}

Judgement::Finding Judgement::ipn_confirmation() {
  const ProviderAnswer *answer = answer_about(About::kConfirmation);
  if (!answer) {
    question_ = ask_paypal_about_ipn(preset_.api_url, request_.body);
    return std::nullopt;
  }
  switch (read_ipn_answer(*answer)) {
    case IpnAnswer::kVerified:
      return std::nullopt;
    case IpnAnswer::kInvalid:
      return Fault{Stage::kSignature, "PayPal says that it has not sent this"};
    case IpnAnswer::kNone:
      break;
  }
  return Fault{Stage::kConfirm, "PayPal did not say whether it has sent this"};
}

Judgement::Finding Judgement::paypal_headers() {
  const std::pair<const char *, std::string *> wanted[] = {{"paypal-transmission-id", &paypal_.id},
                                                           {"paypal-transmission-time", &paypal_.time},
                                                           {"paypal-transmission-sig", &paypal_.signature},
                                                           {"paypal-cert-url", &paypal_.cert_url},
                                                           {"paypal-auth-algo", &paypal_.algorithm}};
  for (const auto &[name, to] : wanted) {
    Value said = inputs_.header(name);
    if (!said.there() || said.text.empty() || !visible(said.text))
      return Fault{Stage::kStructure, std::string("its header ") + name + " is missing or cannot be read"};
    *to = std::move(said.text);
  }
  if (paypal_.id.size() > kPaypalIdMax) return Fault{Stage::kStructure, "its transmission's id is too long"};
  if (!same_word(paypal_.algorithm, "SHA256withRSA"))
    return Fault{Stage::kStructure, "it names an algorithm other than SHA256withRSA"};
  return std::nullopt;
}

Judgement::Finding Judgement::paypal_signature() {
  std::string signature, pem;
  if (decode(Encoding::kBase64, paypal_.signature, signature) == Decoded::kCharacters)
    return Fault{Stage::kStructure, "its signature is not base64"};
  if (Finding fault = paypal_certificate(pem)) return fault;
  const auto key = PublicKey::read(PublicKey::Kind::kRsa, pem);
  if (!key) return Fault{Stage::kKey, "its certificate has no RSA key of at least 2048 bits"};
  for (const std::string &webhook_id : *verifier_.secrets_.find("webhook_id"))
    if (key->verifies(paypal_signed_text(paypal_, webhook_id, request_.body), signature)) webhook_id_ = webhook_id;
  if (!webhook_id_.empty()) return std::nullopt;
  return Fault{Stage::kSignature, "its signature does not fit the webhook's id and the body"};
}

// The user's own certificate for that URL, or the one that was fetched from it.
Judgement::Finding Judgement::paypal_certificate(std::string &pem) {
  const auto &pinned = verifier_.secrets_.certificates();
  const auto found = pinned.find(paypal_.cert_url);
  const bool is_pinned = found != pinned.end();
  if (is_pinned) {
    pem = found->second;
  } else {
    if (!is_paypal_certificate_url(paypal_.cert_url))
      return Fault{Stage::kKey, "its certificate is said to be at a place that is none of PayPal's"};
    const ProviderAnswer *answer = answer_about(About::kCertificate);
    if (!answer) {
      question_ = ask_paypal_certificate(paypal_.cert_url);
      return Fault{Stage::kKey, "its certificate is not among those that were set, and would have to be fetched"};
    }
    if (answer->status != 200) return Fault{Stage::kConfirm, "its certificate could not be fetched from PayPal"};
    pem = answer->body;
  }
  const auto finding = verifier_.chain_->check(
      pem, {.names = {"messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com"},
            .now_s = now_s_,
            .pinned = is_pinned,
            .chained = !is_pinned || verifier_.secrets_.find("root") != nullptr});
  if (finding == CertificateChain::Finding::kGood) return std::nullopt;
  return Fault{Stage::kKey, std::string("its certificate ") + words_for(finding)};
}

Judgement::Finding Judgement::paypal_confirmation() {
  const std::string api_url = paypal_api_url(preset_.api_url, paypal_.cert_url);
  const Secrets &secrets = verifier_.secrets_;
  const ProviderAnswer *token_answer = answer_about(About::kToken);
  const ProviderAnswer *answer = answer_about(About::kConfirmation);
  if (!token_answer) {
    question_ = ask_paypal_token(api_url, secrets.find("client_id")->front(), secrets.find("client_secret")->front());
    return std::nullopt;
  }
  const auto token = read_paypal_token(*token_answer);
  if (!token) return Fault{Stage::kConfirm, "PayPal gave no token for client_id and client_secret"};
  if (!answer) {
    question_ = ask_paypal_confirmation(api_url, *token, paypal_, webhook_id_, request_.body);
    return std::nullopt;
  }
  switch (read_paypal_confirmation(*answer)) {
    case PaypalAnswer::kSuccess:
      return std::nullopt;
    case PaypalAnswer::kFailure:
      return Fault{Stage::kSignature, "PayPal says that it has not sent this"};
    case PaypalAnswer::kNone:
      break;
  }
  return Fault{Stage::kConfirm, "PayPal did not say whether it has sent this"};
}

Judgement::Finding Judgement::braintree_signature() {
  const Value shown = inputs_.value({Source::From::kForm, "bt_signature"});
  const Value payload = inputs_.value({Source::From::kForm, "bt_payload"});
  if (!shown.there() || !payload.there() || shown.text.empty() || payload.text.empty())
    return Fault{Stage::kStructure, "bt_signature or bt_payload is missing or cannot be read"};
  const bool base64 = std::all_of(payload.text.begin(), payload.text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' ||
           c == '=' || c == '\n';
  });
  const auto offered = read_braintree_signatures(shown.text);
  if (!base64 || !offered) return Fault{Stage::kStructure, "its signature or payload is not written as it must be"};
  switch (braintree_fits(*offered, payload.text, verifier_.secrets_)) {
    case BraintreeFit::kFits:
      return std::nullopt;
    case BraintreeFit::kUnknownKey:
      return Fault{Stage::kKey, "none of its signatures is made with our public key"};
    case BraintreeFit::kDoesNotFit:
      break;
  }
  return Fault{Stage::kSignature, "its signature fits none of the keys that were set"};
}

Judgement::Finding Judgement::braintree_payload() {
  auto json = read_braintree_payload(inputs_.value({Source::From::kForm, "bt_payload"}).text);
  if (json && inputs_.set_plain(*std::move(json), true)) return std::nullopt;
  return Fault{Stage::kDecrypt, "its payload is not base64 of XML"};
}

Judgement::Finding Judgement::challenge_by_code(Verdict &verdict) {
  const Value said = inputs_.value(preset_.challenge->reply_from);
  auto made = said.there() && preset_.scheme == Scheme::kBraintree
                  ? answer_braintree_challenge(said.text, verifier_.secrets_)
                  : std::nullopt;
  if (!made) return Fault{Stage::kStructure, "the challenge is missing or none"};
  verdict.challenge = *std::move(made);
  verdict.challenge_type = preset_.challenge->content_type;
  return std::nullopt;
}

Judgement::Finding Judgement::mollie_payment() {
  if (kept_ && inputs_.header(kMolliePaymentHeader).there()) {
    const auto payment = JsonBody::read(request_.body);
    const std::string id = payment ? payment->text_at("/id").value_or("") : "";
    return mollie_answer({200, request_.body}, id);
  }
  const Value id = inputs_.value({Source::From::kForm, "id"});
  if (!id.there() || !is_mollie_payment_id(id.text))
    return Fault{Stage::kStructure, "its id is missing or no payment's"};
  // A key that was withdrawn, or that of another profile, does not see the payment: then the next one is asked with.
  const std::vector<std::string> &keys = *verifier_.secrets_.find("api_key");
  size_t next = 0;
  if (const ProviderAnswer *answer = answer_about(About::kPayment)) {
    next = answer->credential + 1;
    if (!is_unseen(answer->status) || next >= keys.size()) return mollie_answer(*answer, id.text);
  }
  question_ = ask_mollie(preset_.api_url, keys[next], id.text);
  question_->credential = next;
  event_id_ = id.text;
  hint_only_ = true;
  return std::nullopt;
}

Judgement::Finding Judgement::mollie_answer(const ProviderAnswer &answer, const std::string &id) {
  if (answer.status == 404 || answer.status == 410) {
    nothing_happened_ = hint_only_ = true;  // somebody else's payment, or nobody's: our answer says nothing about it
    return std::nullopt;
  }
  const auto payment = read_mollie_payment(answer, id);
  if (!payment)
    return Fault{Stage::kConfirm, answer.status == 401 || answer.status == 403
                                      ? "Mollie does not take the api_key that was set"
                                      : "Mollie's API did not show the payment"};
  event_id_ = id;
  dedupe_id_ = mollie_state(*payment);
  inputs_.set_plain(std::string(payment->text()), true);
  return std::nullopt;
}

Judgement::Finding Judgement::ipn_fields() {
  const Fields *form = inputs_.form();
  if (!form || form->sorted().empty()) return Fault{Stage::kStructure, "its body is no form"};
  if (!inputs_.set_plain(json_of_ipn(*form), true)) return Fault{Stage::kStructure, "its body cannot be read"};
  // Without both, what is repeated is known by its content: one transaction is told of in several notifications.
  const std::string *transaction = form->find("txn_id");
  const std::string *status = form->find("payment_status");
  if (transaction && status && !transaction->empty() && !status->empty()) event_id_ = *transaction + ":" + *status;
  return std::nullopt;
}

}  // namespace webhook
