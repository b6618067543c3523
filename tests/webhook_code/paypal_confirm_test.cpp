// confirm: postback: PayPal's API vouches for the whole event, checksum or not.
#include "tests/webhook_code/paypal_request.hpp"

using namespace webhook_test;

namespace {

json confirmed(const json &more = json::object()) {
  json options = {{"confirm", "postback"}};
  options.update(more);
  return paypal({{"certificates", {{kCertUrl, good_pem()}}}, {"client_id", "our-id"}, {"client_secret", "our-secret"}},
                options);
}
const std::string kToken = R"({"access_token":"A21AA","token_type":"Bearer","expires_in":32400})";
const std::string kSuccess = R"({"verification_status":"SUCCESS"})";

}  // namespace

TEST_CASE("PayPal is asked with a token, with the event byte for byte, and then it counts") {
  Source s(confirmed());
  const auto request = Signed{.body = "{ \"id\" : \"WH-1\",\"event_type\":\"X\", \"n\": 1.0 }"}.by(paypal_key());
  const sbx_id id = s.send(request);
  REQUIRE(s.web.fetches() == 1);
  CHECK(s.web[1].url == "https://api-m.paypal.com/v1/oauth2/token");
  CHECK(s.web[1].header("authorization") == "Basic b3VyLWlkOm91ci1zZWNyZXQ=");
  CHECK(s.web[1].body == "grant_type=client_credentials");
  s.answer(200, kToken);
  REQUIRE(s.web.fetches() == 2);
  CHECK(s.web[2].url == "https://api-m.paypal.com/v1/notifications/verify-webhook-signature");
  CHECK(s.web[2].header("authorization") == "Bearer A21AA");
  CHECK(s.web[2].body.ends_with(",\"webhook_event\":" + request.body + "}"));
  const json asked = json::parse(s.web[2].body);
  CHECK(asked["webhook_id"] == kWebhookId);
  CHECK(asked["cert_url"] == kCertUrl);
  CHECK(asked["auth_algo"] == "SHA256withRSA");
  CHECK(asked["transmission_id"] == "69cd13f0-d67a-11e5-baa3-778b53f4ae55");
  CHECK(s.host.emitted.empty());
  s.answer(200, kSuccess);
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].dedupe_key == "id:WH-1");
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
}

TEST_CASE("a token is used again, until PayPal does not take it or it is old") {
  Source s(confirmed());
  s.send(Signed{}.by(paypal_key()));
  s.answer(200, kToken);
  s.answer(200, kSuccess);
  s.send(Signed{}.by(paypal_key()));
  CHECK(s.web.fetches() == 3);
  s.answer(401, "{}");
  s.send(Signed{}.by(paypal_key()));
  CHECK(s.web[4].url.ends_with("/v1/oauth2/token"));
  s.answer(200, kToken);
  s.answer(200, kSuccess);
  s.host.advance(3601 * sbx::kSecondNs);
  s.send(Signed{}.by(paypal_key()));
  CHECK(s.web[6].url.ends_with("/v1/oauth2/token"));
}

TEST_CASE("a forged body is refused by PayPal, and does not stand in the way of the genuine one") {
  Source s(confirmed());
  auto forged = Signed{}.by(paypal_key());
  forged.body = forged_with_crc_of(forged.body, R"({"id":"WH-FORGED","event_type":"X","pad":")", "\"}");
  const sbx_id id = s.send(forged);
  s.answer(200, kToken);
  s.answer(200, R"({"verification_status":"FAILURE"})");
  CHECK(s.status(id) == 401);
  CHECK(s.host.emitted.empty());
  s.send(Signed{}.by(paypal_key()));
  s.answer(200, kSuccess);
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("without PayPal's word nothing is acknowledged") {
  Source s(confirmed());
  const auto told = [&s](uint32_t token_status, const std::string &token, uint32_t code, const std::string &body) {
    const sbx_id id = s.send(Signed{}.by(paypal_key()));
    s.answer(token_status, token);
    if (s.status(id) == 0) s.answer(code, body);
    return s.status(id);
  };
  CHECK(told(401, R"({"error":"invalid_client"})", 0, "") == 503);
  CHECK(told(200, "{}", 0, "") == 503);
  CHECK(told(200, R"({"access_token":"a b"})", 0, "") == 503);
  CHECK(told(200, R"({"access_token":"a\r\nx"})", 0, "") == 503);
  CHECK(told(200, kToken, 500, kSuccess) == 503);
  CHECK(told(200, kToken, 200, "SUCCESS") == 503);
  CHECK(told(200, kToken, 200, R"({"verification_status":"success"})") == 503);
  CHECK(s.host.emitted.empty());
  CHECK(s.host.logged("A21AA") == 0);
  CHECK(s.host.logged("our-secret") == 0);
}

TEST_CASE("what does not pass by itself is not asked about") {
  Source s(confirmed());
  CHECK(s.status(s.send(Signed{}.by(authority().key))) == 401);
  CHECK(s.status(s.send(Signed{.body = "not json"}.by(paypal_key()))) == 400);
  CHECK(s.web.fetches() == 0);
}

TEST_CASE("the sandbox is asked about what its certificates sign, and another address where it is set") {
  const std::string url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1";
  json with = confirmed();
  with["secrets"]["certificates"] = {{url, good_pem()}};
  Source sandbox(with);
  sandbox.send(Signed{.cert_url = url}.by(paypal_key()));
  CHECK(sandbox.web[1].url == "https://api-m.sandbox.paypal.com/v1/oauth2/token");
  Source elsewhere(confirmed({{"api_url", "https://paypal.test/"}}));
  elsewhere.send(Signed{}.by(paypal_key()));
  CHECK(elsewhere.web[1].url == "https://paypal.test/v1/oauth2/token");
}
