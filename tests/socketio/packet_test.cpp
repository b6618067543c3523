#include <doctest/doctest.h>

#include "plugins/sinks/socketio/packet.hpp"

using namespace socketio;

TEST_CASE("packets are read") {
  SUBCASE("connect") {
    const auto p = decode_packet(R"(0/custom,{"token":"abc"})");
    REQUIRE(p);
    CHECK(p->type == PacketType::kConnect);
    CHECK(p->nsp == "/custom");
    CHECK(p->json == R"({"token":"abc"})");
  }
  SUBCASE("a namespace alone, and one with a query") {
    CHECK(decode_packet("0/random")->nsp == "/random");
    const auto p = decode_packet("0/a?token=1&x=2,");
    REQUIRE(p);
    CHECK(p->nsp == "/a");
    CHECK(p->query == "token=1&x=2");
  }
  SUBCASE("an event with an ack id") {
    const auto p = decode_packet(R"(2456["message-with-ack",1,"2",{"3":[false]}])");
    REQUIRE(p);
    CHECK(p->ack == 456);
    CHECK(p->name == "\"message-with-ack\"");
    CHECK(p->args == std::vector<std::string_view>{"1", "\"2\"", R"({"3":[false]})"});
  }
  SUBCASE("a binary event in a namespace") {
    const auto p = decode_packet(R"(52-/a,7["m",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
    REQUIRE(p);
    CHECK(p->type == PacketType::kBinaryEvent);
    CHECK(p->attachments == 2);
    CHECK(p->nsp == "/a");
    CHECK(p->ack == 7);
    CHECK(p->args.size() == 2);
  }
  SUBCASE("acknowledgements and the end") {
    CHECK(decode_packet("31[]")->ack == 1);
    CHECK(decode_packet("1")->type == PacketType::kDisconnect);
    CHECK(decode_packet("1/custom,")->nsp == "/custom");
  }
  SUBCASE("a number may name an event") { CHECK(decode_packet("2[7,1]")->name == "7"); }
}

TEST_CASE("what is no packet is refused") {
  for (const char *bad : {"",
                          "a",
                          "7",
                          "abc",
                          "2{}",
                          "2",
                          "2[]",
                          "2[{}]",
                          "2[null]",
                          "2[true]",
                          "2[[\"a\"]]",
                          "2abc[\"a\"]",
                          "2[\"a\"",
                          "2[\"a\"]x",
                          "2[\"connect\"]",
                          "2[\"disconnect\"]",
                          "2[\"newListener\"]",
                          "0[]",
                          "0\"a\"",
                          "0{",
                          "1{}",
                          "3[1]",
                          "31{}",
                          "3",
                          "5[\"a\"]",
                          "51[\"a\"]",
                          "5-[\"a\"]",
                          "5129-[\"a\"]",
                          "599999-[\"a\"]",
                          "21234567890123456[\"a\"]",
                          "2/a[\"b\"]"})
    CHECK_MESSAGE(!decode_packet(bad), bad);
  CHECK_FALSE(decode_packet("0/" + std::string(kNamespaceMax, 'a')));
  CHECK(decode_packet("0/" + std::string(kNamespaceMax - 1, 'a')));
}

TEST_CASE("packets are written") {
  CHECK(encode_packet(PacketType::kConnect, "/", "") == "40");
  CHECK(encode_packet(PacketType::kConnect, "/custom", R"({"sid":"x"})") == R"(40/custom,{"sid":"x"})");
  CHECK(encode_packet(PacketType::kEvent, "/", R"(["a",1])") == R"(42["a",1])");
  CHECK(encode_packet(PacketType::kAck, "/a", "[1]", 5) == "43/a,5[1]");
  CHECK(encode_packet(PacketType::kBinaryAck, "/", "[1]", 789, 2) == "462-789[1]");
}

TEST_CASE("names that clients keep for themselves are known") {
  for (const char *name : {"connect", "disconnect", "error", "reconnect_attempt", "pong"}) CHECK(reserved_event(name));
  for (const char *name : {"", "message", "tok123:wechat.login", "connected"}) CHECK_FALSE(reserved_event(name));
}
