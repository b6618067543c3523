// The reply to a push: readable for the provider, and for nobody's markup a way out of its element.
#include <doctest/doctest.h>

#include "plugins/sources/oauth/scene_reply.hpp"
#include "plugins/sources/webhook/xml_reader.hpp"
#include "tests/oauth_scene/wechat.hpp"

using namespace oauth;
using scene_test::Wechat;

namespace {

const Wechat wechat;

ReplyKeys keys() { return {wechat.token, wechat.appid, wechat.key}; }
EnvelopeChance chance() { return {"0123456789abcdef", "Nonce1", scene_test::kNow}; }

std::string field(const std::string &xml, std::string_view name) {
  const auto fields = webhook::read_xml(xml);
  REQUIRE(fields);
  REQUIRE(fields->find(name));
  return *fields->find(name);
}

}  // namespace

TEST_CASE("a text reply has the push's names the other way round, and the text") {
  const std::string xml = text_reply_xml({"oPhone", "gh_scene", 1'760'000'000, "hello\n你好"});
  CHECK(scene_test::cut(xml, "ToUserName") == "oPhone");
  CHECK(scene_test::cut(xml, "FromUserName") == "gh_scene");
  CHECK(scene_test::cut(xml, "CreateTime") == "1760000000");
  CHECK(scene_test::cut(xml, "MsgType") == "text");
  CHECK(scene_test::cut(xml, "Content") == "hello\n你好");
}

TEST_CASE("no text ends its element") {
  for (const std::string text : {"]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[", "]]>", "]]]]>>",
                                 "a]]", "]]>]]>]]>", "<![CDATA[", "&lt;&amp;", "]", ""}) {
    CAPTURE(text);
    const std::string xml = text_reply_xml({"]]></ToUserName><x/>", "gh", 1, text});
    CHECK(field(xml, "Content") == text);
    CHECK(field(xml, "ToUserName") == "]]></ToUserName><x/>");
    CHECK(field(xml, "MsgType") == "text");
    CHECK(webhook::read_xml(xml)->sorted().size() == 5);
  }
}

TEST_CASE("characters that XML cannot hold are left out of a text") {
  const std::string xml = text_reply_xml({"o", "gh", 1, std::string("a\0b\x01\x1f\r\tc\n", 9)});
  CHECK(field(xml, "Content") == "ab\tc\n");
}

TEST_CASE("a left-out character does not make an end out of two halves") {
  const std::string xml = text_reply_xml({"o", "gh", 1, "]]\x01></Content>"});
  CHECK(field(xml, "Content") == "]]></Content>");
}

TEST_CASE("the provider opens the envelope, whatever the length of what is in it") {
  for (size_t length = 0; length < 70; ++length) {
    const std::string xml(length, 'x');
    const auto envelope = sealed_reply(keys(), xml, chance());
    REQUIRE(envelope);
    CHECK(wechat.open(*envelope) == xml);
    CHECK(scene_test::cut(*envelope, "TimeStamp") == "1760000000");
    CHECK(scene_test::cut(*envelope, "Nonce") == "Nonce1");
  }
}

TEST_CASE("the test's own cipher finds a changed envelope") {
  std::string envelope = *sealed_reply(keys(), "<xml/>", chance());
  Wechat other;
  other.token = "another";
  CHECK_THROWS(other.open(envelope));
  other = {};
  other.appid = "wxother";
  CHECK_THROWS(other.open(envelope));
  const size_t at = envelope.find("CDATA[") + 8;
  envelope[at] = envelope[at] == 'A' ? 'B' : 'A';
  CHECK_THROWS(wechat.open(envelope));
}
