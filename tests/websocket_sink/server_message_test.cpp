#include "plugins/sinks/websocket/server_message.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sbx/testing/lent.hpp>
#include <string>
#include <string_view>

using sbx::testing::Event;
using sbx::testing::LentEvent;
using Json = nlohmann::json;

namespace {

std::optional<std::string> encode(const Event &e) { return websocket::event_message(LentEvent(e).head); }

}  // namespace

TEST_CASE("an event's data goes out byte for byte") {
  CHECK(encode({.channel = "a", .name = "b", .data = R"({ "n":1e2,"u":"\u00e4" })", .id = "7", .cursor = "C"}) ==
        R"({"type":"event","channel":"a","event":"b","data":{ "n":1e2,"u":"\u00e4" },"id":"7","cursor":"C"})");
}

TEST_CASE("names with quotes, line breaks and control characters stay inside their strings") {
  const std::string nasty = "a\"},\"x\":{\"\\\n\x01\u2028";
  const auto text = encode({.channel = nasty, .name = nasty, .data = "1", .id = nasty, .cursor = "C"});
  REQUIRE(text);
  const Json j = Json::parse(*text);
  CHECK(j.size() == 6);
  for (const char *key : {"channel", "event", "id"}) CHECK(j.at(key) == nasty);
}

TEST_CASE("an event without an id of its own, or with one that is no text, is known by its cursor") {
  CHECK(Json::parse(*encode({.channel = "a", .data = "1", .cursor = "C"})).at("id") == "C");
  CHECK(Json::parse(*encode({.channel = "a", .data = "1", .id = "\xff", .cursor = "C"})).at("id") == "C");
}

TEST_CASE("an event without a place in the log has no cursor, and no id if the source gave none") {
  CHECK(encode({.channel = "a", .name = "b", .data = "1"}) == R"({"type":"event","channel":"a","event":"b","data":1})");
  CHECK(Json::parse(*encode({.channel = "a", .data = "1", .id = "7"})).at("id") == "7");
}

TEST_CASE("a change of members is told in the words of the protocol, or not at all") {
  const auto told = [](const Event &e) { return websocket::presence_message(LentEvent(e).head); };
  CHECK(told({.channel = "p\"", .name = "joining", .data = "{}", .cursor = "C"}) ==
        R"({"type":"join","channel":"p\"","member":{}})");
  CHECK(told({.channel = "p", .name = "leaving", .data = "{}"}) == R"({"type":"leave","channel":"p","member":{}})");
  CHECK(told({.channel = "p", .name = "here", .data = "[1]"}) == R"({"type":"members","channel":"p","members":[1]})");
  for (const char *data : {"", "{}},{", "\"\xff\""}) CHECK_FALSE(told({.channel = "p", .name = "here", .data = data}));
  CHECK_FALSE(told({.channel = "\xff", .name = "here", .data = "[]"}));
  CHECK_FALSE(told({.channel = "p", .name = "dancing", .data = "[]"}));
}

TEST_CASE("binary data is base64, and says so") {
  const auto base64 = [](std::string_view bytes) {
    const Json j = Json::parse(*encode({.channel = "a", .data = std::string(bytes), .binary = true}));
    CHECK(j.at("encoding") == "base64");
    return j.at("data").get<std::string>();
  };
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64(std::string_view("\0\xff\xfe\x3f", 4)) == "AP/+Pw==");
}

TEST_CASE("what no client could read is nothing") {
  CHECK_FALSE(encode({.channel = "a", .data = ""}));
  CHECK_FALSE(encode({.channel = "a", .data = "1},{"}));
  CHECK_FALSE(encode({.channel = "a", .data = "\"\xff\""}));
  CHECK_FALSE(encode({.channel = "\xff", .data = "1"}));
  CHECK_FALSE(encode({.channel = "a", .name = "\xff", .data = "1"}));
}

TEST_CASE("the other messages") {
  using namespace websocket;
  CHECK(welcome_message("I", "C") == R"({"type":"welcome","id":"I","cursor":"C"})");
  CHECK(welcome_message("I", "") == R"({"type":"welcome","id":"I"})");
  CHECK(subscribed_message("a", "C", true, {}, "1") ==
        R"({"type":"subscribed","channel":"a","cursor":"C","recovered":true,"ref":1})");
  CHECK(subscribed_message("a", "C", false, {}, "") ==
        R"({"type":"subscribed","channel":"a","cursor":"C","recovered":false})");
  CHECK(subscribed_message("a", "C", false, "[{}]", "1") ==
        R"({"type":"subscribed","channel":"a","cursor":"C","recovered":false,"members":[{}],"ref":1})");
  CHECK(sent_message("1") == R"({"type":"sent","ref":1})");
  CHECK(unsubscribed_message("a", "\"x\"") == R"({"type":"unsubscribed","channel":"a","ref":"x"})");
  CHECK(gap_message("a\"") == R"({"type":"gap","channel":"a\""})");
  CHECK(pong_message("") == R"({"type":"pong"})");
  CHECK(error_message(Error::kForbidden, "no", "a", "1") ==
        R"({"type":"error","code":"forbidden","message":"no","channel":"a","ref":1})");
}
