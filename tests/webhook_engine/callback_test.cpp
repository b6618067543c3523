// The source with a provider's preset on the fake host: what is emitted, and what the provider is answered.
#include <doctest/doctest.h>

#include <sbx/testing/fake_host.hpp>
#include <sbx/testing/fake_http.hpp>

#include "tests/webhook_engine/vectors.hpp"

extern "C" const sbx_module *sbx_module_v1_webhook(uint32_t) noexcept;

using namespace webhook_test;
using sbx::testing::FakeHttp;
using sbx::testing::Request;

namespace {

const sbx_plugin *table() { return sbx_module_v1_webhook(0)->plugins[0]; }

json config(const std::string &preset, const json &more = json::object()) {
  json with = {{"listener", "public"},
               {"path", "/hooks"},
               {"preset", preset},
               {"secrets", secrets_of(preset)},
               {"channel", json::array({"pay.{order}", "{id}", "rest"})},
               {"public_url", "https://pay.example.test/hooks/" + preset}};
  with.update(more);
  return with;
}

struct Source {
  explicit Source(const std::string &preset, const json &more = json::object())
      : host(1, "provider"), http(host.part<FakeHttp>()), plugin(started(host), table(), config(preset, more).dump()) {
    host.wall_offset_ns = kNow * sbx::kSecondNs - host.now_ns;
    plugin.start();
  }
  static sbx::testing::FakeHost &started(sbx::testing::FakeHost &host) { return host; }

  sbx_id send(const webhook::CallbackRequest &from) {
    Request r;
    r.method = from.method;
    r.path = "/hooks";
    r.query = from.query;
    r.headers = from.headers;
    if (!from.body.empty()) r.body = from.body;
    return http.request(r);
  }
  sbx_id send(const std::string &vector_id) { return send(request(vector_id)); }
  void receipt(size_t n, sbx_status status, std::string_view cursor = {}) {
    host.ack(host.emitted.at(n).ack, status, cursor);
  }

  sbx::testing::FakeHost host;
  FakeHttp &http;
  sbx::testing::Plugin plugin;
};

struct Answer {
  uint32_t status;
  std::string type, body;
  bool operator==(const Answer &) const = default;
};
Answer answer(Source &s, sbx_id id) { return {s.http[id].status, s.http[id].header("content-type"), s.http[id].body}; }

const std::string kV2Ok =
    "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";
const std::string kV2Fail =
    "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[SIGNERROR]]></return_msg></xml>";
const std::string kV2Retry =
    "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[RETRY]]></return_msg></xml>";

struct Replies {
  Answer ok = {200, "", ""}, bad_signature = {401, "", ""}, bad_request = {400, "", ""}, not_durable = {503, "", ""};
};
// As the providers want it, written down by hand from the specification.
Replies replies_of(const std::string &preset) {
  Replies r;
  if (preset == "stripe") r.bad_signature = {400, "", ""};
  if (preset.starts_with("adyen")) r.ok = {200, "text/plain", "[accepted]"};
  if (preset.starts_with("wechat-mp")) r.ok = {200, "text/plain", "success"};
  if (preset == "wechatpay-v2") {
    r.ok = {200, "text/xml", kV2Ok};
    r.bad_signature = {200, "text/xml", kV2Fail};
    r.not_durable = {200, "text/xml", kV2Retry};
  }
  if (preset == "wechatpay-v2-refund") r.ok = {200, "text/xml", kV2Ok};
  if (preset == "alipay") {
    r.ok = {200, "text/plain", "success"};
    r.bad_signature = r.not_durable = {200, "text/plain", "fail"};
  }
  if (preset == "wechatpay-v3") {
    r.ok = {204, "", ""};
    r.bad_signature = {401, "application/json", R"({"code":"FAIL","message":"signature"})"};
    r.not_durable = {500, "application/json", R"({"code":"FAIL","message":"retry"})"};
  }
  return r;
}

}  // namespace

TEST_CASE("each preset answers byte for byte as its provider wants it") {
  for (const std::string &preset : webhook::preset_names()) {
    if (preset == "mollie-classic" || preset == "paypal-ipn") continue;  // they ask first: tests/webhook_code
    CAPTURE(preset);
    Source s(preset);
    REQUIRE(s.plugin.created());
    const Replies wanted = replies_of(preset);
    const sbx_id first = s.send(preset + "/valid");
    REQUIRE(s.host.emitted.size() == 1);
    CHECK(s.http[first].status == 0);  // not before it is safe
    CHECK(!s.host.emitted[0].dedupe_key.empty());
    s.receipt(0, SBX_OK, "c1");
    CHECK(answer(s, first) == wanted.ok);

    const sbx_id again = s.send(preset + "/valid");
    REQUIRE(s.host.emitted.size() == 2);
    CHECK(s.host.emitted[1].dedupe_key == s.host.emitted[0].dedupe_key);
    s.receipt(1, SBX_DUPLICATE, "c1");
    CHECK(answer(s, again) == wanted.ok);

    const sbx_id full_disk = s.send(preset + "/valid");
    s.receipt(2, SBX_ESTORE);
    CHECK(answer(s, full_disk) == wanted.not_durable);

    s.host.emit_answer = SBX_FULL;
    CHECK(answer(s, s.send(preset + "/valid")) == wanted.not_durable);
    s.host.emit_answer = SBX_OK;
    s.host.emitted.clear();

    CHECK(answer(s, s.send(preset + "/wrong_key")) == wanted.bad_signature);
    auto broken = request(preset + "/valid");
    broken.headers.emplace_back("content-encoding", "gzip");
    CHECK(answer(s, s.send(broken)) == wanted.bad_request);
    CHECK(s.host.emitted.empty());
  }
}

TEST_CASE("an event goes where the templates say, with its id and its facts") {
  Source s("wechatpay-v3", {{"channel", "pay.{order}"},
                            {"event", "payment.{type}"},
                            {"data", {{"total", "{/amount/total}"}, {"order", "{order}"}}}});
  s.send("wechatpay-v3/valid");
  REQUIRE(s.host.emitted.size() == 1);
  const auto &event = s.host.emitted[0];
  CHECK(event.channel == "pay.ORD-1018");
  CHECK(event.name == "payment.TRANSACTION.SUCCESS");
  CHECK(event.id == "EV-2025100916532000001");
  const json data = json::parse(event.data);
  CHECK(data["total"].is_number_integer());
  CHECK(data["order"] == "ORD-1018");
  CHECK(event.dedupe_key == "id:EV-2025100916532000001");
}

TEST_CASE("without a data template the event carries the whole document, decrypted") {
  Source s("wechatpay-v3");
  s.send("wechatpay-v3/valid");
  CHECK(json::parse(s.host.emitted.at(0).data)["out_trade_no"] == "ORD-1018");
  Source form("alipay");
  form.send("alipay/valid");
  CHECK(json::parse(form.host.emitted.at(0).data)["subject"] == "测试 a+b=c & d");
}

TEST_CASE("a channel with an empty part is that request's error, and publishes nothing") {
  Source s("github", {{"channel", "pay.{order}"}});
  const sbx_id id = s.send("github/valid");
  CHECK(s.http[id].status == 400);
  CHECK(s.host.emitted.empty());
  CHECK(s.host.metric("signalbox_webhook_requests_total", "template") == 1);
}

TEST_CASE("what is not safe in time is answered as not durable, within the provider's patience") {
  Source s("slack");
  const sbx_id id = s.send("slack/valid");
  s.host.advance(2399 * sbx::kMillisecondNs);
  CHECK(s.http[id].status == 0);
  s.host.advance(2 * sbx::kMillisecondNs);
  CHECK(s.http[id].status == 503);
  s.receipt(0, SBX_OK, "c1");  // too late, and harmless
}

TEST_CASE("setting up a WeChat address is answered, and other methods are not") {
  Source s("wechat-mp-aes");
  const sbx_id id = s.send(request_of(all_vectors()["challenges"][0]["request"]));
  CHECK(answer(s, id) == Answer{200, "text/plain", "8342174982374982374"});
  CHECK(s.http[s.send(request_of(all_vectors()["challenges"][1]["request"]))].status == 401);
  auto r = request("wechat-mp-aes/valid");
  r.method = "PUT";
  const sbx_id put = s.send(r);
  CHECK(s.http[put].status == 405);
  CHECK(s.http[put].header("allow") == "GET, POST");
}

TEST_CASE("a plain WeChat signature counts once: for another body it is taken for a repetition") {
  Source s("wechat-mp-plain");
  s.send("wechat-mp-plain/valid");
  auto other = request("wechat-mp-plain/valid");
  replace(other.body, "LOGINTOKEN0123456789abcdef", "SOMEBODYELSE");
  CHECK(answer(s, s.send(other)) == Answer{200, "text/plain", "success"});
  CHECK(s.host.emitted.size() == 1);
  s.receipt(0, SBX_ESTORE);
  s.send("wechat-mp-plain/valid");  // the provider's own repetition, after an answer that said so
  CHECK(s.host.emitted.size() == 2);
}

TEST_CASE("what was refused does not stand in the way of the genuine request") {
  Source s("wechat-mp-plain");
  s.send("wechat-mp-plain/wrong_key");
  s.send("wechat-mp-plain/valid");
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("all events of a request are safe before it is answered") {
  Source s("adyen");
  auto r = request("adyen/valid");
  json body = json::parse(r.body);
  body["notificationItems"].push_back(body["notificationItems"][0]);
  r.body = body.dump();
  const sbx_id id = s.send(r);
  REQUIRE(s.host.emitted.size() == 2);
  s.receipt(1, SBX_OK, "c2");
  CHECK(s.http[id].status == 0);
  s.receipt(0, SBX_DUPLICATE, "c1");
  CHECK(answer(s, id) == Answer{200, "text/plain", "[accepted]"});
}

TEST_CASE("no log line holds a secret, a signature or a body") {
  Source s("stripe");
  s.send("stripe/wrong_key");
  s.send("stripe/tampered_body");
  CHECK(s.host.logged("signature") > 0);
  CHECK(s.host.logged("whsec_") == 0);
  CHECK(s.host.logged("v1=") == 0);
  CHECK(s.host.logged("ORD-1001") == 0);
}

TEST_CASE("options that cannot work refuse the start at their place") {
  const auto fault = [](const std::string &preset, const json &more) {
    sbx::testing::FakeHost host;
    host.part<FakeHttp>();
    sbx::testing::Plugin p(host, table(), config(preset, more).dump());
    CHECK_FALSE(p.created());
    return host.problems.empty() ? std::string() : host.problems[0].where;
  };
  CHECK(fault("stripe", {{"secrets", {{"key", ""}}}}) == "/secrets/key");
  CHECK(fault("stripe", {{"secrets", {{"key", " \n"}}}}) == "/secrets/key");
  CHECK(fault("stripe", {{"secrets", {{"key", {"a", ""}}}}}) == "/secrets/key/1");
  CHECK(fault("stripe", {{"secrets", {{"key", json::array()}}}}) == "/secrets/key");
  CHECK(fault("stripe", {{"channel", "pay.{ordre}"}}) == "/channel");
  CHECK(fault("stripe", {{"channel", {"ok", "{secret:key}"}}}) == "/channel/1");
  CHECK(fault("stripe", {{"event", ""}}) == "/event");
  CHECK(fault("stripe", {{"data", {{"a", {1, "{x}"}}}}}) == "/data/a/1");
  CHECK(fault("stripe", {{"preset", {{"extends", "stripe"}, {"hash", "md4"}}}}) == "/preset/hash");
}

TEST_CASE("blanks around a secret are left out with a warning, and an unsigned body is warned of") {
  const std::string key = secrets_of("stripe")["key"];
  Source s("stripe", {{"secrets", {{"key", key + "\n"}}}});
  CHECK(s.plugin.created());
  REQUIRE(s.host.warnings.size() == 1);
  CHECK(s.host.warnings[0].where == "/secrets/key");
  s.send("stripe/valid");
  CHECK(s.host.emitted.size() == 1);
  Source plain("telegram");
  REQUIRE(plain.host.warnings.size() == 1);
  CHECK(plain.host.warnings[0].where == "/preset");
}
