#include <doctest/doctest.h>

#include "plugins/sinks/socketio/engine_payload3.hpp"
#include "plugins/sinks/socketio/engine_payload4.hpp"

using namespace socketio;
using namespace std::string_literals;

namespace {

// A payload as text: type, b for binary, data; packets apart by '|'; "!" at the end when it is malformed.
using Decoder = bool (*)(std::string_view, const PacketVisitor &);
std::string read(Decoder decode, std::string_view body) {
  std::string out;
  const bool fine = decode(body, [&](const EnginePacket &p) {
    if (!out.empty()) out += '|';
    out += p.type;
    if (p.binary) out += 'b';
    out += p.data;
    return true;
  });
  return fine ? out : out + "!";
}

}  // namespace

TEST_CASE("revision 4 payloads are read") {
  CHECK(read(decode_payload4, "4hello") == "4hello");
  CHECK(read(decode_payload4,
             "4test1\x1e"
             "4test2\x1e"
             "2") == "4test1|4test2|2");
  CHECK(read(decode_payload4,
             "4hello\x1e"
             "bAQIDBA==") == "4hello|4b\x01\x02\x03\x04");
  CHECK(read(decode_payload4, "4") == "4");
  for (const char *bad : {"", "abc", "7", "4a\x1e",
                          "\x1e"
                          "4a",
                          "b!", "bA"})
    CHECK(read(decode_payload4, bad).ends_with("!"));
}

TEST_CASE("revision 4 payloads are written") {
  CHECK(encode_payload4({{false, "4a"}, {true, "\x01\x02\x03\x04"}, {false, "2"}}) ==
        "4a\x1e"
        "bAQIDBA==\x1e"
        "2");
}

TEST_CASE("revision 3 text payloads count UTF-16 units") {
  CHECK(read(decode_payload3_text, "6:4hello2:4\u20ac") == "4hello|4\u20ac");
  CHECK(read(decode_payload3_text,
             "3:4\U0001F600"
             "1:2") == "4\U0001F600|2");
  CHECK(read(decode_payload3_text, "6:4hello10:b4AQIDBA==") == "4hello|4b\x01\x02\x03\x04");
  for (const char *bad :
       {"", "abc", ":4", "6:4hell", "2:4\U0001F600", "6", "0:", "-1:4", "99999999999:4", "1:7", "3:b3A", "1:b"})
    CHECK_MESSAGE(read(decode_payload3_text, bad).ends_with("!"), bad);
}

TEST_CASE("revision 3 binary payloads are read and written") {
  const std::string body = "\x00\x06\xff"s + "4hello" + "\x01\x05\xff\x04\x01\x02\x03\x04"s;
  CHECK(read(decode_payload3_binary, body) == "4hello|4b\x01\x02\x03\x04");
  CHECK(encode_payload3_binary({{false, "4hello"}, {true, "\x04\x01\x02\x03\x04"}}) == body);
  const std::string euro = "\x00\x04\xff"s + "4\u20ac";
  CHECK(read(decode_payload3_binary, euro) == "4\u20ac");
  for (const std::string &bad : {""s,
                                 "\x02\x01\xff"
                                 "4"s,
                                 "\x00\xff"s,
                                 "\x00\x02\xff"
                                 "4"s,
                                 "\x01\x01\xff\x03"s, "\x01\x00\xff"s,
                                 "\x00\x0a\xff"
                                 "4"s,
                                 "\x00\x02\xff"
                                 "4\x80"s,
                                 "\x00\x06"s})
    CHECK(read(decode_payload3_binary, bad).ends_with("!"));
}

TEST_CASE("revision 3 text payloads are written with base64 where data is binary") {
  CHECK(encode_payload3_text({{false, "4\U0001F600"}, {true, "\x04\x01\x02\x03\x04"}}) ==
        "3:4\U0001F600"
        "10:b4AQIDBA==");
}

TEST_CASE("a visitor that has enough ends the reading, faults behind it or not") {
  for (Decoder decode : {decode_payload4, decode_payload3_text}) {
    int seen = 0;
    const auto once = [&](const EnginePacket &) { return ++seen < 1; };
    CHECK(decode(decode == decode_payload4 ? "1\x1exx" : "1:1xx", once));
    CHECK(seen == 1);
  }
}
