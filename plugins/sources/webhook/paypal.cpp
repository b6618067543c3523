#include "plugins/sources/webhook/paypal.hpp"

#include <algorithm>
#include <array>
#include <sbx/json_text.hpp>

#include "plugins/sources/webhook/encoding.hpp"
#include "plugins/sources/webhook/json_body.hpp"

namespace webhook {
namespace {

constexpr size_t kUrlMax = 256;
constexpr size_t kTokenMax = 4096;
constexpr std::string_view kScheme = "https://";
constexpr std::string_view kPath = "/v1/notifications/certs/";
constexpr std::string_view kHosts[] = {"api.paypal.com", "api.sandbox.paypal.com", "api-m.paypal.com",
                                       "api-m.sandbox.paypal.com"};

constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = crc_table();

}  // namespace

bool is_paypal_certificate_url(std::string_view url) {
  if (url.size() > kUrlMax || !url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  const std::string_view host = url.substr(0, url.find('/'));
  if (std::find(std::begin(kHosts), std::end(kHosts), host) == std::end(kHosts)) return false;
  url.remove_prefix(host.size());
  if (!url.starts_with(kPath) || url.size() == kPath.size()) return false;
  url.remove_prefix(kPath.size());
  return std::all_of(url.begin(), url.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

uint32_t crc32_of(std::string_view bytes) {
  uint32_t value = 0xFFFFFFFFu;
  for (const char c : bytes) value = (value >> 8) ^ kCrcTable[(value ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~value;
}

std::string paypal_signed_text(const PaypalHeaders &headers, std::string_view webhook_id, std::string_view body) {
  std::string text = headers.id + "|" + headers.time + "|";
  return text.append(webhook_id).append("|").append(std::to_string(crc32_of(body)));
}

Question ask_paypal_certificate(const std::string &url) {
  Question asked;
  asked.about = Question::About::kCertificate;
  asked.url = url;
  return asked;
}

std::string paypal_api_url(const std::string &api_url, std::string_view cert_url) {
  if (!api_url.empty()) return api_url;
  return cert_url.find(".sandbox.") == std::string_view::npos ? "https://api-m.paypal.com"
                                                              : "https://api-m.sandbox.paypal.com";
}

Question ask_paypal_token(const std::string &api_url, const std::string &client_id, const std::string &client_secret) {
  Question asked;
  asked.about = Question::About::kToken;
  asked.method = "POST";
  asked.url = api_url + "/v1/oauth2/token";
  asked.headers = {{"authorization", "Basic " + base64_of(client_id + ":" + client_secret)},
                   {"content-type", "application/x-www-form-urlencoded"},
                   {"accept", "application/json"}};
  asked.body = "grant_type=client_credentials";
  return asked;
}

Question ask_paypal_confirmation(const std::string &api_url, const std::string &token, const PaypalHeaders &headers,
                                 const std::string &webhook_id, const std::string &event) {
  Question asked;
  asked.about = Question::About::kConfirmation;
  asked.method = "POST";
  asked.url = api_url + "/v1/notifications/verify-webhook-signature";
  asked.headers = {{"authorization", "Bearer " + token}, {"content-type", "application/json"}};
  const auto member = [&asked](const char *name, const std::string &value) {
    asked.body += asked.body.empty() ? "{" : ",";
    sbx::json::append_quoted(asked.body, name);
    asked.body += ":";
    sbx::json::append_quoted(asked.body, value);
  };
  member("auth_algo", headers.algorithm);
  member("cert_url", headers.cert_url);
  member("transmission_id", headers.id);
  member("transmission_sig", headers.signature);
  member("transmission_time", headers.time);
  member("webhook_id", webhook_id);
  asked.body += ",\"webhook_event\":" + event + "}";  // as it came: printed again it would have another CRC
  return asked;
}

std::optional<std::string> read_paypal_token(const ProviderAnswer &answer) {
  const auto json = answer.status == 200 ? JsonBody::read(answer.body) : std::nullopt;
  std::string token = json ? json->text_at("/access_token").value_or("") : "";
  const bool visible = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (token.empty() || token.size() > kTokenMax || !visible) return std::nullopt;
  return token;
}

PaypalAnswer read_paypal_confirmation(const ProviderAnswer &answer) {
  const auto json = answer.status == 200 ? JsonBody::read(answer.body) : std::nullopt;
  const std::string said = json ? json->text_at("/verification_status").value_or("") : "";
  if (said == "SUCCESS") return PaypalAnswer::kSuccess;
  return said == "FAILURE" ? PaypalAnswer::kFailure : PaypalAnswer::kNone;
}

}  // namespace webhook
