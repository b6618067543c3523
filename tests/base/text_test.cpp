#include "core/base/text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace signalbox;

namespace {
std::string printable(std::string_view bytes) {
  std::string out;
  append_printable(out, bytes);
  return out;
}
std::string json(std::string_view bytes) {
  std::string out;
  append_json_string(out, bytes);
  return out;
}
}  // namespace

TEST_CASE("lower case is ASCII only") {
  CHECK(to_lower("Content-LENGTH\xC3\x84") == "content-length\xC3\x84");
  CHECK(equal_ignoring_case("Upgrade", "upGRADE"));
  CHECK_FALSE(equal_ignoring_case("Upgrade", "Upgrades"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
}

TEST_CASE("trim takes blanks and tabs and nothing else") {
  CHECK(trim(" \t a b\t ") == "a b");
  CHECK(trim("\n a") == "\n a");
  CHECK(trim(" \t ").empty());
  CHECK(trim("").empty());
}

TEST_CASE("split keeps empty pieces") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(split(",", ',') == std::vector<std::string_view>{"", ""});
}

TEST_CASE("globs match whole texts") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("pay.*", "pay.7"));
  CHECK(glob_match("pay.*", "pay."));
  CHECK_FALSE(glob_match("pay.*", "pay"));
  CHECK_FALSE(glob_match("pay.*", "xpay.7"));
  CHECK(glob_match("a*b*c", "a-b-b-c"));
  CHECK_FALSE(glob_match("a*b*c", "a-c-b"));
  CHECK(glob_match("user.?", "user.1"));
  CHECK_FALSE(glob_match("user.?", "user.12"));
  CHECK_FALSE(glob_match("user.?", "user."));
  CHECK(glob_match("user.?", "user.\u00e9"));
  CHECK_FALSE(glob_match("user.??", "user.\u00e9"));
  CHECK(glob_match("*\u00e9?", "\u00e8\u00e9\u00ea"));
  CHECK(glob_match("**a**", "a"));
  CHECK(glob_match("", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("[a]", "[a]"));
}

TEST_CASE("a glob of many stars does not take exponential time") {
  std::string pattern, text(10000, 'a');
  for (int i = 0; i < 50; ++i) pattern += "a*";
  CHECK_FALSE(glob_match(pattern + "b", text));
  CHECK(glob_match(pattern, text));
}

TEST_CASE("percent-decoding is strict") {
  CHECK(percent_decode("a%20b%2Fc%2f+") == "a b/c/+");
  CHECK(percent_decode("%00") == std::string(1, '\0'));
  for (const char *broken : {"%", "%2", "%zz", "%2g", "a%", "%%20", "% 0", "%-1"}) {
    CAPTURE(broken);
    CHECK_FALSE(percent_decode(broken));
  }
}

TEST_CASE("hex and base64url") {
  CHECK(hex_encode("\x00\xff\x10z" + std::string()).empty());
  CHECK(hex_encode(std::string("\x00\xff\x10z", 4)) == "00ff107a");
  // RFC 4648 section 10, without padding.
  CHECK(base64url_encode("").empty());
  CHECK(base64url_encode("f") == "Zg");
  CHECK(base64url_encode("fo") == "Zm8");
  CHECK(base64url_encode("foo") == "Zm9v");
  CHECK(base64url_encode("foobar") == "Zm9vYmFy");
  CHECK(base64url_encode("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("UTF-8 is judged by RFC 3629") {
  for (const char *good : {"", "abc", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "gr\xC3\xBC\xC3\x9F"}) {
    CAPTURE(hex_encode(good));
    CHECK(valid_utf8(good));
  }
  for (const char *bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
                          "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xE2\x82\x41", "\xF0\x80\x80\x80",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFE", "\xFF"}) {
    CAPTURE(hex_encode(bad));
    CHECK_FALSE(valid_utf8(bad));
    CHECK_FALSE(valid_utf8(std::string("ab") + bad + "cd"));
  }
  CHECK(valid_utf8(std::string_view("\0a", 2)));
}

TEST_CASE("every code point is valid and every surrogate is not") {
  size_t wrong = 0;
  for (uint32_t c = 0x800; c < 0x10000; ++c) {
    const char bytes[] = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                          static_cast<char>(0x80 | (c & 0x3F))};
    wrong += (utf8_length({bytes, 3}) == 3) == (c >= 0xD800 && c <= 0xDFFF);
  }
  CHECK(wrong == 0);
}

TEST_CASE("printable text cannot end a line or steer a terminal") {
  CHECK(printable("plain \xC3\xBC \xE2\x82\xAC \"x\" \\") == "plain \xC3\xBC \xE2\x82\xAC \"x\" \\");
  CHECK(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(printable("\xC2\x9B") == "\\u{9b}");  // C1 control sequence introducer
  CHECK(printable("\xE2\x80\xAE"
                  "abc") == "\\u{202e}abc");  // right-to-left override
  CHECK(printable("\xE2\x80\xA8") == "\\u{2028}");
  CHECK(printable("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");
}

TEST_CASE("whatever the bytes, printable text is valid UTF-8 without controls") {
  uint32_t state = 7;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 24; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    const std::string text = printable(bytes);
    REQUIRE(valid_utf8(text));
    for (char c : text) REQUIRE((c < 0 || c >= 0x20));
    REQUIRE(valid_utf8(json(bytes)));
    REQUIRE(valid_utf8(excerpt(bytes, static_cast<size_t>(round % 30))));
  }
}

TEST_CASE("JSON strings") {
  CHECK(json("a\"b\\c/") == R"("a\"b\\c/")");
  CHECK(json("x\ny\x01") == "\"x\\ny\\u0001\"");
  CHECK(json("\xff") == "\"\\ufffd\"");
  CHECK(json("\xC3\xBC") == "\"\xC3\xBC\"");
}

TEST_CASE("an excerpt is quoted, cut between characters and says how long the whole was") {
  CHECK(excerpt("{\"a\":1}") == R"("{\"a\":1}")");
  CHECK(excerpt("back\\slash\n") == R"("back\\slash\n")");
  CHECK(excerpt("abcdef", 3) == "\"abc\"... (6 bytes)");
  CHECK(excerpt("ab\xE2\x82\xAC"
                "c",
                3) == "\"ab\"... (6 bytes)");
  CHECK(excerpt("ab\xE2\x82\xAC"
                "c",
                4) == "\"ab\"... (6 bytes)");
  CHECK(excerpt("ab\xE2\x82\xAC"
                "c",
                5) == "\"ab\xE2\x82\xAC\"... (6 bytes)");
  CHECK(excerpt("\xBF\xBF\xBF\xBF\xBF", 4) == "\"\\xbf\\xbf\\xbf\\xbf\"... (5 bytes)");
  CHECK(excerpt("") == "\"\"");
}

TEST_CASE("numbers are short and exact") {
  CHECK(format_number(0) == "0");
  CHECK(format_number(-3) == "-3");
  CHECK(format_number(1.5) == "1.5");
  CHECK(format_number(0.1) == "0.1");
  CHECK(format_number(9007199254740992.0) == "9007199254740992");
  CHECK(format_number(1e300) == "1e+300");
  CHECK(format_number(NAN) == "NaN");
  CHECK(format_number(INFINITY) == "+Inf");
  CHECK(format_number(-INFINITY) == "-Inf");
}
