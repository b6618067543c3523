// What is logged and counted of deliveries: the line of each, the key that fitted, the clock.
#include "tests/webhook_judge/judge_fixture.hpp"

using namespace webhook_test;

namespace {

// A GitHub-like preset with a signed time, so that requests of any age can be made without a provider's key.
json timed() {
  return {{"name", "timed"},
          {"scheme", "token"},
          {"signature", {{"from", "header:x-token"}}},
          {"timestamp", {{"from", "header:x-time"}, {"tolerance", 300}}},
          {"event", {{"id", {"header:x-id"}}, {"order", {"header:x-order"}}}}};
}

webhook::CallbackRequest at(int64_t now_s, const std::string &token = "the-token-of-this-test") {
  webhook::CallbackRequest r;
  r.method = "POST";
  r.headers = {{"x-token", token}, {"x-time", std::to_string(now_s)}, {"x-id", "e1"}, {"x-order", "O\x1b[31m\n7"}};
  r.body = "{}";
  return r;
}

struct Timed : Source {
  Timed()
      : Source(config_of(timed(), {{"key", {"an-older-token-of-it", "the-token-of-this-test"}}}, {{"channel", "all"}}),
               true) {}
  sbx_id deliver(int64_t age_s) {
    const int64_t now_s = (host.now_ns + host.wall_offset_ns) / sbx::kSecondNs;
    const sbx_id id = send(at(now_s - age_s));
    host.ack(host.emitted.back().ack, SBX_OK, "c");
    return id;
  }
};

}  // namespace

TEST_CASE("a delivery is one line with what it was, which key fitted and what was answered, all of it escaped") {
  Timed s;
  const sbx_id id = s.send(at(kNow - 1));
  s.host.advance(30 * sbx::kMillisecondNs);
  s.host.ack(s.host.emitted.back().ack, SBX_OK, "c");
  REQUIRE(s.status(id) == 200);
  CHECK(s.host.logged("delivery accepted, status 200, 30 ms, from 192.0.2.1: id \"e1\", order \"O\\u001b[31m\\n7\", "
                      "key 2 of 2, signed 1 s before it came") == 1);
  CHECK(s.host.logs.back().level == SBX_INFO);
  s.send(at(kNow, "no-token"));
  CHECK(s.host.logged("delivery signature, status 401, 0 ms, from 192.0.2.1") == 1);
  CHECK(s.host.logged("the-token-of-this-test") == 0);
}

TEST_CASE("a delivery that the log has no room for is counted there once, and answered like any other") {
  Timed s;
  s.host.wants_log = false;
  const sbx_id id = s.deliver(0);
  s.host.wants_log = true;
  CHECK(s.status(id) == 200);
  CHECK(s.host.left_out == 1);
  CHECK(s.host.logged("delivery") == 0);
  const sbx_id late = s.send(at(kNow));
  s.host.wants_log = false;
  s.host.ack(s.host.emitted.back().ack, SBX_OK, "c");
  CHECK(s.status(late) == 200);
  CHECK(s.host.left_out == 2);
  CHECK(s.host.logged("delivery") == 0);
}

TEST_CASE("which of several keys fits is counted, and a single one is not") {
  Timed s;
  s.deliver(0);
  s.deliver(0);
  s.send(at(kNow, "an-older-token-of-it"));
  CHECK(s.host.metric("signalbox_webhook_key_matches_total", "2") == 2);
  CHECK(s.host.metric("signalbox_webhook_key_matches_total", "1") == 1);
  Source pay(config_of("wechatpay-v3"), true);
  pay.send("wechatpay-v3/valid");
  CHECK(pay.host.metric("signalbox_webhook_key_matches_total",
                        all_vectors()["keys"]["wechatpay_v3"]["serial"].get<std::string>()) == 1);
  Source one(config_of("github"), true);
  one.send("github/valid");
  CHECK(one.host.metric("signalbox_webhook_key_matches_total", "1") == 0);
}

TEST_CASE("a clock that is off by more than two seconds is warned of once an hour, by the median") {
  Timed s;
  for (int i = 0; i < 20; ++i) s.deliver(i % 4 == 0 ? 250 : 1);  // some were under way for long
  CHECK(s.host.logged("clock") == 0);
  CHECK(s.host.metric("signalbox_webhook_clock_offset_seconds") == 1);
  for (int i = 0; i < 40; ++i) s.deliver(-5);
  CHECK(s.host.metric("signalbox_webhook_clock_offset_seconds") == -5);
  CHECK(s.host.logged("this machine's clock seems to be 5 s behind") == 1);
  s.host.advance(3600 * sbx::kSecondNs);
  s.deliver(-5);
  CHECK(s.host.logged("this machine's clock seems to be 5 s behind") == 2);
}

TEST_CASE("a refused request says nothing of the clock") {
  Timed s;
  for (int i = 0; i < 40; ++i) s.send(at(kNow - 200, "no-token"));
  CHECK(s.host.metric("signalbox_webhook_clock_offset_seconds") == 0);
  CHECK(s.host.logged("clock seems") == 0);
}

TEST_CASE("an answer that took more than a second is counted") {
  Timed s;
  s.deliver(0);
  CHECK(s.host.metric("signalbox_webhook_late_total") == 0);
  s.send(at(kNow));
  s.host.advance(1500 * sbx::kMillisecondNs);
  s.host.ack(s.host.emitted.back().ack, SBX_OK, "c");
  CHECK(s.host.metric("signalbox_webhook_late_total") == 1);
}
