// A preset or a secret that cannot verify stops the start, and says where it stands.
#include <doctest/doctest.h>

#include "tests/webhook_engine/vectors.hpp"

using namespace webhook_test;

namespace {

std::string fault(const json &preset) {
  Complaints complaints;
  CHECK_FALSE(webhook::read_preset(preset.dump(), "/preset", complaints.take()));
  return complaints.all.empty() ? "" : complaints.all[0].first;
}
std::string secret_fault(const std::string &preset, const json &given) {
  Complaints complaints;
  auto read = webhook::read_preset(json(preset).dump(), "/preset", complaints.take());
  REQUIRE(read);
  CHECK_FALSE(webhook::Verifier::make(*std::move(read), secrets(given), {}, "", complaints.take()));
  return complaints.all.empty() ? "" : complaints.all[0].first;
}
json with(const char *field, const json &value) { return {{"extends", "generic_hmac"}, {field, value}}; }

}  // namespace

TEST_CASE("every preset of the table can be read") {
  for (const std::string &name : webhook::preset_names()) {
    Complaints complaints;
    CAPTURE(name);
    const auto preset = webhook::read_preset(json(name).dump(), "/preset", complaints.take());
    CHECK(complaints.all.empty());
    REQUIRE(preset);
    CHECK(preset->name == name);
    const auto &reply = preset->reply;
    CHECK(reply[webhook::kReplyOk].status / 100 == 2);
    CHECK(reply[webhook::kReplyDuplicate].status == reply[webhook::kReplyOk].status);
    CHECK(reply[webhook::kReplyDuplicate].body == reply[webhook::kReplyOk].body);
  }
}

TEST_CASE("what is not known in a preset is reported at its place, never left out") {
  CHECK(fault("nobody") == "/preset");
  CHECK(fault({{"extends", "nobody"}}) == "/preset/extends");
  CHECK(fault(with("shceme", "hmac")) == "/preset/shceme");
  CHECK(fault(with("scheme", "jwt")) == "/preset/scheme");
  CHECK(fault(with("scheme", "none")) == "/preset/scheme");
  CHECK(fault(with("hash", "crc32")) == "/preset/hash");
  CHECK(fault(with("signed", "{crc32:body}")) == "/preset/signed");
  CHECK(fault(with("signed", "{body")) == "/preset/signed");
  CHECK(fault(with("signed", json::array())) == "/preset/signed");
  CHECK(fault(with("signature", json{{"from", "cookie:x"}, {"encoding", "hex"}})) == "/preset/signature/from");
  CHECK(fault(with("signature", json{{"from", "header:x"}})) == "/preset/signature");
  CHECK(fault(with("signature", json{{"from", "header:x"}, {"encoding", "hex"}, {"pick", "v1"}})) ==
        "/preset/signature/split");
  CHECK(fault(with("timestamp", json{{"from", "header:x"}, {"tolerance", 0}})) == "/preset/timestamp/tolerance");
  CHECK(fault(with("require", json{{"json:/a", "b"}})) == "/preset/require/json:~1a");
  CHECK(fault(with("event", json{{"id", json::array({"jsn:/id"})}})) == "/preset/event/id");
  CHECK(fault(with("reply", json{{"okay", json::object()}})) == "/preset/reply/okay");
  CHECK(
      fault({{"scheme", "digest"}, {"signature", {{"from", "header:x"}, {"encoding", "hex"}}}, {"signed", "{body}"}}) ==
      "/preset/signed");
}

TEST_CASE("an entry of the user's own builds upon one that is there") {
  const auto v =
      verifier(with("signature", json{{"from", "header:X-Sign"}, {"encoding", "base64"}}), json{{"key", "k"}});
  webhook::CallbackRequest r;
  r.method = "POST";
  r.body = R"({"id":"1","type":"t","ref":"o"})";
  r.headers = {{"content-type", "application/json"}, {"x-sign", "AAAA"}};
  CHECK(v.verify(r, kNow).stage == webhook::Stage::kSignature);
}

TEST_CASE("secrets that are missing or no keys stop the start at their place") {
  CHECK(secret_fault("stripe", json::object()) == "/secrets/key");
  CHECK(secret_fault("alipay", {{"key", "no pem"}, {"app_id", "a"}, {"seller_id", "b"}}) == "/secrets/key");
  CHECK(secret_fault("standardwebhooks", {{"key", "whsec_not!base64"}}) == "/secrets/key");
  CHECK(secret_fault("adyen", {{"key", "xyz"}}) == "/secrets/key");
  CHECK(secret_fault("adyen", {{"key", {"00", "xyz"}}}) == "/secrets/key/1");
  CHECK(secret_fault("basic", {{"user", "u"}}) == "/secrets/pass");
  CHECK(secret_fault("square", {{"key", "k"}}) == "/secrets/url");
  CHECK(secret_fault("twilio", {{"key", "k"}}) == "/public_url");
  json pay = secrets_of("wechatpay-v3");
  pay["key"]["AA"] = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
  CHECK(secret_fault("wechatpay-v3", pay) == "/secrets/key/AA");
  pay = secrets_of("wechatpay-v3");
  pay["apiv3_key"] = "too short";
  CHECK(secret_fault("wechatpay-v3", pay) == "/secrets/apiv3_key");
  json mp = secrets_of("wechat-mp-aes");
  mp["encoding_aes_key"] = "too short";
  CHECK(secret_fault("wechat-mp-aes", mp) == "/secrets/encoding_aes_key");
  CHECK(secret_fault("stripe", {{"key", {{"id", "k"}}}}) == "/secrets/key");
}
