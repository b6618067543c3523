#include <doctest/doctest.h>

#include <string>

#include "plugins/sinks/socketio/json.hpp"

using namespace socketio;

TEST_CASE("JSON is told from what is not JSON") {
  for (const char *good : {"0", "-1.5e+3", "\"\"", "\"\\u00e9\\n\"", "[]", "{}", " [1, {\"a\":[null,true,false]} ] ",
                           "12345678901234567890123", "{\"a\":1,\"a\":2}"})
    CHECK_MESSAGE(valid_json(good), good);
  for (const char *bad :
       {"",        " ",        "01",          "+1",     ".5",  "1.",    "1e",        "-",    "nul", "True",
        "\"a",     "\"\\x\"",  "\"\\u12g4\"", "\"\n\"", "[",   "[1",    "[1,]",      "[,1]", "[1}", "{",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}",  "{a:1}",  "1 2", "[] []", "{\"a\":1]", "\"\\"})
    CHECK_MESSAGE(!valid_json(bad), bad);
}

TEST_CASE("nesting is followed to its limit") {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(valid_json(nested(kJsonDepthMax)));
  CHECK_FALSE(valid_json(nested(kJsonDepthMax + 1)));
  CHECK_FALSE(valid_json(std::string(100'000, '[')));
}

TEST_CASE("an array comes apart without a byte changed") {
  std::vector<std::string_view> out;
  REQUIRE(json_elements(R"( [ 1.50 , "a,b]", {"x":[1,2]},[] ] )", out));
  CHECK(out == std::vector<std::string_view>{"1.50", "\"a,b]\"", "{\"x\":[1,2]}", "[]"});
  out.clear();
  CHECK(json_elements("[]", out));
  CHECK(out.empty());
  for (const char *bad : {"{}", "[1", "[1]x", "1", "", "[1,,2]"}) CHECK_FALSE(json_elements(bad, out));
}
