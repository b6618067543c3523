// What a body may say, and what it is read as.
#include "plugins/sources/echo_api/event_body.hpp"

#include <doctest/doctest.h>

#include <string>

using echo_api::EventBody;
using echo_api::read_event_body;

namespace {

EventBody read(std::string_view body) {
  EventBody out;
  const auto problem = read_event_body(body, out);
  CHECK_MESSAGE(!problem, (problem ? *problem : std::string()));
  return out;
}

std::string problem_of(std::string_view body) {
  EventBody out;
  const auto problem = read_event_body(body, out);
  CHECK(out == EventBody{});
  return problem.value_or("");
}

std::string data_of(std::string_view raw) {
  return read(R"({"channel":"c","name":"e","data":)" + std::string(raw) + "}").data;
}

constexpr const char *kMissing = "Event must include channel, event name and data";

}  // namespace

TEST_CASE("one channel or several, with a socket that is left out") {
  CHECK(read(R"({"channel":"c","name":"App\\Events\\Paid","data":{"n":1.0},"socket_id":"ab.1"})") ==
        EventBody{{"c"}, "App\\Events\\Paid", R"({"n":1.0})", "ab.1"});
  CHECK(read(R"({"channels":["a","b","a"],"name":"e","data":[]})") == EventBody{{"a", "b"}, "e", "[]", ""});
}

TEST_CASE("channels counts before channel, and null is as if it were left out") {
  CHECK(read(R"({"channel":"c","channels":["a"],"name":"e","data":1})").channels == std::vector<std::string>{"a"});
  CHECK(read(R"({"channel":"c","channels":null,"name":"e","data":1,"socket_id":null})").channels ==
        std::vector<std::string>{"c"});
  CHECK(problem_of(R"({"channels":null,"name":"e","data":1})") == kMissing);
}

TEST_CASE("data that is a text with JSON in it is that JSON, byte for byte") {
  CHECK(data_of(R"("{\"id\": 12345678901234567890}")") == R"({"id": 12345678901234567890})");
  CHECK(data_of(R"(" [1] ")") == "[1]");
  CHECK(data_of(R"("7")") == "7");
  CHECK(data_of(R"("null")") == "null");
  CHECK(data_of(R"("\"x\"")") == R"("x")");
}

TEST_CASE("data that is any other text is itself") {
  CHECK(data_of(R"("")") == R"("")");
  CHECK(data_of(R"("paid {")") == R"("paid {")");
  CHECK(data_of(R"("{\"a\":1} {\"b\":2}")") == R"("{\"a\":1} {\"b\":2}")");
  CHECK(data_of("0") == "0");
  CHECK(data_of("false") == "false");
  // Too deep to be read is no JSON: it stays the text that it is.
  const std::string deep = '"' + std::string(600, '[') + std::string(600, ']') + '"';
  CHECK(data_of(deep) == deep);
}

TEST_CASE("what is missing is said in laravel-echo-server's words") {
  for (const char *body : {"{}", "[]", "7", R"("x")", R"({"channel":"c","name":"e"})", R"({"name":"e","data":1})",
                           R"({"channel":"c","data":1})", R"({"channel":"c","name":"e","data":null})"})
    CHECK(problem_of(body) == kMissing);
}

TEST_CASE("what is no JSON is told with its place") {
  for (const char *body : {"", "{", "channel=c&name=e&data=1", R"({"channel":"c",})", R"({"channel":"\ud800"})",
                           "{} {}", "{\"channel\":\"\xff\"}"})
    CHECK(problem_of(body).starts_with("the body is not valid JSON"));
  CHECK(problem_of(std::string(600, '[')).starts_with("the body is nested too deep"));
}

TEST_CASE("names are strings that the host takes") {
  CHECK(problem_of(R"({"channel":7,"name":"e","data":1})") == "channel must be a string");
  CHECK(problem_of(R"({"channel":"","name":"e","data":1})") == "channel is empty");
  CHECK(problem_of(R"({"channel":"c","name":"a\nb","data":1})") == "name has a control character in it");
  CHECK(problem_of(R"({"channels":"c","name":"e","data":1})") == "channels must be an array of strings");
  CHECK(problem_of(R"({"channels":[],"name":"e","data":1})").starts_with("channels is empty"));
  CHECK(problem_of(R"({"channels":["a",{}],"name":"e","data":1})") == "a name in channels must be a string");
  CHECK(problem_of(R"({"channel":"c","name":"e","data":1,"socket_id":7})") == "socket_id must be a string");
  const std::string longest(1024, 'x');
  CHECK(read(R"({"channel":")" + longest + R"(","name":"e","data":1})").channels[0] == longest);
  CHECK(problem_of(R"({"channel":")" + longest + R"(x","name":"e","data":1})") == "channel is longer than 1024 bytes");
}

TEST_CASE("a hundred channels are read and one more is not") {
  const auto body = [](size_t n) {
    std::string channels;
    for (size_t i = 0; i < n; ++i) channels += (i ? ",\"c" : "\"c") + std::to_string(i) + '"';
    return R"({"name":"e","data":1,"channels":[)" + channels + "]}";
  };
  CHECK(read(body(100)).channels.size() == 100);
  CHECK(problem_of(body(101)).starts_with("channels has more than 100"));
}

TEST_CASE("a key that comes twice is a mistake, and so it is in escapes") {
  CHECK(problem_of(R"({"channel":"a","channel":"b","name":"e","data":1})") == "the key channel is there twice");
  CHECK(problem_of(R"({"channel":"a","ch\u0061nnel":"b","name":"e","data":1})") == "the key channel is there twice");
  CHECK(read(R"({"x":1,"x":2,"channel":"a","name":"e","data":1})").channels[0] == "a");
}
