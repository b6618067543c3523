// PayPal's webhooks with certificates that are fetched, and requests that are forged in every way.
#include "tests/webhook_code/paypal_request.hpp"

using namespace webhook_test;

namespace {

// The whole way of one request whose certificate is fetched: the answer's status.
uint32_t status_with(Source &s, const webhook::CallbackRequest &request, const std::string &pem) {
  const sbx_id id = s.send(request);
  if (s.status(id) != 0) return s.status(id);
  s.answer(200, pem);
  if (s.status(id) == 0) s.receipt(s.host.emitted.size() - 1, SBX_OK);
  return s.status(id);
}
uint32_t status_with(const std::string &pem) {
  Source s(paypal());
  return status_with(s, Signed{}.by(paypal_key()), pem);
}

}  // namespace

TEST_CASE("CRC-32 is the one of zlib, written in decimal") {
  CHECK(webhook::crc32_of("123456789") == 0xCBF43926u);
  CHECK(webhook::paypal_signed_text({"a", "b", "", "", ""}, "c", "123456789") == "a|b|c|3421780262");
}

TEST_CASE("a certificate is fetched once, and what it verifies becomes an event") {
  Source s(paypal());
  CHECK(s.plugin.created());
  const sbx_id id = s.send(Signed{}.by(paypal_key()));
  REQUIRE(s.web.fetches() == 1);
  CHECK(s.web[1].method == "GET");
  CHECK(s.web[1].url == kCertUrl);
  CHECK(s.host.emitted.empty());
  s.answer(200, good_pem());
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].channel == "pay.ORD-1");
  CHECK(s.host.emitted[0].name == "PAYMENT.CAPTURE.COMPLETED");
  CHECK(s.host.emitted[0].id == "WH-1");
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  s.send(Signed{.transmission = "t2"}.by(paypal_key()));
  CHECK(s.web.fetches() == 1);
  CHECK(s.host.emitted.size() == 2);
}

TEST_CASE("requests that wait for one certificate ask for it together") {
  Source s(paypal());
  for (int i = 0; i < 40; ++i) s.send(Signed{.transmission = "t" + std::to_string(i)}.by(paypal_key()));
  CHECK(s.web.fetches() == 1);
  s.answer(200, good_pem());
  CHECK(s.host.emitted.size() == 40);
}

TEST_CASE("a certificate is fetched anew after some hours, and at once when it was none") {
  Source s(paypal());
  CHECK(status_with(s, Signed{}.by(paypal_key()), "no certificate") == 401);
  CHECK(status_with(s, Signed{}.by(paypal_key()), good_pem()) == 200);
  CHECK(s.web.fetches() == 2);
  s.host.advance(7 * 3600 * sbx::kSecondNs);
  s.send(Signed{}.by(paypal_key()));
  CHECK(s.web.fetches() == 3);
}

TEST_CASE("a certificate must lead to the root, be made out to PayPal and be valid when the request comes") {
  const Authority &a = authority();
  const Key &k = paypal_key();
  CHECK(status_with(pem_of(a.leaf(k))) == 200);
  CHECK(status_with(pem_of(a.leaf(k, "messageverificationcerts.sandbox.paypal.com"))) == 200);
  CHECK(status_with(pem_of(a.leaf(k, "www.paypal.com"))) == 401);
  CHECK(status_with(pem_of(a.leaf(k, "messageverificationcerts.paypal.com.evil.test"))) == 401);
  CHECK(status_with(pem_of(a.leaf(k, std::string("messageverificationcerts.paypal.com\0.evil", 41)))) == 401);
  CHECK(status_with(pem_of(a.leaf(k, kPaypalName, kNoon - 1000, kNoon - 1))) == 401);
  CHECK(status_with(pem_of(a.leaf(k, kPaypalName, kNoon + 100, kNoon + 1000))) == 401);
  const Certificate own = make_certificate({kPaypalName, kNoon - 1000, kNoon + 1000, false}, k);
  CHECK(status_with(pem_of(own)) == 401);
  const Authority other;
  CHECK(status_with(pem_of(other.leaf(k))) == 401);
  CHECK(status_with(pem_of(other.leaf(k)) + pem_of(other.root)) == 401);
}

TEST_CASE("certificates between the leaf and the root are taken from what was fetched") {
  const Authority &a = authority();
  const Key middle_key = make_key();
  const Certificate middle = make_certificate({"middle", kNoon - 1000, kNoon + 1000, true}, middle_key, a.root, a.key);
  const Certificate leaf =
      make_certificate({kPaypalName, kNoon - 1000, kNoon + 1000, false}, paypal_key(), middle, middle_key);
  CHECK(status_with(pem_of(leaf) + pem_of(middle)) == 200);
  CHECK(status_with(pem_of(leaf)) == 401);
  // A leaf is no authority, whatever it signs.
  const Certificate by_leaf = make_certificate({kPaypalName, kNoon - 1000, kNoon + 1000, false}, middle_key,
                                               a.leaf(paypal_key()), paypal_key());
  Source s(paypal());
  CHECK(status_with(s, Signed{}.by(middle_key), pem_of(by_leaf) + good_pem()) == 401);
}

TEST_CASE("a certificate with a weak key or a broken text is none") {
  const Key weak = make_key(1024);
  Source s(paypal());
  CHECK(status_with(s, Signed{}.by(weak), pem_of(authority().leaf(weak))) == 401);
  CHECK(status_with("") == 401);
  CHECK(status_with("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == 401);
  std::string many;
  for (int i = 0; i < 9; ++i) many += good_pem();
  CHECK(status_with(many) == 401);
}

TEST_CASE("nothing is fetched from anywhere but PayPal's place for certificates") {
  Source s(paypal());
  for (const char *url :
       {"http://api.paypal.com/v1/notifications/certs/CERT-1", "https://evil.test/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.evil.test/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.test/v1/notifications/certs/CERT-1",
        "https://evil.test/https://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1", "https://api.paypal.com/v1/other/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../x", "https://api.paypal.com/v1/notifications/certs/a?b",
        "https://api.paypal.com/v1/notifications/certs/", "https://API.PAYPAL.COM/v1/notifications/certs/CERT-1",
        "https://169.254.169.254/v1/notifications/certs/CERT-1", "file:///etc/passwd"}) {
    CAPTURE(url);
    CHECK(s.status(s.send(Signed{.cert_url = url}.by(paypal_key()))) == 401);
  }
  CHECK(s.outcome("key") == 13);
  CHECK(s.web.fetches() == 0);
  for (const char *host : {"api.sandbox.paypal.com", "api-m.paypal.com", "api-m.sandbox.paypal.com"})
    s.send(Signed{.cert_url = std::string("https://") + host + "/v1/notifications/certs/CERT-1"}.by(paypal_key()));
  CHECK(s.web.fetches() == 3);
}

TEST_CASE("a redirect, a huge answer, a slow one and none are told as not durable, and tried again") {
  Source s(paypal(json::object(), {{"deadline", 3000}}));
  const auto told = [&s](auto &&act) {
    const sbx_id id = s.send(Signed{}.by(paypal_key()));
    act();
    return s.status(id);
  };
  CHECK(told([&s] { s.answer(302, good_pem()); }) == 503);
  CHECK(told([&s] { s.answer(404, ""); }) == 503);
  CHECK(told([&s] { s.answer(200, std::string(1u << 20, 'x')); }) == 503);
  CHECK(told([&s] { s.web.fail(s.web.newest(), SBX_EPROTO); }) == 503);
  CHECK(told([&s] { s.host.advance(3001 * sbx::kMillisecondNs); }) == 503);
  CHECK(s.host.emitted.empty());
  CHECK(s.web.waiting() == 0);
  CHECK(status_with(s, Signed{}.by(paypal_key()), good_pem()) == 200);
}

TEST_CASE("another body, another webhook, another key and another time are refused") {
  Source s(paypal());
  REQUIRE(status_with(s, Signed{}.by(paypal_key()), good_pem()) == 200);
  auto other_body = Signed{}.by(paypal_key());
  other_body.body = paypal_body("WH-1", "00.01");
  CHECK(s.status(s.send(other_body)) == 401);
  CHECK(s.status(s.send(Signed{.webhook_id = "SOMEBODY-ELSES"}.by(paypal_key()))) == 401);
  CHECK(s.status(s.send(Signed{}.by(authority().key))) == 401);
  CHECK(s.outcome("signature") == 3);
  CHECK(s.status(s.send(Signed{.time = "2025-10-01T08:53:20Z"}.by(paypal_key()))) == 401);
  CHECK(s.status(s.send(Signed{.time = "2025-10-18T08:53:20Z"}.by(paypal_key()))) == 401);
  CHECK(s.outcome("freshness") == 2);
  CHECK(s.status(s.send(Signed{.time = "yesterday"}.by(paypal_key()))) == 400);
  s.send(Signed{.transmission = "late", .time = "2025-10-07T08:53:20.5+02:00"}.by(paypal_key()));
  CHECK(s.host.emitted.size() == 2);  // a retry of two days ago
}

TEST_CASE("headers that are missing, doubled or of another kind are an error of structure") {
  Source s(paypal());
  for (const char *name : {"paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig",
                           "paypal-cert-url", "paypal-auth-algo"}) {
    CAPTURE(name);
    auto without = Signed{}.by(paypal_key()), twice = without, split = without;
    std::erase_if(without.headers, [&](const auto &h) { return h.first == name; });
    CHECK(s.status(s.send(without)) == 400);
    twice.headers.emplace_back(name, "x");
    CHECK(s.status(s.send(twice)) == 400);
    for (auto &[key, value] : split.headers)
      if (key == name) value += "|x";
    CHECK(s.status(s.send(split)) == 400);
  }
  auto weaker = Signed{}.by(paypal_key());
  for (auto &[key, value] : weaker.headers)
    if (key == "paypal-auth-algo") value = "SHA1withRSA";
  CHECK(s.status(s.send(weaker)) == 400);
  CHECK(s.web.fetches() == 0);
}

TEST_CASE("a forged body with the same checksum repeats a transmission and is not routed") {
  Source s(paypal());
  const auto genuine = Signed{}.by(paypal_key());
  REQUIRE(status_with(s, genuine, good_pem()) == 200);
  auto forged = genuine;
  forged.body =
      forged_with_crc_of(genuine.body, R"({"id":"WH-FORGED","event_type":"PAYMENT.CAPTURE.COMPLETED","pad":")",
                         R"(","resource":{"custom_id":"ORD-1","value":"9999.00"}})");
  REQUIRE(webhook::crc32_of(forged.body) == webhook::crc32_of(genuine.body));
  const sbx_id id = s.send(forged);
  REQUIRE(s.host.emitted.size() == 2);
  CHECK(s.host.emitted[1].dedupe_key == s.host.emitted[0].dedupe_key);  // so the store refuses it, also after a restart
  s.receipt(1, SBX_DUPLICATE);
  CHECK(s.status(id) == 200);
}

TEST_CASE("the user is warned that only a checksum is signed, unless PayPal confirms what came") {
  Source s(paypal());
  REQUIRE(s.host.warnings.size() == 1);
  CHECK(s.host.warnings[0].where == "/preset");
  Source confirmed(paypal({{"client_id", "c"}, {"client_secret", "s"}}, {{"confirm", "postback"}}));
  CHECK(confirmed.plugin.created());
  CHECK(confirmed.host.warnings.empty());
}

TEST_CASE("a certificate that was set is not fetched, and must lead to the root if there is one") {
  const json pinned = {{"certificates", {{kCertUrl, good_pem()}}}};
  Source s(paypal(pinned));
  s.send(Signed{}.by(paypal_key()));
  CHECK(s.web.fetches() == 0);
  CHECK(s.host.emitted.size() == 1);
  const Authority other;
  Source foreign(paypal({{"certificates", {{kCertUrl, pem_of(other.leaf(paypal_key()))}}}}));
  CHECK(foreign.status(foreign.send(Signed{}.by(paypal_key()))) == 401);
  Source vouched(config("paypal", {{"webhook_id", kWebhookId}, {"certificates", {{kCertUrl, good_pem()}}}}));
  vouched.send(Signed{}.by(paypal_key()));
  CHECK(vouched.host.emitted.size() == 1);
  Source ahead(paypal(
      {{"certificates", {{kCertUrl, pem_of(authority().leaf(paypal_key(), kPaypalName, kNoon + 99, kNoon + 999))}}}}));
  ahead.send(Signed{}.by(paypal_key()));
  CHECK(ahead.host.emitted.size() == 1);
  Source expired(paypal(
      {{"certificates", {{kCertUrl, pem_of(authority().leaf(paypal_key(), kPaypalName, kNoon - 99, kNoon - 1))}}}}));
  CHECK(expired.status(expired.send(Signed{}.by(paypal_key()))) == 401);
}

TEST_CASE("options that cannot work refuse the start at their place") {
  CHECK(fault(config("paypal", json::object())) == "/secrets/webhook_id");
  CHECK(fault(paypal({{"root", "no pem"}})) == "/secrets/root");
  CHECK(fault(paypal({{"certificates", {{"https://a/b", "no pem"}}}})) == "/secrets/certificates/https:~1~1a~1b");
  CHECK(fault(paypal(json::object(), {{"confirm", "postback"}})) == "/secrets/client_id");
}
