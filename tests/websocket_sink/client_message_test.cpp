#include "plugins/sinks/websocket/client_message.hpp"

#include <doctest/doctest.h>

#include <string>

using websocket::ClientMessage;
using websocket::Error;
using websocket::read_client_message;
using Type = ClientMessage::Type;

namespace {

Error error_of(const std::string &text) {
  const ClientMessage m = read_client_message(text);
  REQUIRE(m.type == Type::kBad);
  CHECK_FALSE(m.why.empty());
  return m.error;
}

}  // namespace

TEST_CASE("the messages are understood, with escapes, in any order, beside members that are not known") {
  std::string text =
      R"( { "ref" : -1.5e3, "auth":{"a":[1]}, "channel":"pay.\u00e4\n", "since":"CURSOR","type":"sub\u0073cribe"} )";
  ClientMessage m = read_client_message(text);
  CHECK(m.type == Type::kSubscribe);
  CHECK(m.channel == "pay.\u00e4\n");
  CHECK(m.since == "CURSOR");
  CHECK(m.ref == "-1.5e3");
  text = R"({"type":"unsubscribe","channel":"a","ref":"x\"y"})";
  m = read_client_message(text);
  CHECK(m.type == Type::kUnsubscribe);
  CHECK(m.ref == R"("x\"y")");
  CHECK(read_client_message(R"({"type":"ping"})").type == Type::kPing);
}

TEST_CASE("what a client says to others has a channel, a name and data of any kind") {
  std::string text =
      R"({"type":"event","data":{"a": [1e2]},"event":"client-\u00e4","channel":"private-a","ref":1,"later":2})";
  ClientMessage m = read_client_message(text);
  CHECK(m.type == Type::kEvent);
  CHECK(m.channel == "private-a");
  CHECK(m.event == "client-\u00e4");
  CHECK(m.data == R"({"a": [1e2]})");
  CHECK(m.ref == "1");
  CHECK(read_client_message(R"({"type":"event","channel":"a","event":"e"})").data == "null");
  CHECK(read_client_message(R"({"type":"event","channel":"a","event":"e","data":null})").data == "null");
  CHECK(read_client_message(R"({"type":"event","channel":"a","event":"e","data":"null"})").data == "\"null\"");
  for (const char *bad : {R"({"type":"event","channel":"a","data":1})", R"({"type":"event","channel":"a","event":7})",
                          R"({"type":"event","channel":"a","event":""})",
                          R"({"type":"event","channel":"a","event":"e","data":1,"data":2})",
                          R"({"type":"event","channel":"a","event":"e","event":"e"})"})
    CHECK_MESSAGE(error_of(bad) == Error::kBadMessage, bad);
  CHECK(error_of(R"({"type":"event","event":"e"})") == Error::kBadChannel);
}

TEST_CASE("null is as if it were not given; what is no cursor is passed on as one") {
  CHECK(read_client_message(R"({"type":"subscribe","channel":"a","since":null,"ref":null})").since.empty());
  CHECK(read_client_message(R"({"type":"subscribe","channel":"a","since":12})").since == "12");
}

TEST_CASE("what is no message of ours is told apart") {
  for (const char *text :
       {"", "x", "[]", "1", "{", R"({"type":"ping"}x)", R"({"type":"ping","type":"ping"})", R"({"type":1})", "{}",
        R"({"type":"ping","ref":[1]})", R"({"type":"ping","ref":true})", "{\"type\":\"ping\",\"a\":\"\xff\"}"})
    CHECK_MESSAGE(error_of(text) == Error::kBadMessage, text);
  CHECK(error_of(R"({"type":"shout"})") == Error::kUnknownType);
  for (const char *text :
       {R"({"type":"subscribe"})", R"({"type":"subscribe","channel":7})", R"({"type":"unsubscribe","channel":""})"})
    CHECK_MESSAGE(error_of(text) == Error::kBadChannel, text);
}

TEST_CASE("names, references and nesting have their limits") {
  const auto subscribe = [](size_t n) { return R"({"type":"subscribe","channel":")" + std::string(n, 'c') + "\"}"; };
  CHECK(read_client_message(subscribe(1024)).type == Type::kSubscribe);
  CHECK(error_of(subscribe(1025)) == Error::kBadChannel);
  const auto ping = [](size_t n) { return R"({"type":"ping","ref":")" + std::string(n - 2, 'r') + "\"}"; };
  CHECK(read_client_message(ping(256)).type == Type::kPing);
  CHECK(error_of(ping(257)) == Error::kBadMessage);
  const auto nested = [](size_t n) {
    return R"({"type":"ping","auth":)" + std::string(n, '[') + std::string(n, ']') + "}";
  };
  CHECK(read_client_message(nested(31)).type == Type::kPing);
  CHECK(error_of(nested(32)) == Error::kBadMessage);
}

TEST_CASE("the reference of a message that is not understood is known when it could be read") {
  const std::string text = R"({"type":"shout","ref":7})";
  CHECK(read_client_message(text).ref == "7");
}
