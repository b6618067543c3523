#include <doctest/doctest.h>

#include <string>

#include "plugins/sources/redis/laravel_codec.hpp"

using redis::decode_laravel;
using redis::Envelope;

namespace {

struct Row {
  const char *version, *payload, *event, *data, *except;
};

std::string why(std::string_view payload) {
  Envelope e;
  const char *reason = decode_laravel(payload, false, e);
  return reason ? reason : "";
}

}  // namespace

TEST_CASE("every Laravel's envelope becomes the same kind of event") {
  const Row rows[] = {
      {"5.1", R"({"event":"wechat.login","data":{"id":7}})", "wechat.login", R"({"id":7})", ""},
      {"5.1, nothing public", R"({"event":"E","data":[]})", "E", "[]", ""},
      {"5.3", R"({"event":"E","data":{"id":7},"socket":null})", "E", R"({"id":7})", ""},
      {"5.3, to others", R"({"event":"E","data":{"id":7},"socket":"abc"})", "E", R"({"id":7})", "abc"},
      {"5.4", R"({"event":"E","data":{"id":7,"socket":"abc"},"socket":"abc"})", "E", R"({"id":7})", "abc"},
      {"6 to 13", R"({"event":"App\\Events\\OrderPaid","data":{"orderId":7,"socket":null},"socket":null})",
       "App\\Events\\OrderPaid", R"({"orderId":7})", ""},
      {"only a socket", R"({"event":"E","data":{"socket":null},"socket":null})", "E", "{}", ""},
      {"socket first", R"({"event":"E","data":{"socket":null,"a":1,"b":2},"socket":null})", "E", R"({"a":1,"b":2})",
       ""},
      {"socket between", R"({"event":"E","data":{"a":1,"socket":"x","b":2}})", "E", R"({"a":1,"b":2})", ""},
      {"no data", R"({"event":"E"})", "E", "null", ""},
      {"data is text", R"({"event":"E","data":"t"})", "E", R"("t")", ""},
      {"data is a list", R"({"event":"E","data":[{"socket":1}]})", "E", R"([{"socket":1}])", ""},
      {"order of keys", R"({"socket":"s","data":{"z":1,"a":2},"event":"E"})", "E", R"({"z":1,"a":2})", "s"},
      {"pusher id", R"({"event":"E","data":{},"socket":"1234.5678"})", "E", "{}", "1234.5678"}};
  for (const Row &row : rows) {
    CAPTURE(row.version);
    Envelope e;
    CHECK(decode_laravel(row.payload, false, e) == nullptr);
    CHECK(e.event == row.event);
    CHECK(e.data == row.data);
    CHECK(e.except == row.except);
  }
}

TEST_CASE("data is handed on byte for byte: numbers, escapes, order, blanks") {
  const std::string data =
      R"({ "big":12345678901234567890, "d":1.10, "e":1E+2,"url":"http:\/\/x","zh":"\u4e2d\ud83d\ude00","a":{"socket":1} })";
  Envelope e;
  const std::string payload = R"({"event":"E","data":)" + data + "}";
  CHECK(decode_laravel(payload, false, e) == nullptr);
  CHECK(e.data == data);
}

TEST_CASE("taking the socket out leaves the rest byte for byte") {
  std::string out;
  CHECK(redis::remove_member(R"({"n" : 1.0,"socket":{"x":[1]} , "s":"\/" })", "socket", out));
  CHECK(out == R"({"n" : 1.0,"s":"\/"})");
  CHECK(redis::remove_member(R"({"\u0073ocket":1,"socket":2})", "socket", out));
  CHECK(out == "{}");
  CHECK_FALSE(redis::remove_member(R"({"a":{"socket":1}})", "socket", out));
  CHECK_FALSE(redis::remove_member("[]", "socket", out));
}

TEST_CASE("keep_socket leaves data as Laravel wrote it") {
  Envelope e;
  CHECK(decode_laravel(R"({"event":"E","data":{"id":7,"socket":"s"},"socket":"s"})", true, e) == nullptr);
  CHECK(e.data == R"({"id":7,"socket":"s"})");
  CHECK(e.except == "s");
}

TEST_CASE("of members that come twice the last one counts") {
  Envelope e;
  CHECK(decode_laravel(R"({"event":1,"event":"E","socket":"s","socket":null,"data":1,"data":2})", false, e) == nullptr);
  CHECK(e.event == "E");
  CHECK(e.data == "2");
  CHECK(e.except.empty());
  CHECK(why(R"({"event":"E","event":1})") == "event");
}

TEST_CASE("what is no envelope is named by a reason") {
  CHECK(why("") == "json");
  CHECK(why("hello") == "json");
  CHECK(why("{") == "json");
  CHECK(why(R"({"event":"E"}x)") == "json");
  CHECK(why(R"({"event":"E","data":{"a":01}})") == "json");
  CHECK(why("{\"event\":\"\xFF\"}") == "json");
  CHECK(why(std::string(600, '[') + std::string(600, ']')) == "json");
  CHECK(why("7") == "object");
  CHECK(why("[1]") == "object");
  CHECK(why("\"x\"") == "object");
  CHECK(why("{}") == "event");
  CHECK(why(R"({"event":null})") == "event");
  CHECK(why(R"({"event":["E"]})") == "event");
  CHECK(why(R"({"event":""})") == "event");
}

TEST_CASE("raw payloads: JSON as it is, text as a JSON string, the rest binary") {
  std::string owned;
  CHECK(redis::decode_raw(R"( {"a": 1.0} )", owned).data == R"( {"a": 1.0} )");
  CHECK(redis::decode_raw("12", owned).data == "12");
  CHECK(redis::decode_raw("hello \"you\"\n\x01", owned).data == R"("hello \"you\"\n\u0001")");
  CHECK(redis::decode_raw("", owned).data == R"("")");
  const std::string bytes("\xFF\x00\x01", 3);
  auto binary = redis::decode_raw(bytes, owned);
  CHECK(binary.binary);
  CHECK(binary.data == bytes);
}
