// Secrets that are read from files, and read again when these change.
#include "tests/webhook_judge/judge_fixture.hpp"

using namespace webhook_test;

namespace {

const std::string kStripe = secrets_of("stripe")["key"];
json file(const char *path) { return {{"file", path}}; }

std::string problem(const json &with, const std::map<std::string, std::string> &disk) {
  Source s(with, false, disk);
  CHECK_FALSE(s.plugin->created());
  return s.host.problems.empty() ? "" : s.host.problems[0].where + " " + s.host.problems[0].what;
}

webhook::CallbackRequest publish(const std::string &key) {
  webhook::CallbackRequest r;
  r.method = "POST";
  r.headers = {{"content-type", "application/json"}, {"authorization", "Bearer " + key}};
  r.body = R"({"channel":"pay.7","event":"paid"})";
  return r;
}

}  // namespace

TEST_CASE("a file stands wherever a secret may, and its last line break is none of it") {
  Source one(config_of("stripe", {{"key", file("k")}}), false, {{"k", kStripe + "\n"}});
  CHECK(one.judge("stripe/valid")["verdict"] == "accept");
  Source list(config_of("stripe", {{"key", {"whsec_b3RoZXI=", file("k")}}}), false, {{"k", kStripe}});
  CHECK(list.judge("stripe/valid")["key"] == "2 of 2");
  json secrets = secrets_of("wechatpay-v3");
  std::map<std::string, std::string> disk;
  for (auto &[id, pem] : secrets["key"].items()) {
    disk[id + ".pem"] = pem;
    pem = file((id + ".pem").c_str());
  }
  Source map(config_of("wechatpay-v3", secrets), false, disk);
  CHECK(map.judge("wechatpay-v3/valid")["verdict"] == "accept");
  CHECK(map.host.warnings.empty());
}

TEST_CASE("a file that cannot be used refuses the start at its place") {
  const auto stripe = [](const json &key) { return config_of("stripe", {{"key", key}}); };
  CHECK(problem(stripe(file("k")), {}) == "/secrets/key the file k cannot be read: there is no such file");
  CHECK(
      problem(stripe({"whsec_b3RoZXI=", file("k")}), {{"k", " \n"}}).starts_with("/secrets/key/1 the file k is empty"));
  CHECK(problem(stripe(file("k")), {{"k", "\xff\xfe"}}).starts_with("/secrets/key the file k is not text"));
  CHECK(problem(stripe({{"file", "k"}, {"other", "x"}}), {{"k", kStripe}}).starts_with("/secrets/key a secret is"));
  CHECK(problem(config_of("alipay", {{"key", file("k")}, {"app_id", "1"}, {"seller_id", "2"}}), {{"k", "no PEM"}})
            .starts_with("/secrets/key this is no PEM"));
  CHECK(problem(config_of("publish", {{"key", file("k")}}), {{"k", "two words of sixteen"}})
            .starts_with("/secrets/key no request can show"));
}

TEST_CASE("when a file changes, the next request is verified with what it says now") {
  Source s(config_of("stripe", {{"key", file("k")}}), true, {{"k", "whsec_b3RoZXI="}});
  CHECK(s.files.watches() == 1);
  CHECK(s.status(s.send("stripe/valid")) == 400);
  s.files.put("k", kStripe);
  s.host.turn();
  s.send("stripe/valid");
  CHECK(s.host.emitted.size() == 1);
  CHECK(s.host.logged("the secrets were read again") == 1);
}

TEST_CASE("a request that waits for its receipts is not disturbed by a change") {
  Source s(config_of("stripe", {{"key", file("k")}}), true, {{"k", kStripe}});
  const sbx_id id = s.send("stripe/valid");
  s.files.put("k", "whsec_b3RoZXI=");
  s.host.turn();
  s.host.ack(s.host.emitted.at(0).ack, SBX_OK, "c1");
  CHECK(s.status(id) == 200);
}

TEST_CASE("a change that cannot be used leaves the old keys and is logged once, until it is in order again") {
  Source s(config_of("alipay", {{"key", file("k")},
                                {"app_id", secrets_of("alipay")["app_id"]},
                                {"seller_id", secrets_of("alipay")["seller_id"]}}),
           true, {{"k", secrets_of("alipay")["key"]}});
  for (int i = 0; i < 3; ++i) {
    s.files.put("k", "no PEM");
    s.host.turn();
  }
  CHECK(s.host.logged("the old ones stay in use: secrets/key: this is no PEM") == 1);
  s.send("alipay/valid");
  CHECK(s.host.emitted.size() == 1);
  s.files.refuse("k", SBX_EREFUSED);
  s.host.turn();
  CHECK(s.host.logged("this program may not read it") == 1);
  s.files.put("k", secrets_of("alipay")["key"].get<std::string>());
  s.host.turn();
  CHECK(s.host.logged("in order again") == 1);
  CHECK(s.host.problems.empty());
}

TEST_CASE("the keys of publish are read again, too") {
  Source s(config_of("publish", {{"key", {file("a"), file("b")}}}), true,
           {{"a", "a-key-of-this-test-1\n"}, {"b", "a-key-of-this-test-2\n"}});
  CHECK(s.files.watches() == 2);
  s.send(publish("a-key-of-this-test-1"));
  CHECK(s.host.emitted.size() == 1);
  CHECK(s.host.metric("signalbox_webhook_key_matches_total", "1") == 1);
  s.files.put("a", "a-key-of-this-test-3\n");
  s.host.turn();
  CHECK(s.status(s.send(publish("a-key-of-this-test-1"))) == 401);
  s.send(publish("a-key-of-this-test-3"));
  CHECK(s.host.emitted.size() == 2);
}
