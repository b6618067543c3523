// Mollie's classic webhooks: what comes is a hint, what Mollie's API says is the event.
#include "tests/webhook_code/fixture.hpp"

using namespace webhook_test;

namespace {

json mollie(const json &more = json::object()) {
  return config("mollie-classic", {{"api_key", "test_secret_key"}}, more);
}
std::string payment(const std::string &id, const std::string &status, const json &more = json::object()) {
  json made = {{"resource", "payment"}, {"id", id}, {"status", status}, {"metadata", {{"order_id", "ORD-7"}}}};
  made.update(more);
  return made.dump();
}

}  // namespace

TEST_CASE("a hint becomes an event only after Mollie was asked, and is answered when that is safe") {
  Source s(mollie());
  const sbx_id id = s.send(form("id=tr_abc123"));
  REQUIRE(s.web.fetches() == 1);
  const auto &asked = s.web[1];
  CHECK(asked.method == "GET");
  CHECK(asked.url == "https://api.mollie.com/v2/payments/tr_abc123");
  CHECK(asked.header("authorization") == "Bearer test_secret_key");
  CHECK(s.host.emitted.empty());
  CHECK(s.status(id) == 0);
  s.answer(200, payment("tr_abc123", "paid"));
  REQUIRE(s.host.emitted.size() == 1);
  const auto &event = s.host.emitted[0];
  CHECK(event.channel == "pay.ORD-7");
  CHECK(event.name == "paid");
  CHECK(event.id == "tr_abc123");
  CHECK(event.dedupe_key == "id:tr_abc123:paid");
  CHECK(json::parse(event.data)["status"] == "paid");
  CHECK(s.status(id) == 0);
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].body.empty());
}

TEST_CASE("each change of a payment is an event of its own, and the same one is not") {
  Source s(mollie());
  const auto key_of = [&s](const std::string &said) {
    s.send(form("id=tr_1"));
    s.answer(200, said);
    return s.host.emitted.back().dedupe_key;
  };
  const std::string open = key_of(payment("tr_1", "open")), paid = key_of(payment("tr_1", "paid"));
  CHECK(open != paid);
  CHECK(key_of(payment("tr_1", "paid", {{"amountRefunded", {{"value", "0.00"}}}})) == paid);
  const std::string some = key_of(payment("tr_1", "paid", {{"amountRefunded", {{"value", "5.00"}}}}));
  const std::string more = key_of(payment("tr_1", "paid", {{"amountRefunded", {{"value", "9.00"}}}}));
  const std::string back = key_of(payment("tr_1", "paid", {{"amountChargedBack", {{"value", "9.00"}}}}));
  CHECK(some != paid);
  CHECK(some != more);
  CHECK(back != more);
}

TEST_CASE("an id that Mollie does not know is answered as any other") {
  Source s(mollie());
  const sbx_id id = s.send(form("id=tr_nobody"));
  s.answer(404, R"({"status":404})");
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].body.empty());
  CHECK(s.host.emitted.empty());
}

TEST_CASE("of several keys each is asked with until one sees the payment") {
  Source s(config("mollie-classic", {{"api_key", {"test_withdrawn", "test_shop", "test_other_shop"}}}));
  const sbx_id id = s.send(form("id=tr_1"));
  CHECK(s.web[s.web.newest()].header("authorization") == "Bearer test_withdrawn");
  s.answer(401, "{}");
  CHECK(s.web[s.web.newest()].header("authorization") == "Bearer test_shop");
  s.answer(404, "{}");
  CHECK(s.status(id) == 0);
  CHECK(s.web[s.web.newest()].header("authorization") == "Bearer test_other_shop");
  s.answer(200, payment("tr_1", "paid"));
  REQUIRE(s.host.emitted.size() == 1);
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  const sbx_id nobody = s.send(form("id=tr_2"));
  for (int n = 0; n < 3; ++n) s.answer(404, "{}");
  CHECK(s.status(nobody) == 200);
  CHECK(s.web.fetches() == 6);
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("what is no payment's id is refused and never becomes a part of a URL") {
  Source s(mollie());
  for (const char *body : {"id=..%2F..%2Fetc", "id=tr_", "id=tr_a%2Fb", "id=tr_a?x", "id=tr_a%0d%0ax", "id=ord_1",
                           "id=", "x=tr_1", "id=tr_1&id=tr_2", "id=tr_%C3%A9", "id=tr_a-b"}) {
    CAPTURE(body);
    CHECK(s.status(s.send(form(body))) == 400);
  }
  CHECK(s.status(s.send(form("id=tr_" + std::string(62, 'a')))) == 400);
  CHECK(s.web.fetches() == 0);
}

TEST_CASE("without a usable answer the provider is told to come again") {
  Source s(mollie());
  const auto told = [&s](uint32_t code, const std::string &body) {
    const sbx_id id = s.send(form("id=tr_1"));
    s.answer(code, body);
    return s.status(id);
  };
  CHECK(told(401, "{}") == 503);
  CHECK(told(429, "{}") == 503);
  CHECK(told(500, "") == 503);
  CHECK(told(302, payment("tr_1", "paid")) == 503);
  CHECK(told(200, "not json") == 503);
  CHECK(told(200, payment("tr_2", "paid")) == 503);  // somebody else's payment
  CHECK(told(200, R"({"id":"tr_1"})") == 503);
  CHECK(told(200, R"({"id":"tr_1","status":"a b"})") == 503);
  CHECK(told(200, std::string(300u << 10, ' ')) == 503);  // longer than what is read
  const sbx_id lost = s.send(form("id=tr_1"));
  s.web.fail(s.web.newest(), SBX_EREFUSED);
  CHECK(s.status(lost) == 503);
  CHECK(s.outcome("confirm") == 10);
  CHECK(s.host.emitted.empty());
  CHECK(s.host.logged("test_secret_key") == 0);
  CHECK(s.host.logged("does not take the api_key") == 1);
}

TEST_CASE("an answer that takes too long is the same as none, and comes to nobody") {
  Source s(mollie({{"deadline", 2000}}));
  const sbx_id id = s.send(form("id=tr_1"));
  s.host.advance(2001 * sbx::kMillisecondNs);
  CHECK(s.status(id) == 503);
  CHECK(s.web.waiting() == 0);
  CHECK(s.host.emitted.empty());
}

TEST_CASE("time that the question took is not there for the store any more") {
  Source s(mollie({{"deadline", 2000}}));
  const sbx_id id = s.send(form("id=tr_1"));
  s.host.advance(1500 * sbx::kMillisecondNs);
  s.answer(200, payment("tr_1", "paid"));
  s.host.advance(501 * sbx::kMillisecondNs);
  CHECK(s.status(id) == 503);
  s.receipt(0, SBX_OK);  // too late, and harmless
}

TEST_CASE("a client that goes away takes its question with it") {
  Source s(mollie());
  const sbx_id id = s.send(form("id=tr_1"));
  s.http.drop(id);
  CHECK(s.web.waiting() == 0);
  CHECK(s.host.emitted.empty());
}

TEST_CASE("questions at a time are limited, and what finds no place is told to come again") {
  Source s(mollie());
  for (int i = 0; i < 32; ++i) s.send(form("id=tr_" + std::to_string(i)));
  CHECK(s.web.waiting() == 32);
  const sbx_id more = s.send(form("id=tr_more"));
  CHECK(s.status(more) == 503);
  CHECK(s.outcome("busy") == 1);
  s.web.answer(1, {.status = 404});
  s.send(form("id=tr_more"));
  CHECK(s.web.waiting() == 32);
}

TEST_CASE("two copies at once and one after a restart have the same dedupe key") {
  Source s(mollie());
  s.send(form("id=tr_1"));
  s.send(form("id=tr_1"));
  s.web.answer(1, {.body = payment("tr_1", "paid")});
  s.web.answer(2, {.body = payment("tr_1", "paid")});
  REQUIRE(s.host.emitted.size() == 2);
  CHECK(s.host.emitted[0].dedupe_key == s.host.emitted[1].dedupe_key);
  s.receipt(0, SBX_OK);
  s.receipt(1, SBX_DUPLICATE);
  CHECK(s.status(1) == 200);
  CHECK(s.status(2) == 200);
  Source later(mollie());
  later.send(form("id=tr_1"));
  later.answer(200, payment("tr_1", "paid"));
  CHECK(later.host.emitted.at(0).dedupe_key == s.host.emitted[0].dedupe_key);
}

TEST_CASE("another address can be asked, which is where a test listens") {
  Source s(mollie({{"api_url", "http://127.0.0.1:8080/"}}));
  REQUIRE(s.host.warnings.size() == 1);
  CHECK(s.host.warnings[0].where == "/api_url");
  s.send(form("id=tr_1"));
  CHECK(s.web[1].url == "http://127.0.0.1:8080/v2/payments/tr_1");
}

TEST_CASE("a payment that was kept can be replayed without asking again") {
  Source s(mollie({{"keep_raw", true}}));
  auto r = form("id=tr_1");
  r.headers.emplace_back("signalbox-payment", "forged");
  s.send(r);
  s.answer(200, payment("tr_1", "paid"));
  REQUIRE(s.host.emitted.size() == 1);
  const std::string raw = s.host.emitted[0].raw_bytes;
  const auto *replay = s.plugin.extension<sbx_replay>(SBX_REPLAY);
  REQUIRE(replay);
  CHECK(s.host.call([&] { return replay->replay(s.plugin.self(), sbx::raw(raw), s.host.now_ns); }) == 1);
  REQUIRE(s.host.emitted.size() == 2);
  CHECK(s.host.emitted[1].data == s.host.emitted[0].data);
  CHECK(s.host.emitted[1].id == "tr_1");
  CHECK(s.web.fetches() == 1);
}

TEST_CASE("options that cannot work refuse the start at their place") {
  CHECK(fault(config("mollie-classic", json::object())) == "/secrets/api_key");
  CHECK(fault(config("mollie-classic", {{"api_key", "a\nb"}})) == "/secrets/api_key");
  CHECK(fault(mollie({{"api_url", "ftp://x"}})) == "/api_url");
  CHECK(fault(mollie({{"api_url", "https://x/?a=b"}})) == "/api_url");
  CHECK(fault(mollie({{"confirm", "postback"}})) == "/confirm");
  CHECK(fault(config("braintree", {{"merchant_id", "m"}, {"public_key", "p"}})) == "/secrets/private_key");
  CHECK(fault(config("braintree", {{"public_key", "p"}, {"private_key", "k"}}, {{"api_url", "https://x"}})) ==
        "/api_url");
  CHECK(fault(config("paypal-ipn", json::object())) == "/secrets/receiver_email");
}
