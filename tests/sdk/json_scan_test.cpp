#include <doctest/doctest.h>

#include <sbx/json_scan.hpp>
#include <string>

namespace json = sbx::json;
using json::Fault;
using json::Kind;

TEST_CASE("what RFC 8259 calls JSON is taken") {
  for (const char *text : {"0",
                           "-0",
                           "12",
                           "-1.5",
                           "1e5",
                           "1E+5",
                           "1.25e-10",
                           "99999999999999999999999",
                           "1e999",
                           "true",
                           "false",
                           "null",
                           "\"\"",
                           "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
                           "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"",
                           "[]",
                           " [ 1 , [ ] , { } ] ",
                           "{}",
                           "{\"\":0}",
                           "\t\r\n{\"a\" : [1,2] , \"a\":null}\n",
                           "\"\x7F\""})
    CHECK_MESSAGE(json::valid(text), text);
}

TEST_CASE("what cannot stand in a string is found wherever it is") {
  for (size_t length = 1; length < 70; ++length)
    for (size_t at = 0; at < length; ++at) {
      for (const char c : {'\0', '\x1f', '\n', '"', '\\', '\x80', '\xff'}) {
        std::string text(length, 'a');
        text[at] = c;
        CHECK(json::detail::plain_run(text) == at);
      }
      for (const char c : {' ', '!', '#', '[', ']', '\x7f', '~'}) {
        std::string text(length, 'a');
        text[at] = c;
        CHECK(json::detail::plain_run(text) == length);
      }
    }
}

TEST_CASE("what only looks like JSON is not") {
  for (const char *text : {"",
                           " ",
                           "01",
                           "-",
                           "+1",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x1",
                           "NaN",
                           "tru",
                           "nullx",
                           "True",
                           "'a'",
                           "\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12G4\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "\"\n\"",
                           "[",
                           "[1",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "]",
                           "{",
                           "{a:1}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":1 \"b\":2}",
                           "{1:2}",
                           "1 2",
                           "{}{}",
                           "\xEF\xBB\xBF{}",
                           "// x\n1",
                           "\v1"})
    CHECK_MESSAGE(json::check(text) == Fault::kSyntax, text);
  CHECK_FALSE(json::valid(std::string_view("{}\0", 3)));
}

TEST_CASE("UTF-8 is checked: no overlong forms, no surrogates, nothing above U+10FFFF") {
  for (const char *bytes : {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
                            "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF"}) {
    CHECK_FALSE(json::valid_utf8(bytes));
    CHECK_FALSE(json::valid("\"" + std::string(bytes) + "\""));
  }
  CHECK(json::valid_utf8("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"));
}

TEST_CASE("depth is bounded, and said to be the reason") {
  auto nested = [](size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(json::valid(nested(512)));
  CHECK(json::check(nested(513)) == Fault::kDepth);
  CHECK(json::check(nested(3), 2) == Fault::kDepth);
  CHECK(json::check("[[],[]]", 2) == Fault::kNone);
  CHECK(json::check(std::string(1'000'000, '[')) == Fault::kDepth);
}

TEST_CASE("a reader walks members and elements, and values come out as they stand") {
  json::Reader r(R"( {"a" : 1.50 , "b":[ true ,{"x":1}], "c":{} } )");
  REQUIRE(r.kind() == Kind::kObject);
  CHECK(r.enter());
  std::string_view key;
  REQUIRE(r.member(key));
  CHECK(key == "\"a\"");
  CHECK(r.kind() == Kind::kNumber);
  CHECK(r.skip() == "1.50");
  REQUIRE(r.member(key));
  REQUIRE(r.kind() == Kind::kArray);
  CHECK(r.enter());
  REQUIRE(r.element());
  CHECK(r.skip() == "true");
  REQUIRE(r.element());
  CHECK(r.skip() == R"({"x":1})");
  CHECK_FALSE(r.element());
  REQUIRE(r.member(key));
  CHECK(r.enter());
  CHECK_FALSE(r.member(key));
  CHECK_FALSE(r.member(key));
  CHECK(r.finish());
}

TEST_CASE("after an error a reader says nothing more") {
  json::Reader r(R"({"a":tru,"b":1})");
  r.enter();
  std::string_view key;
  REQUIRE(r.member(key));
  CHECK(r.skip().empty());
  CHECK_FALSE(r.member(key));
  CHECK_FALSE(r.element());
  CHECK_FALSE(r.enter());
  CHECK(r.kind() == Kind::kNone);
  CHECK_FALSE(r.finish());
  CHECK(r.offset() == 5);
}

TEST_CASE("a text that was not read to its end is not finished") {
  json::Reader r("[1,2]");
  r.enter();
  CHECK_FALSE(r.finish());
  json::Reader nothing("");
  CHECK_FALSE(nothing.finish());
}

TEST_CASE("strings are compared and decoded with their escapes") {
  CHECK(json::equals(R"("socket")", "socket"));
  CHECK(json::equals(R"("\u0073ock\u0065t")", "socket"));
  CHECK_FALSE(json::equals(R"("socke")", "socket"));
  CHECK_FALSE(json::equals(R"("sockets")", "socket"));
  CHECK(json::equals(R"("\ud83d\ude00")", "\xF0\x9F\x98\x80"));
  CHECK(json::equals(R"("")", ""));
  std::string out = "x";
  json::append_decoded(out, R"("a\/\n\u00e9\u4e2d\ud83d\ude00")");
  CHECK(out == "xa/\n\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80");
}

TEST_CASE("any text becomes a JSON string that says the same") {
  std::string text = "\"\\/\n\t\x01\x7F\xC3\xA9", quoted, back;
  json::append_quoted(quoted, text);
  CHECK(json::valid(quoted));
  json::append_decoded(back, quoted);
  CHECK(back == text);
}
