#include <doctest/doctest.h>

#include "plugins/sinks/socketio/text.hpp"

using namespace socketio;
using namespace std::string_view_literals;

TEST_CASE("UTF-8 is accepted as Unicode defines it and no wider") {
  for (auto good :
       {""sv, "plain"sv, "\u00e9"sv, "\u20ac\u2028"sv, "\U0001F600"sv, "\xed\x9f\xbf"sv, "\xf4\x8f\xbf\xbf"sv})
    CHECK(valid_utf8(good));
  for (auto bad : {"\x80"sv, "\xc3"sv, "\xc0\xaf"sv, "\xe0\x80\x80"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv,
                   "\xf5\x80\x80\x80"sv, "a\xe2\x82"sv, "\xff"sv})
    CHECK_FALSE(valid_utf8(bad));
}

TEST_CASE("lengths are counted as JavaScript counts them") {
  CHECK(utf16_length("") == 0);
  CHECK(utf16_length("ab\u20ac") == 3);
  CHECK(utf16_length("\U0001F600") == 2);
  CHECK(utf16_prefix("\U0001F600x", 2) == 4);
  CHECK(utf16_prefix("ab", 2) == 2);
  CHECK_FALSE(utf16_prefix("ab", 3));
  CHECK_FALSE(utf16_prefix("\U0001F600", 1));
}

TEST_CASE("base64 goes both ways, and padding may be missing") {
  const std::pair<std::string_view, std::string_view> pairs[] = {{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"\x01\x02\x03\x04"sv, "AQIDBA=="},
                                                                 {"\xff\xfe"sv, "//4="}};
  for (const auto &[bytes, encoded] : pairs) {
    std::string out;
    append_base64(out, bytes);
    CHECK(out == encoded);
    CHECK(decode_base64(encoded) == std::string(bytes));
  }
  CHECK(decode_base64("AQIDBA") == "\x01\x02\x03\x04");
  for (auto bad : {"A"sv, "AQ!="sv, "AQ=D"sv, "===="sv, "AAAAA"sv, "A Q="sv}) CHECK_FALSE(decode_base64(bad));
}

TEST_CASE("JSON strings escape what JSON wants, and for scripts what old JavaScript wants") {
  std::string out;
  append_json_string(out, "a\"\\\n\x1f\u2028\u00e9");
  CHECK(out == "\"a\\\"\\\\\\u000a\\u001f\u2028\u00e9\"");
  out.clear();
  append_json_string(out, "\u2027\u2028\u2029\u202a", true);
  CHECK(out == "\"\u2027\\u2028\\u2029\u202a\"");
}
