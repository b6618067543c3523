#include "core/net/utf8.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace signalbox::net;

namespace {

// What the encoder of a code point writes, also for those that must not be written.
std::string encode(uint32_t c) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("every code point but the surrogates is valid, and none beyond the last") {
  size_t valid = 0;
  for (uint32_t c = 0; c < 0x120000; ++c) {
    const bool expected = c < 0x110000 && (c < 0xd800 || c > 0xdfff);
    const bool is = is_utf8(encode(c));
    valid += is ? 1 : 0;
    if (is != expected) FAIL("code point " << c);
  }
  CHECK(valid == 0x110000 - 0x800);
}

TEST_CASE("overlong, lonely and unfinished bytes are not valid") {
  for (const char *bytes : {"\x80",
                            "\xbf",
                            "\xc0\x80",
                            "\xc1\xbf",
                            "\xe0\x80\x80",
                            "\xe0\x9f\xbf",
                            "\xf0\x80\x80\x80",
                            "\xf0\x8f\xbf\xbf",
                            "\xf5\x80\x80\x80",
                            "\xff",
                            "\xfe",
                            "\xc3",
                            "\xe2\x82",
                            "\xf0\x9f\x98",
                            "\xc3(",
                            "\xe2(\xa1",
                            "\xe2\x82(",
                            "\xf0(\x8c\xbc",
                            "\xf0\x90(\xbc",
                            "\xed\xa0\x80"}) {
    CHECK_FALSE(is_utf8(bytes));
    CHECK_FALSE(is_utf8("12345678" + std::string(bytes) + "12345678"));
  }
  CHECK(is_utf8(""));
}

TEST_CASE("cuts make no difference") {
  const std::vector<std::string> texts = {"plain ascii, longer than eight bytes",
                                          "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 and \xc3\xb6", "wrong \xc3( here",
                                          "\xf4\x90\x80\x80", "unfinished \xe2\x82"};
  for (const std::string &text : texts)
    for (size_t at = 0; at <= text.size(); ++at) {
      Utf8Validator validator;
      const bool fed =
          validator.feed(std::string_view(text).substr(0, at)) && validator.feed(std::string_view(text).substr(at));
      CHECK((fed && validator.complete()) == is_utf8(text));
    }
}

TEST_CASE("a wrong byte is told in the middle of its character") {
  Utf8Validator validator;
  CHECK(validator.feed("\xf4"));
  CHECK_FALSE(validator.complete());
  CHECK_FALSE(validator.feed("\x90"));
}
