// Every test request: accepted or refused at the right stage, with the right id, type and
// order, and known again when it comes twice.
#include <doctest/doctest.h>

#include "tests/webhook_engine/vectors.hpp"

using namespace webhook_test;
using webhook::Verdict;

namespace {

void check_fields(const json &wanted, const Verdict &verdict) {
  REQUIRE(verdict.events.size() == 1);
  CHECK(verdict.events[0].id == wanted.value("event_id", ""));
  CHECK(verdict.events[0].type == wanted.value("event_type", ""));
  if (wanted.contains("order_ref")) CHECK(verdict.events[0].order == wanted["order_ref"]);
  CHECK(!verdict.events[0].dedupe_key.empty());
}

}  // namespace

TEST_CASE("every vector is judged right, with its stage and fields") {
  size_t judged = 0;
  for (const json &v : all_vectors()["vectors"]) {
    const std::string preset = v["provider"], id = v["id"];
    CAPTURE(id);
    const auto verifier = verifier_of(preset);
    const Verdict verdict = verifier.verify(request_of(v["request"]), kNow);
    CAPTURE(verdict.reason);
    ++judged;
    if (v["expect"] == "reject") {
      CHECK(std::string(webhook::name_of(verdict.stage)) == v["stage"]);
      CHECK(verdict.events.empty());
      CHECK(!verdict.reason.empty());
      continue;
    }
    CHECK(verdict.accepted());
    CHECK(verdict.question.has_value() == (preset == "mollie-classic"));  // which proves nothing by itself
    if (v["expect"] == "duplicate") {
      const Verdict first = verifier.verify(request(std::string(v["of"])), kNow);
      REQUIRE(first.events.size() == 1);
      REQUIRE(verdict.events.size() == 1);
      CHECK(first.events[0].dedupe_key == verdict.events[0].dedupe_key);
    } else {
      check_fields(v["extract"], verdict);
    }
  }
  CHECK(judged == 131);
}

TEST_CASE("setting up an address is answered with what was asked, when it is signed") {
  for (const json &c : all_vectors()["challenges"]) {
    CAPTURE(std::string(c["id"]));
    for (const char *preset : {"wechat-mp-plain", "wechat-mp-aes"}) {
      const Verdict verdict = verifier_of(preset).verify(request_of(c["request"]), kNow);
      CHECK(verdict.accepted() == (c["reply"]["status"] == 200));
      if (!verdict.accepted()) continue;
      CHECK(verdict.is_challenge);
      CHECK(verdict.challenge == c["reply"]["body"]);
      CHECK(verdict.events.empty());
    }
  }
}

TEST_CASE("the answers that providers publish are reproduced") {
  for (const json &p : all_vectors()["published"]) {
    CAPTURE(std::string(p["id"]));
    std::string key = p.value("key", ""), wanted;
    if (p.contains("key_b64"))
      REQUIRE(decode(webhook::Encoding::kBase64, std::string(p["key_b64"]), key) == webhook::Decoded::kOk);
    if (p.contains("key_hex"))
      REQUIRE(decode(webhook::Encoding::kHex, std::string(p["key_hex"]), key) == webhook::Decoded::kOk);
    const auto encoding = p["enc"] == "base64" ? webhook::Encoding::kBase64 : webhook::Encoding::kHex;
    REQUIRE(decode(encoding, std::string(p["result"]), wanted) == webhook::Decoded::kOk);
    const std::string content = p["content"];
    if (p["alg"] == "md5")
      CHECK(digest_of(webhook::Hash::kMd5, content) == wanted);
    else
      CHECK(hmac_of(p["alg"] == "sha1" ? webhook::Hash::kSha1 : webhook::Hash::kSha256, key, content) == wanted);
  }
}
