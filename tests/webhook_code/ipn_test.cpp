// PayPal's Instant Payment Notifications: nothing counts, and nothing is answered, before PayPal has said VERIFIED.
#include "tests/webhook_code/fixture.hpp"

using namespace webhook_test;

namespace {

const std::string kBody =
    "payment_status=Completed&charset=windows-1252&receiver_email=shop%40example.test&txn_id=61E67681CH3238416"
    "&first_name=J%FCrgen&mc_gross=19.99&custom=ORD-9&item_name=5+%80";

json ipn(const json &more = json::object()) {
  return config("paypal-ipn", {{"receiver_email", "shop@example.test"}}, more);
}

}  // namespace

TEST_CASE("a notification is posted back as it came, and becomes an event when PayPal has verified it") {
  Source s(ipn());
  const sbx_id id = s.send(form(kBody));
  REQUIRE(s.web.fetches() == 1);
  CHECK(s.web[1].method == "POST");
  CHECK(s.web[1].url == "https://ipnpb.paypal.com/cgi-bin/webscr");
  CHECK(s.web[1].header("content-type") == "application/x-www-form-urlencoded");
  CHECK(s.web[1].body == "cmd=_notify-validate&" + kBody);
  CHECK(s.host.emitted.empty());
  CHECK(s.status(id) == 0);
  s.answer(200, "VERIFIED");
  REQUIRE(s.host.emitted.size() == 1);
  const auto &event = s.host.emitted[0];
  CHECK(event.channel == "pay.ORD-9");
  CHECK(event.name == "Completed");
  CHECK(event.id == "61E67681CH3238416:Completed");
  const json data = json::parse(event.data);
  CHECK(data["first_name"] == "Jürgen");
  CHECK(data["item_name"] == "5 €");
  CHECK(s.status(id) == 0);
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].body.empty());
}

TEST_CASE("what PayPal has not sent is refused") {
  Source s(ipn());
  const sbx_id id = s.send(form(kBody));
  s.answer(200, "INVALID");
  CHECK(s.status(id) == 401);
  CHECK(s.outcome("signature") == 1);
  CHECK(s.host.emitted.empty());
}

TEST_CASE("without an answer nothing is acknowledged, so PayPal sends it again") {
  Source s(ipn());
  const auto told = [&s](uint32_t code, const std::string &body) {
    const sbx_id id = s.send(form(kBody));
    s.answer(code, body);
    return s.status(id);
  };
  CHECK(told(500, "VERIFIED") == 503);
  CHECK(told(302, "VERIFIED") == 503);
  CHECK(told(200, "") == 503);
  CHECK(told(200, "<html>VERIFIED</html>") == 503);
  CHECK(told(200, "VERIFIEDINVALID") == 503);
  const sbx_id lost = s.send(form(kBody));
  s.web.fail(s.web.newest(), SBX_ECLOSED);
  CHECK(s.status(lost) == 503);
  const sbx_id again = s.send(form(kBody));
  s.answer(200, "VERIFIED\n");
  s.receipt(0, SBX_OK);
  CHECK(s.status(again) == 200);
}

TEST_CASE("a store that fails after the verification is told as such") {
  Source s(ipn());
  const sbx_id id = s.send(form(kBody));
  s.answer(200, "VERIFIED");
  s.receipt(0, SBX_ESTORE);
  CHECK(s.status(id) == 503);
}

TEST_CASE("somebody else's receiver is refused before PayPal is asked") {
  Source s(ipn());
  CHECK(s.status(s.send(form("receiver_email=thief%40example.test&txn_id=1&payment_status=Completed"))) == 401);
  CHECK(s.outcome("policy") == 1);
  CHECK(s.status(s.send(form("txn_id=1&payment_status=Completed"))) == 400);
  CHECK(s.status(s.send(form("receiver_email=shop%40example.test&receiver_email=x&txn_id=1"))) == 400);
  CHECK(s.status(s.send(form("%zz=1"))) == 400);
  CHECK(s.web.fetches() == 0);
}

TEST_CASE("a transaction's states are events of their own; without both parts the content counts") {
  Source s(ipn());
  const auto key_of = [&s](const std::string &fields) {
    s.send(form("receiver_email=shop%40example.test&" + fields));
    s.answer(200, "VERIFIED");
    return s.host.emitted.back().dedupe_key;
  };
  const std::string pending = key_of("txn_id=1&payment_status=Pending");
  CHECK(pending == key_of("txn_id=1&payment_status=Pending&resend=true"));
  CHECK(pending != key_of("txn_id=1&payment_status=Completed"));
  CHECK(key_of("txn_type=new_case&txn_id=1&case_id=2") != key_of("txn_type=new_case&txn_id=1&case_id=3"));
  CHECK(key_of("txn_type=subscr_signup&subscr_id=1") != key_of("txn_type=subscr_signup&subscr_id=2"));
}

TEST_CASE("text in other charsets does no harm") {
  Source s(ipn({{"data", {{"name", "{/first_name}"}}}}));
  const auto name_of = [&s](const std::string &fields) {
    s.send(form("receiver_email=shop%40example.test&txn_id=1&payment_status=x&" + fields));
    s.answer(200, "VERIFIED");
    return json::parse(s.host.emitted.back().data)["name"].get<std::string>();
  };
  CHECK(name_of("first_name=J%C3%BCrgen&charset=UTF-8") == "Jürgen");
  CHECK(name_of("first_name=J%C3%BCrgen") == "Jürgen");
  CHECK(name_of("first_name=J%FCrgen&charset=UTF-8") == "J\xEF\xBF\xBDrgen");
  CHECK(name_of("first_name=%82%A0x&charset=Shift_JIS") == "\xEF\xBF\xBD\xEF\xBF\xBDx");
}

TEST_CASE("the sandbox is asked only where the user says so") {
  Source live(ipn());
  live.send(form(kBody + "&test_ipn=1"));
  CHECK(live.web[1].url == "https://ipnpb.paypal.com/cgi-bin/webscr");
  Source sandbox(ipn({{"api_url", "https://ipnpb.sandbox.paypal.com/cgi-bin/webscr"}}));
  sandbox.send(form(kBody));
  CHECK(sandbox.web[1].url == "https://ipnpb.sandbox.paypal.com/cgi-bin/webscr");
}

TEST_CASE("a stop waits for what PayPal is being asked about") {
  Source s(ipn());
  const sbx_id id = s.send(form(kBody));
  s.plugin.stop();
  CHECK_FALSE(s.host.stopped);
  s.answer(200, "VERIFIED");
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  CHECK(s.host.stopped);
}
