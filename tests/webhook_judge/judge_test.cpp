// sbx.judge/1: what the source would make of a request, with nothing done.
#include "tests/webhook_judge/judge_fixture.hpp"

using namespace webhook_test;

TEST_CASE("every vector is judged through the extension as it is by the engine, with its stage and event") {
  size_t judged = 0;
  for (const json &v : all_vectors()["vectors"]) {
    CAPTURE(std::string(v["id"]));
    Source s(config_of(std::string(v["provider"])));
    REQUIRE(s.plugin->created());
    const json said = s.judge(request_of(v["request"]));
    CAPTURE(said.dump());
    ++judged;
    CHECK(s.host.emitted.empty());
    if (v["provider"] == "mollie-classic" && v["expect"] != "reject")  // which proves nothing by itself
      CHECK(said["hints"].back().get<std::string>().find("asks the provider") != std::string::npos);
    if (v["expect"] == "reject") {
      CHECK(said["verdict"] == "reject");
      CHECK(said["stage"] == v["stage"]);
      CHECK(said["event"]["id"] == "");
      CHECK(said["events"].empty());
      CHECK(!said["reason"].get<std::string>().empty());
      continue;
    }
    CHECK(said["verdict"] == "accept");
    CHECK(said["stage"].is_null());
    if (v["expect"] == "duplicate") {
      const json first = s.judge(std::string(v["of"]));
      REQUIRE(first["events"].size() == 1);
      REQUIRE(said["events"].size() == 1);
      CHECK(first["events"][0]["dedupe_key"] == said["events"][0]["dedupe_key"]);
      continue;
    }
    CHECK(said["event"]["id"] == v["extract"].value("event_id", ""));
    CHECK(said["event"]["type"] == v["extract"].value("event_type", ""));
    if (v["extract"].contains("order_ref")) CHECK(said["event"]["order"] == v["extract"]["order_ref"]);
    CHECK(said["reply"]["status"].get<int>() / 100 == 2);
  }
  CHECK(judged == all_vectors()["vectors"].size());
}

TEST_CASE("no answer of the extension holds a secret or the signature that would have been right") {
  for (const std::string &preset : webhook::preset_names()) {
    CAPTURE(preset);
    Source s(config_of(preset));
    for (const char *kind : {"/valid", "/wrong_key", "/tampered_body"}) {
      bool known = false;
      for (const json &v : all_vectors()["vectors"]) known = known || v["id"] == preset + kind;
      if (!known) continue;
      const std::string said = s.judge(preset + kind).dump();
      for (const char *name : {"key", "apiv3_key", "encoding_aes_key", "token", "pass", "authorization", "api_key"}) {
        const json secret = secrets_of(preset).value(name, json());
        if (secret.is_string()) CHECK(said.find(secret.get<std::string>()) == std::string::npos);
      }
    }
  }
}

TEST_CASE("the answer has the reply that the provider would get, byte for byte") {
  Source s(config_of("wechatpay-v2"));
  CHECK(s.judge("wechatpay-v2/valid")["reply"]["body"] ==
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>");
  CHECK(s.judge("wechatpay-v2/valid")["reply"]["content_type"] == "text/xml");
  CHECK(s.judge("wechatpay-v2/wrong_key")["reply"]["status"] == 200);
}

TEST_CASE("a challenge is accepted, and its answer is the reply") {
  Source s(config_of("wechat-mp-aes"));
  const json said = s.judge(request_of(all_vectors()["challenges"][0]["request"]));
  CHECK(said["verdict"] == "accept");
  CHECK(said["events"].empty());
  CHECK(said["reply"]["body"] == "8342174982374982374");
  CHECK(s.judge(request_of(all_vectors()["challenges"][1]["request"]))["stage"] == "signature");
}

TEST_CASE("another path, another method and too long a body are told before anything is verified") {
  Source s(config_of("stripe", secrets_of("stripe"), {{"body", 1000}}));
  auto r = request("stripe/valid");
  json said = s.judge(r, kNow, "/hook");
  CHECK(said["stage"] == "structure");
  CHECK(said["reason"] == "its path is not /hooks");
  CHECK(said["reply"]["status"] == 404);
  r.method = "GET";
  CHECK(s.judge(r)["reply"]["status"] == 405);
  r.method = "POST";
  r.body.resize(1001, ' ');
  CHECK(s.judge(r)["reply"]["status"] == 413);
}

TEST_CASE("several events of a request are all told, and one that comes twice in it is marked") {
  Source s(config_of("adyen"));
  auto r = request("adyen/valid");
  json body = json::parse(r.body);
  body["notificationItems"].push_back(body["notificationItems"][0]);
  r.body = body.dump();
  const json said = s.judge(r);
  REQUIRE(said["events"].size() == 2);
  CHECK(said["events"][0]["duplicate"] == false);
  CHECK(said["events"][1]["duplicate"] == true);
  CHECK(said["events"][0]["channel"] == "pay." + said["event"]["order"].get<std::string>());
}

TEST_CASE("how old a request is, and which key fits, is told") {
  const std::string key = secrets_of("stripe")["key"];
  Source s(config_of("stripe", {{"key", {"whsec_b3RoZXI=", key}}}));
  CHECK(s.judge("stripe/valid")["key"] == "2 of 2");
  const json late = s.judge(request("stripe/valid"), kNow + 301);
  CHECK(late["stage"] == "freshness");
  CHECK(late["seconds_off"] == 301);
  CHECK(late["hints"].size() == 1);
  CHECK(s.judge(request("stripe/valid"), kNow - 299)["verdict"] == "accept");
}

TEST_CASE("publish is judged too: its key, its body, its events") {
  Source s(config_of("publish", {{"key", {"a-key-of-this-test-1", "a-key-of-this-test-2"}}}));
  webhook::CallbackRequest r;
  r.method = "POST";
  r.headers = {{"content-type", "application/json"}, {"authorization", "Bearer a-key-of-this-test-2"}};
  r.body = R"({"channel":"pay.7","event":"paid","data":1,"id":"a"})";
  json said = s.judge(r);
  CHECK(said["verdict"] == "accept");
  CHECK(said["key"] == "2 of 2");
  CHECK(
      said["event"] ==
      json{{"id", "a"}, {"type", "paid"}, {"order", ""}, {"channel", "pay.7"}, {"name", "paid"}, {"dedupe_key", "a"}});
  r.body = "[]";
  said = s.judge(r);
  CHECK(said["stage"] == "structure");
  CHECK(said["reply"]["status"] == 400);
  r.headers[1].second = "Bearer nobody";
  said = s.judge(r);
  CHECK(said["stage"] == "key");
  CHECK(said["reply"]["status"] == 401);
  CHECK(s.host.emitted.empty());
}
