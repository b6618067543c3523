// What a stranger, or a mistake, may send instead of the genuine request.
#include <doctest/doctest.h>

#include "tests/webhook_engine/vectors.hpp"

using namespace webhook_test;
using webhook::CallbackRequest;
using webhook::Stage;
using webhook::Verdict;

namespace {

Verdict judge(const std::string &preset, const CallbackRequest &request, int64_t now_s = kNow) {
  return verifier_of(preset).verify(request, now_s);
}
Stage stage(const std::string &preset, const CallbackRequest &request, int64_t now_s = kNow) {
  return judge(preset, request, now_s).stage;
}

std::string stripe_header(const CallbackRequest &r, const std::string &time) {
  const std::string key = secrets_of("stripe")["key"];
  return "t=" + time + ",v1=" + webhook::hex_of(webhook::hmac_of(webhook::Hash::kSha256, key, time + "." + r.body));
}
CallbackRequest github(const std::string &body) {
  CallbackRequest r = request("github/valid");
  r.body = body;
  const std::string key = secrets_of("github")["key"];
  header(r, "x-hub-signature-256") = "sha256=" + webhook::hex_of(webhook::hmac_of(webhook::Hash::kSha256, key, body));
  return r;
}

}  // namespace

TEST_CASE("a time is believed within the tolerance, in both directions, and only if it is one") {
  CallbackRequest r = request("stripe/valid");
  CHECK(stage("stripe", r, kNow + 300) == Stage::kNone);
  CHECK(stage("stripe", r, kNow + 301) == Stage::kFreshness);
  CHECK(stage("stripe", r, kNow - 300) == Stage::kNone);
  CHECK(stage("stripe", r, kNow - 301) == Stage::kFreshness);
  for (const char *time :
       {"Infinity", "NaN", "1e9", "-1", "0x68E7", " 1760000000", "99999999999999999999", "+1760000000"}) {
    CAPTURE(time);
    header(r, "stripe-signature") = stripe_header(r, time);
    CHECK(stage("stripe", r) == Stage::kStructure);
  }
  // The signature comes first: a stranger does not learn what time it is here.
  header(r, "stripe-signature") = "t=1,v1=" + std::string(64, '0');
  CHECK(stage("stripe", r) == Stage::kSignature);
}

TEST_CASE("signatures of another age, missing, repeated or by the thousand are refused") {
  CallbackRequest r = request("stripe/valid");
  const std::string good = header(r, "stripe-signature");
  const std::string hex = good.substr(good.find("v1=") + 3);
  for (const std::string &bad : {std::string(), std::string("v1=" + hex), std::string("t=1760000000"),
                                 "t=1760000000,v0=" + hex, good + ",", "t=1760000000," + good, std::string("=,=,="),
                                 good + ",x", "t=1760000000;v1=" + hex, std::string(1 << 16, 'a')}) {
    CAPTURE(bad.substr(0, 90));
    header(r, "stripe-signature") = bad;
    CHECK(stage("stripe", r) == Stage::kStructure);
  }
  std::string many = good;
  for (int i = 0; i < 7; ++i) many += ",v1=" + hex;
  header(r, "stripe-signature") = many;
  CHECK(stage("stripe", r) == Stage::kNone);
  header(r, "stripe-signature") = many + ",v1=" + hex;
  CHECK(stage("stripe", r) == Stage::kStructure);
  header(r, "stripe-signature") = good;
  r.headers.emplace_back("stripe-signature", good);
  CHECK(stage("stripe", r) == Stage::kStructure);
  r = request("stripe/valid");
  std::erase_if(r.headers, [](const auto &h) { return h.first == "stripe-signature"; });
  CHECK(stage("stripe", r) == Stage::kStructure);
}

TEST_CASE("one good signature among others is enough, and one good key") {
  CallbackRequest r = request("stripe/valid");
  std::string &shown = header(r, "stripe-signature");
  replace(shown, "v1=", "v1=" + std::string(64, '0') + ",v1=");
  CHECK(stage("stripe", r) == Stage::kNone);
  const std::string key = secrets_of("stripe")["key"];
  const auto both = verifier("stripe", json{{"key", json::array({"whsec_other", key})}});
  CHECK(both.verify(r, kNow).accepted());
  const auto other = verifier("stripe", json{{"key", json::array({"whsec_other", "whsec_third"})}});
  CHECK(other.verify(r, kNow).stage == Stage::kSignature);
}

TEST_CASE("encodings are read strictly, and capitals count where a provider says so") {
  CallbackRequest r = request("github/valid");
  const std::string good = header(r, "x-hub-signature-256");
  std::string capitals = "sha256=";
  for (const char c : good.substr(7)) capitals += static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  header(r, "x-hub-signature-256") = capitals;
  CHECK(stage("github", r) == Stage::kNone);
  for (const std::string &bad :
       {good + " ", "sha256=" + std::string(64, 'g'), good.substr(7), "sha1=" + good.substr(7)}) {
    header(r, "x-hub-signature-256") = bad;
    CHECK(stage("github", r) == Stage::kStructure);
  }
  header(r, "x-hub-signature-256") = good.substr(0, good.size() - 1);
  CHECK(stage("github", r) == Stage::kSignature);
  header(r, "x-hub-signature-256") = good.substr(0, good.size() - 2);
  CHECK(stage("github", r) == Stage::kSignature);

  CallbackRequest shop = request("shopify/valid");
  header(shop, "x-shopify-hmac-sha256") += "\n";
  CHECK(stage("shopify", shop) == Stage::kStructure);

  CallbackRequest pay = request("wechatpay-v2/valid");
  replace(pay.body, "25736FAB", "25736fab");
  CHECK(stage("wechatpay-v2", pay) == Stage::kStructure);
}

TEST_CASE("the old SHA-1 header of GitHub alone proves nothing") {
  CallbackRequest r = request("github/valid");
  for (auto &[name, value] : r.headers)
    if (name == "x-hub-signature-256") name = "x-hub-signature";
  CHECK(stage("github", r) == Stage::kStructure);
}

TEST_CASE("a captured request under a fresh unsigned id is the same event") {
  const std::map<std::string, std::string> id_headers = {
      {"github", "x-github-delivery"}, {"shopify", "x-shopify-webhook-id"}, {"razorpay", "x-razorpay-event-id"}};
  for (const auto &entry : id_headers) {
    const std::string &preset = entry.first, &name = entry.second;
    CAPTURE(preset);
    CallbackRequest r = request(preset + "/valid");
    const std::string first = judge(preset, r).events.at(0).dedupe_key;
    header(r, name) = "00000000-new";
    CHECK(judge(preset, r).events.at(0).dedupe_key == first);
    std::erase_if(r.headers, [&](const auto &h) { return h.first == name; });
    CHECK(judge(preset, r).events.at(0).dedupe_key == first);
  }
  CHECK(judge("github", github(R"({"zen":"a"})")).events.at(0).dedupe_key !=
        judge("github", github(R"({"zen":"b"})")).events.at(0).dedupe_key);
}

TEST_CASE("a downgrade that the sender asks for is refused") {
  CallbackRequest r = request("alipay/valid");
  replace(r.body, "sign_type=RSA2", "sign_type=RSA");
  CHECK(stage("alipay", r) == Stage::kPolicy);
  CallbackRequest scan = request("wechat-mp-aes/valid");
  const size_t at = scan.query.find("&encrypt_type");
  scan.query.erase(at);
  scan.body = request("wechat-mp-plain/valid").body;
  CHECK(stage("wechat-mp-aes", scan) == Stage::kStructure);
  scan.query += "&encrypt_type=raw&msg_signature=" + std::string(40, '0');
  CHECK(stage("wechat-mp-aes", scan) == Stage::kPolicy);
}

TEST_CASE("a good signature for another merchant is not ours") {
  const auto refuses = [](const std::string &preset, const char *name) {
    json given = secrets_of(preset);
    given[name] = "somebody-else";
    return verifier(preset, given).verify(request(preset + "/valid"), kNow).stage == Stage::kPolicy;
  };
  CHECK(refuses("alipay", "app_id"));
  CHECK(refuses("alipay", "seller_id"));
  CHECK(refuses("wechatpay-v3", "mchid"));
  CHECK(refuses("wechatpay-v3", "appid"));
  CHECK(refuses("wechatpay-v2", "mch_id"));
  json given = secrets_of("wechat-mp-aes");
  given["appid"] = "wx0000000000000000";
  CHECK(verifier("wechat-mp-aes", given).verify(request("wechat-mp-aes/valid"), kNow).stage == Stage::kDecrypt);
}

TEST_CASE("WeChat Pay's key is found by its id, and a probe is a wrong signature like any other") {
  CallbackRequest r = request("wechatpay-v3/valid");
  std::string &signature = header(r, "wechatpay-signature");
  const std::string good = signature;
  signature = "WECHATPAY/SIGNTEST/" + good.substr(19);
  CHECK(stage("wechatpay-v3", r) == Stage::kSignature);
  signature = "WECHATPAY/SIGNTEST/" + good;
  CHECK(stage("wechatpay-v3", r) == Stage::kSignature);
  signature = good;
  header(r, "wechatpay-serial") = "PUB_KEY_ID_0119000001092025100900000000000001";
  CHECK(stage("wechatpay-v3", r) == Stage::kSignature);
  header(r, "wechatpay-serial") = "0000";
  CHECK(stage("wechatpay-v3", r) == Stage::kKey);
  json given = secrets_of("wechatpay-v3");
  given["apiv3_key"] = std::string(32, 'x');
  CHECK(verifier("wechatpay-v3", given).verify(request("wechatpay-v3/valid"), kNow).stage == Stage::kDecrypt);
}

TEST_CASE("what two readers may read differently is refused") {
  CallbackRequest form = request("alipay/valid");
  form.body += "&total_amount=1.00";
  CHECK(stage("alipay", form) == Stage::kStructure);
  form = request("alipay/valid");
  form.body += "&%74otal_amount=1.00";
  CHECK(stage("alipay", form) == Stage::kStructure);
  CallbackRequest xml = request("wechatpay-v2/valid");
  replace(xml.body, "<total_fee>1</total_fee>", "<total_fee>1</total_fee><total_fee>9</total_fee>");
  CHECK(stage("wechatpay-v2", xml) == Stage::kStructure);
  xml = request("wechatpay-v2/valid");
  xml.body = "<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + xml.body;
  CHECK(stage("wechatpay-v2", xml) == Stage::kStructure);
  CallbackRequest query = request("wechat-mp-plain/valid");
  query.query += "&timestamp=1760000000";
  CHECK(stage("wechat-mp-plain", query) == Stage::kStructure);
  CHECK(stage("github", github(R"({"a":1,"a":2})")) == Stage::kStructure);
  CHECK(stage("github", github(R"({"a":1,"\u0061":2})")) == Stage::kStructure);
  CHECK(stage("github", github("{\"a\":\"\xC0\xAF\"}")) == Stage::kStructure);
  CHECK(stage("github", github("not json")) == Stage::kStructure);
}

TEST_CASE("every item of an Adyen notification must be signed, and none may be cut another way") {
  CallbackRequest r = request("adyen/valid");
  json body = json::parse(r.body);
  json second = body["notificationItems"][0];
  body["notificationItems"].push_back(second);
  r.body = body.dump();
  CHECK(judge("adyen", r).events.size() == 2);
  body["notificationItems"][1]["NotificationRequestItem"]["merchantReference"] = "ORD-9999";
  r.body = body.dump();
  CHECK(stage("adyen", r) == Stage::kSignature);
  body["notificationItems"].erase(1);
  json &item = body["notificationItems"][0]["NotificationRequestItem"];
  item["merchantAccountCode"] = "TestMerchant:ORD-1013";
  item["merchantReference"] = "1130";
  r.body = body.dump();
  CHECK(stage("adyen", r) == Stage::kStructure);
  body["notificationItems"] = json::array();
  r.body = body.dump();
  CHECK(stage("adyen", r) == Stage::kStructure);
}

TEST_CASE("LINE's events are told apart, and a call without events is accepted") {
  CallbackRequest r = request("line/valid");
  r.body = R"({"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]})";
  header(r, "x-line-signature") = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=";
  const Verdict none = judge("line", r);
  CHECK(none.accepted());
  CHECK(none.events.empty());

  r.body = R"({"events":[{"webhookEventId":"a","type":"follow"},{"webhookEventId":"b","type":"postback"}]})";
  const json in_hex = {{"extends", "line"}, {"signature", {{"from", "header:x-line-signature"}, {"encoding", "hex"}}}};
  const json given = secrets_of("line");
  header(r, "x-line-signature") =
      webhook::hex_of(webhook::hmac_of(webhook::Hash::kSha256, std::string(given["key"]), r.body));
  const Verdict two = verifier(in_hex, given).verify(r, kNow);
  REQUIRE(two.events.size() == 2);
  CHECK(two.events[0].dedupe_key == "id:a");
  CHECK(two.events[1].dedupe_key == "id:b");
  CHECK(two.events[1].type == "postback");
}

TEST_CASE("Mollie's header may come twice while its key changes, with its prefix or without") {
  CallbackRequest r = request("mollie/valid");
  const std::string good = header(r, "x-mollie-signature");
  header(r, "x-mollie-signature") = "sha256=" + std::string(64, '0');
  CHECK(stage("mollie", r) == Stage::kSignature);
  r.headers.emplace_back("x-mollie-signature", good.substr(7));
  CHECK(stage("mollie", r) == Stage::kNone);
}

TEST_CASE("a refund notice of WeChat Pay that another key encrypted, or whose bytes were moved, is refused") {
  CallbackRequest r = request("wechatpay-v2-refund/valid");
  CHECK(stage("wechatpay-v2-refund", r) == Stage::kNone);
  replace(r.body, "WBzGpzQu", "WBzGpzQv");
  CHECK(stage("wechatpay-v2-refund", r) == Stage::kDecrypt);
  replace(r.body, "WBzGpzQv", "!BzGpzQv");
  CHECK(stage("wechatpay-v2-refund", r) == Stage::kDecrypt);
}

TEST_CASE("Twilio's URL is signed with the port or without it") {
  CallbackRequest r = request("twilio/valid");
  for (const char *url : {"https://pay.example.test/hooks/twilio", "https://pay.example.test:443/hooks/twilio",
                          "https://pay.example.test", "https://pay.example.test/hooks/twilio?old=1"})
    CHECK(verifier("twilio", secrets_of("twilio"), {}, url).verify(r, kNow).accepted());
  CHECK(verifier("twilio", secrets_of("twilio"), {}, "https://pay.example.test/other").verify(r, kNow).stage ==
        Stage::kSignature);
}

TEST_CASE("methods, content types and encodings that nobody agreed on are refused") {
  CallbackRequest r = request("stripe/valid");
  r.method = "GET";
  CHECK(stage("stripe", r) == Stage::kStructure);
  r = request("stripe/valid");
  set_header(r, "content-type", "text/plain");
  CHECK(stage("stripe", r) == Stage::kStructure);
  r = request("stripe/valid");
  set_header(r, "content-encoding", "gzip");
  CHECK(stage("stripe", r) == Stage::kStructure);
  r = request("stripe/valid");
  r.body.resize((1u << 20) + 1, ' ');
  CHECK(stage("stripe", r) == Stage::kStructure);
}

TEST_CASE("Slack is answered with its challenge once it is signed") {
  CallbackRequest r = request("slack/valid");
  r.body = R"({"type":"url_verification","challenge":"3eZbrw1aB"})";
  const std::string key = secrets_of("slack")["key"];
  header(r, "x-slack-signature") =
      "v0=" + webhook::hex_of(webhook::hmac_of(webhook::Hash::kSha256, key, "v0:1760000000:" + r.body));
  const Verdict verdict = judge("slack", r);
  CHECK(verdict.is_challenge);
  CHECK(verdict.challenge == "3eZbrw1aB");
  CHECK(verdict.events.empty());
  header(r, "x-slack-signature") = "v0=" + std::string(64, '0');
  CHECK(stage("slack", r) == Stage::kSignature);
}

TEST_CASE("a fixed header key of Checkout.com counts when it is set") {
  CallbackRequest r = request("checkout/valid");
  header(r, "authorization") = "another";
  CHECK(stage("checkout", r) == Stage::kSignature);
  json given = secrets_of("checkout");
  given.erase("authorization");
  CHECK(verifier("checkout", given).verify(r, kNow).accepted());
}
