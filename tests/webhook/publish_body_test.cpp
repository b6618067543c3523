#include "plugins/sources/webhook/publish_body.hpp"

#include <doctest/doctest.h>

using webhook::PublishEvent;

namespace {

std::vector<PublishEvent> events(std::string_view body, size_t max = 10) {
  std::vector<PublishEvent> out;
  const auto problem = webhook::read_publish_body(body, max, out);
  CHECK_MESSAGE(!problem, problem.value_or(""));
  return out;
}
std::string problem(std::string_view body, size_t max = 10) {
  std::vector<PublishEvent> out(3);
  const auto found = webhook::read_publish_body(body, max, out);
  CHECK(out.empty());  // nothing of a malformed body is published
  return found.value_or("");
}
std::string event(std::string_view fields) { return "{\"channel\":\"c\",\"event\":\"e\"," + std::string(fields) + "}"; }

}  // namespace

TEST_CASE("one event, or an array of them in its order") {
  CHECK(events(R"({"channel":"c","event":"e","data":{"a": 1 },"id":"i"})") ==
        std::vector<PublishEvent>{{"c", "e", R"({"a": 1 })", "i"}});
  CHECK(events(R"( [ {"id":"1","data":null,"event":"e","channel":"c"} , {"channel":"d","event":"f","data":[]} ] )") ==
        std::vector<PublishEvent>{{"c", "e", "null", "1"}, {"d", "f", "[]", ""}});
}

TEST_CASE("data is any JSON value, byte for byte, and null when it is left out") {
  for (const char *value :
       {"1.50", "-0", "12345678901234567890", "\"\\u0041\\u0000\"", "true", "[ 1 ]", "{\"a\":1,\"a\":2}"})
    CHECK(events(event("\"data\":" + std::string(value)))[0].data == value);
  CHECK(events(R"({"channel":"c","event":"e"})")[0].data == "null");
}

TEST_CASE("text is taken as JSON means it") {
  CHECK(events(R"({"ch\u0061nnel":"p\u00e4y.\ud83d\ude00","event":"a\"b"})") ==
        std::vector<PublishEvent>{{"päy.😀", "a\"b", "null", ""}});
}

TEST_CASE("an id may be null, but not empty and not a number") {
  CHECK(events(event(R"("id":null)"))[0].id.empty());
  CHECK(problem(event(R"("id":"")")) == "id is empty");
  CHECK(problem(event(R"("id":7)")) == "id must be a string");
  CHECK(events(event("\"id\":\"" + std::string(200, 'x') + "\""))[0].id.size() == 200);
  CHECK(problem(event("\"id\":\"" + std::string(201, 'x') + "\"")) == "id is longer than 200 bytes");
}

TEST_CASE("channel and event are needed, not empty, and within the host's limits") {
  CHECK(problem("{}") == "channel is missing");
  CHECK(problem(R"({"channel":"c"})") == "event is missing");
  CHECK(problem(R"({"channel":"","event":"e"})") == "channel is empty");
  CHECK(problem(R"({"channel":"c","event":""})") == "event is empty");
  CHECK(problem(R"({"channel":["c"],"event":"e"})") == "channel must be a string");
  CHECK(problem(R"({"channel":null,"event":"e"})") == "channel must be a string");
  CHECK(problem("{\"channel\":\"" + std::string(1025, 'c') + "\",\"event\":\"e\"}") ==
        "channel is longer than 1024 bytes");
  CHECK(events("{\"channel\":\"" + std::string(1024, 'c') + "\",\"event\":\"e\"}").size() == 1);
  CHECK(problem("{\"channel\":\"c\",\"event\":\"" + std::string(1025, 'e') + "\"}") ==
        "event is longer than 1024 bytes");
}

TEST_CASE("control characters and broken UTF-8 are refused in names and ids, however they are written") {
  CHECK(problem(R"({"channel":"a\nb","event":"e"})") == "channel has a control character in it");
  CHECK(problem(R"({"channel":"c","event":"a\u0000"})") == "event has a control character in it");
  CHECK(problem(event(R"("id":"a\u007f")")) == "id has a control character in it");
  for (const char *broken : {"{\"channel\":\"\xff\",\"event\":\"e\"}", "{\"channel\":\"\xed\xa0\x80\",\"event\":\"e\"}",
                             R"({"channel":"\ud800","event":"e"})", "{\"channel\":\"a\nb\",\"event\":\"e\"}"})
    CHECK(problem(broken).starts_with("the body is not valid JSON in UTF-8, at byte 1"));
}

TEST_CASE("a key that is unknown or comes twice is a mistake, and is named") {
  CHECK(problem(event(R"("idd":"x")")) == "the key \"idd\" is not known; there are channel, event, data and id");
  CHECK(problem(event(R"("channel":"c")")) == "the key channel is there twice");
  CHECK(problem(event(R"("data":1,"d\u0061ta":2)")) == "the key data is there twice");
  CHECK(problem(event(R"("id":null,"id":"x")")) == "the key id is there twice");
  const std::string shown = problem(event("\"" + std::string(63, 'x') + "ééé\":1"));
  CHECK(shown.starts_with("the key \"" + std::string(63, 'x') + "…\""));
}

TEST_CASE("what is no JSON, or no event, is malformed") {
  for (const char *body : {"", " ", "{", "[", R"([{"channel":"c","event":"e"})", "{\"channel\":\"c\",\"event\":\"e\"},",
                           "{\"channel\":\"c\" \"event\":\"e\"}", "\xef\xbb\xbf{}", "nul", "{'channel':'c'}",
                           "[{\"channel\":\"c\",\"event\":\"e\"},]", "{\"channel\":\"c\",\"event\":\"e\"}{}"}) {
    CAPTURE(std::string(body));
    CHECK(problem(body).starts_with("the body is not valid JSON"));
  }
  for (const char *body : {"null", "7", "\"x\"", "true"})
    CHECK(problem(body) == "an event must be an object with channel, event and data");
  CHECK(problem("[]") == "the array is empty; it needs at least one event");
  CHECK(problem("[[]]") == "event 1 of the array: an event must be an object with channel, event and data");
  CHECK(problem(event("\"data\":" + std::string(600, '['))) ==
        "the body is nested too deep; at most 512 levels are read");
}

TEST_CASE("one bad event spoils its array, and is named by its place") {
  CHECK(problem(R"([{"channel":"c","event":"e"},{"channel":"c"}])") == "event 2 of the array: event is missing");
  CHECK(problem(R"([{"channel":"c","event":"e"},{"channel":"c","event":"e"}])", 1) ==
        "more than 1 events in one request; send them in several");
}
