#include "plugins/sources/webhook/mollie_classic.hpp"

#include <algorithm>

namespace webhook {
namespace {

constexpr std::string_view kPrefix = "tr_";
constexpr size_t kIdMax = 64;

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

// Amounts are texts like "10.00"; "0.00" is none.
std::string amount(const JsonBody &payment, const char *pointer) {
  std::string said = payment.text_at(pointer).value_or("");
  return said.find_first_of("123456789") == std::string::npos ? "" : said;
}

}  // namespace

CallbackRequest with_payment(const CallbackRequest &request, const ProviderAnswer &answer) {
  CallbackRequest made = request;
  std::erase_if(made.headers, [](const auto &header) { return header.first == kMolliePaymentHeader; });
  made.headers.emplace_back(kMolliePaymentHeader, "1");
  made.body = answer.body;
  return made;
}

bool is_mollie_payment_id(std::string_view text) {
  return text.size() <= kIdMax && text.starts_with(kPrefix) && is_word(text.substr(kPrefix.size()));
}

Question ask_mollie(const std::string &api_url, const std::string &api_key, const std::string &id) {
  Question asked;
  asked.about = Question::About::kPayment;
  asked.url = (api_url.empty() ? "https://api.mollie.com" : api_url) + "/v2/payments/" + id;
  asked.headers = {{"authorization", "Bearer " + api_key}, {"accept", "application/json"}};
  return asked;
}

std::optional<JsonBody> read_mollie_payment(const ProviderAnswer &answer, std::string_view id) {
  const auto payment = JsonBody::read(answer.body);
  if (answer.status != 200 || !payment || payment->text_at("/id").value_or("") != id) return std::nullopt;
  if (!is_word(payment->text_at("/status").value_or(""))) return std::nullopt;
  return payment;
}

std::string mollie_state(const JsonBody &payment) {
  std::string id = payment.text_at("/id").value_or("") + ":" + payment.text_at("/status").value_or("");
  const std::string refunded = amount(payment, "/amountRefunded/value");
  const std::string charged_back = amount(payment, "/amountChargedBack/value");
  if (!refunded.empty()) id += ":refunded-" + refunded;
  if (!charged_back.empty()) id += ":charged-back-" + charged_back;
  return id;
}

}  // namespace webhook
