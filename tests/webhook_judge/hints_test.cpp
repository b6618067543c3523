// What the extension says of why a genuine request is refused.
#include <algorithm>

#include "tests/webhook_judge/judge_fixture.hpp"

using namespace webhook_test;

namespace {

bool hinted(const json &said, std::string_view words) {
  const auto &hints = said["hints"];
  return std::any_of(hints.begin(), hints.end(),
                     [&](const json &hint) { return hint.get<std::string>().find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a body that was changed on the way is known by the signature that it would fit") {
  Source s(config_of("stripe"));
  auto r = request("stripe/valid");
  CHECK(s.judge(r)["hints"].empty());
  r.body += "\n";
  CHECK(hinted(s.judge(r), "but for a line break at its end"));
  r = request("stripe/valid");
  r.body = nlohmann::ordered_json::parse(r.body).dump(2);
  CHECK(hinted(s.judge(r), "this JSON written in another way"));
  r.body = "\xEF\xBB\xBF" + request("stripe/valid").body;
  CHECK(hinted(s.judge(r), "without the byte order mark"));
}

TEST_CASE("a body that is nested without end is judged, and not written again") {
  Source s(config_of("stripe"));
  auto r = request("stripe/valid");
  r.body = std::string(250'000, '[') + std::string(250'000, ']');
  CHECK(s.judge(r)["stage"] == "signature");
}

TEST_CASE("a key that is read in another way, or a wrong one, is told as that") {
  const json own = {{"extends", "github"}, {"hash", "sha1"}};
  Source hash(config_of(own, secrets_of("github")));
  CHECK(hinted(hash.judge("github/valid"), "fits with hash sha256"));
  const json hexadecimal = {{"extends", "github"}, {"key", {{"encoding", "hex"}}}};
  Source wrong(config_of(hexadecimal, {{"key", "abcdef012345"}}));
  CHECK(hinted(wrong.judge("github/valid"), "either the secret is not the one"));
  Source api_key(config_of("stripe", {{"key", "sk_live_1234"}}));
  CHECK(hinted(api_key.judge("stripe/valid"), "begins as an API key does"));
}

TEST_CASE("two secrets in each other's place are told") {
  json swapped = secrets_of("checkout");
  std::swap(swapped["key"], swapped["authorization"]);
  Source s(config_of("checkout", swapped));
  CHECK(hinted(s.judge("checkout/valid"), "fits secrets.authorization"));
}

TEST_CASE("another public_url that fits is told") {
  Source s(config_of("twilio", secrets_of("twilio"), {{"public_url", "http://pay.example.test/hooks/twilio"}}));
  CHECK(hinted(s.judge("twilio/valid"), "https://pay.example.test/hooks/twilio"));
}

TEST_CASE("a key whose id is not known is named") {
  json secrets = secrets_of("wechatpay-v3");
  json &keys = secrets["key"];
  keys.erase(all_vectors()["keys"]["wechatpay_v3"]["serial"].get<std::string>());
  Source s(config_of("wechatpay-v3", secrets));
  const json said = s.judge("wechatpay-v3/valid");
  CHECK(said["stage"] == "key");
  CHECK(hinted(said, all_vectors()["keys"]["wechatpay_v3"]["serial"].get<std::string>()));
}
