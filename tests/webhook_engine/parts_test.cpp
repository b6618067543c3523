// The engine's readers one by one.
#include <doctest/doctest.h>

#include "plugins/sources/webhook/digest.hpp"
#include "plugins/sources/webhook/event_template.hpp"
#include "plugins/sources/webhook/fields.hpp"
#include "plugins/sources/webhook/json_body.hpp"
#include "plugins/sources/webhook/xml_reader.hpp"
#include "tests/webhook_engine/vectors.hpp"

using namespace webhook_test;
using webhook::Decoded;
using webhook::Encoding;

TEST_CASE("base64 and hexadecimal have one text for each run of bytes") {
  std::string to;
  CHECK(decode(Encoding::kBase64, "TQ==", to) == Decoded::kOk);
  CHECK(to == "M");
  CHECK(decode(Encoding::kBase64, "TR==", to) == Decoded::kLength);  // bits that mean nothing
  CHECK(decode(Encoding::kBase64, "TQ", to) == Decoded::kLength);
  CHECK(decode(Encoding::kBase64, "TQ=", to) == Decoded::kLength);
  CHECK(decode(Encoding::kBase64, "T=Q=", to) == Decoded::kCharacters);
  CHECK(decode(Encoding::kBase64, "TQ-_", to) == Decoded::kCharacters);
  CHECK(decode(Encoding::kBase64, "TQ==\n", to) == Decoded::kCharacters);
  CHECK(decode(Encoding::kBase64, "", to) == Decoded::kLength);
  CHECK(decode(Encoding::kHex, "4d4D", to) == Decoded::kOk);
  CHECK(decode(Encoding::kHex, "4d4", to) == Decoded::kLength);
  CHECK(decode(Encoding::kHex, "0x4d", to) == Decoded::kCharacters);
  CHECK(decode(Encoding::kUpperHex, "4d", to) == Decoded::kCharacters);
  CHECK(to == "MMM");
}

TEST_CASE("a form's escapes become bytes, once") {
  const auto form = webhook::read_form("a=1+2%2B3&b=%E6%B5%8B&c=&%64=%25&gbk=%B2%E2");
  REQUIRE(form);
  CHECK(*form->find("a") == "1 2+3");
  CHECK(*form->find("b") == "测");
  CHECK(form->find("c")->empty());
  CHECK(*form->find("d") == "%");
  CHECK(*form->find("gbk") == "\xB2\xE2");
  CHECK(form->find("e") == nullptr);
  for (const char *bad : {"a=%", "a=%4", "a=%zz", "a=%00", "=1", "a=1&a=2", "a=1&%61=2", "a=1 2", "a=\n"})
    CHECK_FALSE(webhook::read_form(bad));
  std::string many;
  for (int i = 0; i < 513; ++i) many += "f" + std::to_string(i) + "=&";
  CHECK_FALSE(webhook::read_form(many));
}

TEST_CASE("XML is elements with text in them, and nothing else") {
  const auto xml = webhook::read_xml(
      "<?xml version=\"1.0\"?>\n<xml>\n<a>1 &amp; &#x6D4B;</a><b><![CDATA[<&>]]></b><c/><d></d>"
      "<list><item>1</item><item>2</item></list></xml>\n");
  REQUIRE(xml);
  CHECK(*xml->find("a") == "1 & 测");
  CHECK(*xml->find("b") == "<&>");
  CHECK(xml->find("c")->empty());
  CHECK(xml->find("list")->empty());
  CHECK(xml->find("item") == nullptr);
  for (const char *bad : {"",
                          "xml",
                          "<xml>",
                          "<xml></lmx>",
                          "<xml><a></xml></a>",
                          "<xml><a>1</a><a>2</a></xml>",
                          "<xml>text</xml>",
                          "<!DOCTYPE xml><xml></xml>",
                          "<xml><!-- c --></xml>",
                          "<xml><?p ?></xml>",
                          "<xml><a b='1'/></xml>",
                          "<xml><a>&x;</a></xml>",
                          "<xml><a>&#0;</a></xml>",
                          "<xml><a>&#xD800;</a></xml>",
                          "<xml><a>&#x110000;</a></xml>",
                          "<xml><a>&amp</a></xml>",
                          "<xml><a>]]></a></xml>",
                          "<xml></xml><xml></xml>",
                          "<xml><a>1<b/></a></xml>",
                          "<xml><a>\xFF</a></xml>",
                          "<xml><a>\x01</a></xml>",
                          "<xml><a><![CDATA[x</a></xml>"}) {
    CAPTURE(bad);
    CHECK_FALSE(webhook::read_xml(bad));
  }
  std::string deep, wide = "<xml>";
  for (int i = 0; i < 9; ++i) deep += "<a>";
  for (int i = 0; i < 9; ++i) deep += "</a>";
  CHECK_FALSE(webhook::read_xml(deep));
  for (int i = 0; i < 2000; ++i) wide += "<a" + std::to_string(i) + "/>";
  CHECK_FALSE(webhook::read_xml(wide + "</xml>"));
}

TEST_CASE("JSON is asked by pointers, and has each key once") {
  const auto body = webhook::JsonBody::read(R"({"a":{"b/c":[1,"x\u00e9",null,true,{}]},"n":1.50})");
  REQUIRE(body);
  CHECK(body->text_at("/a/b~1c/0") == "1");
  CHECK(body->text_at("/a/b~1c/1") == "xé");
  CHECK_FALSE(body->text_at("/a/b~1c/2"));
  CHECK(body->text_at("/a/b~1c/3") == "true");
  CHECK_FALSE(body->text_at("/a/b~1c/4"));
  CHECK_FALSE(body->text_at("/a/b~1c/9"));
  CHECK_FALSE(body->text_at("/a/x"));
  CHECK(body->text_at("/n") == "1.50");
  CHECK(body->find("/a/b~1c/4") == "{}");
  CHECK(body->elements("/a/b~1c", 5)->size() == 5);
  CHECK_FALSE(body->elements("/a/b~1c", 4));
  CHECK_FALSE(webhook::JsonBody::read(R"({"a":{"b":1,"b":2}})"));
  CHECK_FALSE(webhook::JsonBody::read(std::string(65, '[') + std::string(65, ']')));
  CHECK_FALSE(webhook::JsonBody::read("{} {}"));
}

TEST_CASE("a key is found to be there twice however many there are and however it is written") {
  const auto object_of = [](int keys, const std::string &last) {
    std::string text = "{";
    for (int i = 0; i < keys; ++i) text += "\"k" + std::to_string(i) + "\":{\"k0\":[{}]},";
    return text + last + "}";
  };
  for (const int keys : {1, 2, 14, 15, 16, 17, 18, 40}) {
    CAPTURE(keys);
    CHECK(webhook::JsonBody::read(object_of(keys, R"("k":0,"K0":1)")));
    CHECK(webhook::JsonBody::read(object_of(keys, R"("\u006b":0,"K0":1)")));
    for (const char *twice : {R"("k0":0)", R"("\u006b0":0)", R"("k\u0030":0,"a":1)", R"("x":0,"\u0078":1)",
                              R"("\u0078":0,"x":1)", R"("\u0078":0,"a":1,"\u0078":2)", R"("a":{"b":1,"\u0062":2})"}) {
      CAPTURE(twice);
      CHECK_FALSE(webhook::JsonBody::read(object_of(keys, twice)));
    }
  }
}

TEST_CASE("a key that was prepared makes the same keyed hashes, again and again") {
  for (const std::string &key : {std::string("k"), std::string(64, 'k'), std::string(200, '\0')}) {
    const webhook::HmacKey prepared(key);
    for (const webhook::Hash hash : {webhook::Hash::kMd5, webhook::Hash::kSha1, webhook::Hash::kSha256})
      for (const std::string &text : {std::string(), std::string("a"), std::string(1000, 'x')})
        for (int again = 0; again < 2; ++again) CHECK(prepared.of(hash, text) == webhook::hmac_of(hash, key, text));
  }
}

TEST_CASE("templates fill in what the event says, and a channel has no empty part") {
  const auto run = [](const std::string &channel, const json &data) {
    webhook::EventTemplates templates;
    templates.channel.push_back(*webhook::EventTemplate::read(channel));
    std::string fault;
    templates.data = webhook::DataTemplate::read(data.dump(), fault);
    return verifier("stripe", secrets_of("stripe"), templates).verify(request("stripe/valid"), kNow);
  };
  const auto verdict = run("pay.{order}.{type}{{{id}}}", {{"id", "{id}"},
                                                          {"same", "{/id}"},
                                                          {"none", "{/nothing}"},
                                                          {"text", "order {order}: {/nothing}"},
                                                          {"list", {1, "{/type}", true}}});
  REQUIRE(verdict.events.size() == 1);
  CHECK(verdict.events[0].channel == "pay.ORD-1001.checkout.session.completed{evt_1SGtest0001}");
  CHECK(json::parse(verdict.events[0].data) == json{{"id", "evt_1SGtest0001"},
                                                    {"same", "evt_1SGtest0001"},
                                                    {"none", nullptr},
                                                    {"text", "order ORD-1001: "},
                                                    {"list", {1, "checkout.session.completed", true}}});
  const auto refused = run("pay.{/nothing}", nullptr);
  CHECK(refused.stage == webhook::Stage::kTemplate);
  CHECK(refused.events.empty());
  for (const char *bad : {"{", "}", "{}", "{unknown}", "{secret:key}", "{body}", "a{order", "{item:t}"})
    CHECK_FALSE(webhook::EventTemplate::read(bad));
}
