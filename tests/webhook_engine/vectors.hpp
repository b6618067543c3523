// The requests of vectors.json (test keys only, judged at one fixed time) and the secrets that their presets take.
#pragma once
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sources/webhook/callback_request.hpp"
#include "plugins/sources/webhook/encoding.hpp"
#include "plugins/sources/webhook/secrets.hpp"
#include "plugins/sources/webhook/verifier.hpp"

namespace webhook_test {

using nlohmann::json;

inline constexpr int64_t kNow = 1'760'000'000;
inline constexpr const char *kTwilioUrl = "https://pay.example.test/hooks/twilio";

inline const json &all_vectors() {
  static const json read = [] {
    std::ifstream file(std::string(SIGNALBOX_SOURCE_DIR) + "/tests/webhook_engine/vectors.json");
    return json::parse(file);
  }();
  return read;
}

// The `secrets:` that a user of this preset would write.
inline json secrets_of(const std::string &preset) {
  const json &k = all_vectors()["keys"];
  const json &pem = k["pem"];
  if (preset == "wechatpay-v3")
    return {{"key", json{{k["wechatpay_v3"]["serial"], pem["wechatpay_platform_crt"]},
                         {k["wechatpay_v3"]["public_key_id"], pem["wechatpay_pubkey_mode_pub"]}}},
            {"apiv3_key", k["wechatpay_v3"]["apiv3_key"]},
            {"mchid", k["wechatpay_v3"]["mchid"]},
            {"appid", k["wechatpay_v3"]["appid"]}};
  if (preset.starts_with("wechatpay-v2"))
    return {{"key", k["wechatpay_v2"]["key"]}, {"mch_id", k["wechatpay_v2"]["mch_id"]}};
  if (preset == "alipay")
    return {{"key", pem["alipay_pub"]}, {"app_id", k["alipay"]["app_id"]}, {"seller_id", k["alipay"]["seller_id"]}};
  if (preset == "checkout")
    return {{"key", k["checkout"]["signature_key"]}, {"authorization", k["checkout"]["authorization"]}};
  if (preset == "wechat-mp-plain") return {{"token", k["wechat_mp"]["token"]}};
  if (preset == "square" || preset == "wechat-mp-aes" || preset == "basic")
    return k[preset == "wechat-mp-aes" ? "wechat_mp" : preset];
  if (preset.starts_with("twilio")) return {{"key", k["twilio"]["token"]}};
  if (preset == "standardwebhooks-v1a") return {{"key", pem["standardwebhooks_v1a_pub"]}};
  if (preset == "paypal")
    return {{"webhook_id", k["paypal"]["webhook_id"]},
            {"certificates", pem["paypal_certs"]},
            {"root", pem["paypal_root_crt"]}};
  if (preset == "braintree") return k["braintree"];
  if (preset == "mollie-classic") return {{"api_key", "test_0123456789abcdef"}};
  if (preset == "paypal-ipn") return {{"receiver_email", "shop@example.test"}};
  if (preset.starts_with("adyen")) return {{"key", k["adyen"]}};
  return {{"key", k.value(preset, json())}};
}

inline webhook::Secrets secrets(const json &given) {
  webhook::Secrets made;
  for (const auto &[name, value] : given.items()) {
    if (value.is_object())
      for (const auto &[id, pem] : value.items())
        name == "certificates" ? made.add_certificate(id, pem) : made.add_key(id, pem);
    else
      for (const json &one : value.is_array() ? value : json::array({value})) made.add(name, one);
  }
  return made;
}

struct Complaints {
  std::vector<std::pair<std::string, std::string>> all;
  webhook::Complain take() {
    return [this](const std::string &where, const std::string &what) { all.emplace_back(where, what); };
  }
};

// A verifier that must come about; `preset` is a name or an object.
inline webhook::Verifier verifier(const json &preset, const json &given, webhook::EventTemplates templates = {},
                                  const std::string &url = kTwilioUrl) {
  Complaints complaints;
  auto read = webhook::read_preset(preset.dump(), "/preset", complaints.take());
  if (read) {
    auto made = webhook::Verifier::make(*std::move(read), secrets(given), std::move(templates), url, complaints.take());
    if (made) return *std::move(made);
  }
  throw std::runtime_error(complaints.all.at(0).first + ": " + complaints.all.at(0).second);
}
inline webhook::Verifier verifier_of(const std::string &preset) {
  return verifier(preset, secrets_of(preset), {}, "https://pay.example.test/hooks/" + preset);
}

inline webhook::CallbackRequest request_of(const json &said) {
  webhook::CallbackRequest r;
  r.method = said["method"];
  std::string url = said["url"];
  url.erase(0, std::string("https://pay.example.test").size());
  const size_t question = url.find('?');
  r.path = url.substr(0, question);
  if (question != std::string::npos) r.query = url.substr(question + 1);
  for (const json &header : said["headers"]) {
    std::string name = header[0];
    for (char &c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    r.headers.emplace_back(name, header[1]);
  }
  const std::string text = said.value("body_b64", "");
  if (!text.empty() && webhook::decode(webhook::Encoding::kBase64, text, r.body) != webhook::Decoded::kOk)
    throw std::runtime_error("the vector's body is not base64");
  return r;
}

inline const json &vector(std::string_view id) {
  for (const json &v : all_vectors()["vectors"])
    if (v["id"] == id) return v;
  throw std::runtime_error("no such vector: " + std::string(id));
}
inline webhook::CallbackRequest request(std::string_view id) { return request_of(vector(id)["request"]); }

inline void set_header(webhook::CallbackRequest &r, std::string_view name, std::string value) {
  for (auto &[key, old] : r.headers)
    if (key == name) return void(old = std::move(value));
  r.headers.emplace_back(name, std::move(value));
}
inline std::string &header(webhook::CallbackRequest &r, std::string_view name) {
  for (auto &[key, value] : r.headers)
    if (key == name) return value;
  throw std::runtime_error("no such header: " + std::string(name));
}
inline void replace(std::string &in, std::string_view what, std::string_view by) {
  const size_t at = in.find(what);
  if (at == std::string::npos) throw std::runtime_error("not in it: " + std::string(what));
  in.replace(at, what.size(), by);
}

}  // namespace webhook_test
