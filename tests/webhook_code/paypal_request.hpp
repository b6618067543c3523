// PayPal's side of a webhook for tests: an authority, certificates of every kind, and requests signed with them.
#pragma once
#include <string>
#include <vector>

#include "plugins/sources/webhook/paypal.hpp"
#include "tests/webhook_code/certificates.hpp"
#include "tests/webhook_code/fixture.hpp"

namespace webhook_test {

inline constexpr const char *kCertUrl = "https://api.paypal.com/v1/notifications/certs/CERT-1";
inline constexpr const char *kPaypalName = "messageverificationcerts.paypal.com";
inline constexpr const char *kWebhookId = "1JE4291016473214C";
inline constexpr int64_t kYear = 365 * 86'400;

struct Authority {
  Key key = make_key();
  Certificate root = make_certificate({"test root", kNoon - kYear, kNoon + kYear, true}, key);

  Certificate leaf(const Key &of, const std::string &name = kPaypalName, int64_t begins_s = kNoon - 1000,
                   int64_t ends_s = kNoon + 86'400) const {
    return make_certificate({name, begins_s, ends_s, false}, of, root, key);
  }
};
// Keys take long to make, so all tests share them.
inline const Authority &authority() {
  static const Authority one;
  return one;
}
inline const Key &paypal_key() {
  static const Key one = make_key();
  return one;
}
inline std::string good_pem() {
  static const std::string pem = pem_of(authority().leaf(paypal_key()));
  return pem;
}

inline std::string paypal_body(const std::string &id = "WH-1", const std::string &value = "19.99") {
  return R"({"id":")" + id + R"(","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"custom_id":"ORD-1","value":")" +
         value + R"("}})";
}

struct Signed {
  std::string transmission = "69cd13f0-d67a-11e5-baa3-778b53f4ae55", time = "2025-10-09T08:53:20Z";
  std::string body = paypal_body(), cert_url = kCertUrl, webhook_id = kWebhookId;

  webhook::CallbackRequest by(const Key &key) const {
    const webhook::PaypalHeaders headers{transmission, time, {}, cert_url, "SHA256withRSA"};
    webhook::CallbackRequest r;
    r.method = "POST";
    r.path = "/hooks";
    r.body = body;
    r.headers = {{"content-type", "application/json"},
                 {"paypal-transmission-id", transmission},
                 {"paypal-transmission-time", time},
                 {"paypal-transmission-sig", sign(key, webhook::paypal_signed_text(headers, webhook_id, body))},
                 {"paypal-cert-url", cert_url},
                 {"paypal-auth-algo", "SHA256withRSA"},
                 {"paypal-auth-version", "v2"}};
    return r;
  }
};

inline json paypal(const json &secrets = json::object(), const json &more = json::object()) {
  json all = {{"webhook_id", kWebhookId}, {"root", pem_of(authority().root)}};
  all.update(secrets);
  return config("paypal", all, more);
}

// A body of the forger's own with the CRC-32 of another: of 64 characters that may be '0' or '1' so many are changed
// that the checksums meet.  (CRC-32 is linear, so that is a system of 32 equations.)
inline std::string forged_with_crc_of(const std::string &body, const std::string &head, const std::string &tail) {
  const std::string base = head + std::string(64, '0') + tail;
  const uint32_t start = webhook::crc32_of(base);
  struct Row {
    uint32_t change;
    uint64_t bits;
  };
  std::vector<Row> rows;
  for (size_t i = 0; i < 64; ++i) {
    std::string flipped = base;
    flipped[head.size() + i] = '1';
    Row row{webhook::crc32_of(flipped) ^ start, uint64_t{1} << i};
    for (const Row &known : rows)
      if ((row.change ^ known.change) < row.change) row = {row.change ^ known.change, row.bits ^ known.bits};
    if (row.change != 0) rows.push_back(row);
  }
  Row left{start ^ webhook::crc32_of(body), 0};
  for (bool again = true; again;) {
    again = false;
    for (const Row &known : rows)
      if ((left.change ^ known.change) < left.change)
        left = {left.change ^ known.change, left.bits ^ known.bits}, again = true;
  }
  REQUIRE(left.change == 0);
  std::string made = base;
  for (size_t i = 0; i < 64; ++i)
    if (left.bits >> i & 1) made[head.size() + i] = '1';
  return made;
}

}  // namespace webhook_test
