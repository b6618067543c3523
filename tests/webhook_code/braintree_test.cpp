// Braintree's webhooks: signatures of several keys, payloads in lines, typed XML, and the set-up's challenge.
#include "plugins/sources/webhook/braintree.hpp"

#include "plugins/sources/webhook/digest.hpp"
#include "plugins/sources/webhook/encoding.hpp"
#include "plugins/sources/webhook/xml_json.hpp"
#include "tests/webhook_code/fixture.hpp"

using namespace webhook_test;
using webhook::json_of_xml;

namespace {

const json kSecrets = {{"merchant_id", "m"}, {"public_key", "our_public"}, {"private_key", "our_private"}};
const std::string kXml =
    "<notification><timestamp type=\"datetime\">2025-10-09T08:53:20Z</timestamp><kind>transaction_settled</kind>"
    "<subject><transaction><id>tx1</id><order-id>ORD-3</order-id></transaction></subject></notification>";

std::string hmac(const std::string &text, const std::string &key = "our_private") {
  using webhook::Hash;
  return webhook::hex_of(webhook::hmac_of(Hash::kSha1, webhook::digest_of(Hash::kSha1, key), text));
}
std::string escaped(const std::string &text) {
  std::string made;
  for (const char c : text) made += "%" + webhook::hex_of(std::string(1, c));
  return made;
}
webhook::CallbackRequest signed_by(const std::string &signatures, const std::string &payload) {
  return form("bt_signature=" + escaped(signatures) + "&bt_payload=" + escaped(payload));
}
webhook::CallbackRequest notification(const std::string &xml = kXml) {
  const std::string payload = webhook::base64_of(xml) + "\n";
  return signed_by("our_public|" + hmac(payload), payload);
}

}  // namespace

TEST_CASE("a notification becomes an event with its kind and order") {
  Source s(config("braintree", kSecrets));
  CHECK(s.host.warnings.empty());
  const sbx_id id = s.send(notification());
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].name == "transaction_settled");
  CHECK(s.host.emitted[0].channel == "pay.ORD-3");
  CHECK(json::parse(s.host.emitted[0].data)["notification"]["subject"]["transaction"]["id"] == "tx1");
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  s.send(notification());
  CHECK(s.host.emitted[1].dedupe_key == s.host.emitted[0].dedupe_key);
}

TEST_CASE("of several signatures the one of our public key counts") {
  Source s(config("braintree", kSecrets));
  const std::string payload = webhook::base64_of(kXml) + "\n", good = hmac(payload), bad(40, '0');
  const auto status = [&](const std::string &signatures) { return s.status(s.send(signed_by(signatures, payload))); };
  CHECK(status("theirs|" + bad + "&our_public|" + good) == 0);
  CHECK(status("our_public|" + good + "&theirs|" + bad) == 0);
  CHECK(status("theirs|" + good) == 401);
  CHECK(status("our_public|" + bad + "&theirs|" + good) == 401);
  CHECK(status("our_public|" + hmac(payload, "another_private")) == 401);
  CHECK(status("our_public") == 400);
  CHECK(status("our_public|xyz") == 400);
  CHECK(status("|" + good) == 400);
  CHECK(status("our_public|" + good.substr(0, 38)) == 401);
  std::string many = "our_public|" + good;
  for (int i = 0; i < 8; ++i) many += "&x|" + bad;
  CHECK(status(many) == 400);
  CHECK(s.outcome("key") == 1);
}

TEST_CASE("the newline at the payload's end may have been lost on the way, nothing else may") {
  Source s(config("braintree", kSecrets));
  const std::string payload = webhook::base64_of(kXml);
  s.send(signed_by("our_public|" + hmac(payload + "\n"), payload));
  CHECK(s.host.emitted.size() == 1);
  CHECK(s.status(s.send(signed_by("our_public|" + hmac(payload), payload + "\n"))) == 401);
  const std::string lines = payload.substr(0, 60) + "\n" + payload.substr(60) + "\n";
  s.send(signed_by("our_public|" + hmac(lines), lines));
  CHECK(s.host.emitted.size() == 2);
  CHECK(s.host.emitted[1].dedupe_key == s.host.emitted[0].dedupe_key);
  const std::string junk = payload + "!";
  CHECK(s.status(s.send(signed_by("our_public|" + hmac(junk), junk))) == 400);
}

TEST_CASE("both keys can be changed without a pause") {
  json secrets = kSecrets;
  secrets["public_key"] = {"new_public", "our_public"};
  secrets["private_key"] = {"new_private", "our_private"};
  Source s(config("braintree", secrets));
  s.send(notification());
  const std::string payload = webhook::base64_of(kXml) + "\n";
  s.send(signed_by("new_public|" + hmac(payload, "new_private"), payload));
  CHECK(s.host.emitted.size() == 2);
}

TEST_CASE("a challenge is answered with our proof, and only a challenge") {
  Source s(config("braintree", kSecrets));
  const auto get = [&s](const std::string &query) {
    webhook::CallbackRequest r;
    r.method = "GET";
    r.query = query;
    return s.send(r);
  };
  const std::string challenge = "20f9f8ed05f77439fe955c977e4c8a53";
  const sbx_id id = get("bt_challenge=" + challenge);
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].body == "our_public|" + hmac(challenge));
  for (const std::string &bad : {std::string("20f9f8ed05f77439fe9"), challenge + "0", std::string(32, 'g'),
                                 webhook::base64_of("<notification/>"), std::string()})
    CHECK(s.status(get("bt_challenge=" + escaped(bad))) == 400);
  CHECK(s.status(get("")) == 400);
  CHECK(s.status(get("bt_challenge=" + challenge + "&bt_challenge=" + challenge)) == 400);
  CHECK(s.host.emitted.empty());
}

TEST_CASE("the answer to a challenge is no signature of a payload") {
  Source s(config("braintree", kSecrets));
  const std::string challenge = "20f9f8ed05f77439fe955c977e4c8a53";
  CHECK(s.status(s.send(signed_by("our_public|" + hmac(challenge), challenge))) == 401);
  CHECK(s.outcome("decrypt") == 1);
}

TEST_CASE("what is signed and no notification is refused") {
  Source s(config("braintree", kSecrets));
  CHECK(s.status(s.send(notification("not xml"))) == 401);
  CHECK(s.status(s.send(notification("<!DOCTYPE a [<!ENTITY b \"c\">]><notification/>"))) == 401);
  CHECK(s.status(s.send(form("bt_payload=YQ%3D%3D"))) == 400);
  CHECK(s.status(s.send(form("bt_signature=a%7Cb"))) == 400);
}

TEST_CASE("typed XML becomes JSON") {
  CHECK(json_of_xml("<a/>") == R"({"a":""})");
  CHECK(json_of_xml("<?xml version=\"1.0\"?>\n<a><b>x &amp; y</b> <c nil=\"true\"/></a>\n") ==
        R"({"a":{"b":"x & y","c":null}})");
  CHECK(json_of_xml("<a type='array'><i>1</i><i><b>2</b></i></a>") == R"({"a":["1",{"b":"2"}]})");
  CHECK(json_of_xml("<a type=\"array\"></a>") == R"({"a":[]})");
  CHECK(json_of_xml("<a><n type=\"integer\">-12</n><z type=\"integer\">012</z><b type=\"boolean\">true</b></a>") ==
        R"({"a":{"n":-12,"z":"012","b":true}})");
  CHECK(json_of_xml("<a><![CDATA[\"<]]></a>") == R"({"a":"\"<"})");
  CHECK(json_of_xml("<a type=\"integer\" nil=\"true\"></a>") == R"({"a":null})");
}

TEST_CASE("XML that another reader might read otherwise is refused") {
  for (const char *xml : {"",
                          "<a>",
                          "<a></b>",
                          "<a/><b/>",
                          "<a><b/><b/></a>",
                          "<a>x<b/></a>",
                          "<a type=\"array\">x</a>",
                          "<a x=\"1\"/>",
                          "<a type=\"array\" type=\"integer\"/>",
                          "<a type=array/>",
                          "<a type=\"&lt;\"/>",
                          "<a type=\"<\"/>",
                          "<!DOCTYPE a><a/>",
                          "<a><!-- b --></a>",
                          "<a><?b?></a>",
                          "<a>&b;</a>",
                          "<a>&#0;</a>",
                          "<a>\x01</a>",
                          "<a>\xff</a>",
                          "<a>]]></a>",
                          "<a b/>",
                          "<1/>"}) {
    CAPTURE(xml);
    CHECK_FALSE(json_of_xml(xml));
  }
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "<a>";
  for (int i = 0; i < 17; ++i) deep += "</a>";
  CHECK_FALSE(json_of_xml(deep));
  std::string wide = "<a type=\"array\">";
  for (int i = 0; i < 16'384; ++i) wide += "<b/>";
  CHECK_FALSE(json_of_xml(wide + "</a>"));
}
