#include "core/config/node.hpp"

#include <doctest/doctest.h>

#include "core/config/text.hpp"

namespace signalbox::config {

TEST_CASE("plain scalars have the types of the YAML 1.2 core schema") {
  for (const char *s : {"", "~", "null", "Null", "NULL"}) CHECK_MESSAGE(plain_type(s) == Type::null, s);
  for (const char *s : {"true", "True", "TRUE", "false"}) CHECK_MESSAGE(plain_type(s) == Type::boolean, s);
  for (const char *s : {"0", "-12", "+3", "0x1F", "0o17", "007"}) CHECK_MESSAGE(plain_type(s) == Type::integer, s);
  for (const char *s : {"1.5", ".5", "1.", "1e3", "-1.5E-7"}) CHECK_MESSAGE(plain_type(s) == Type::number, s);
  for (const char *s : {"no", "No", "on", "yes", "y", "nUll", "tRue", "1_000", "1:30", "0b1", ".inf", ".nan", ".", "-",
                        "1e", "0x", "12a"}) {
    CHECK_MESSAGE(plain_type(s) == Type::string, s);
  }
}

TEST_CASE("numbers become JSON without losing a digit") {
  CHECK(json_number("123456789012345678901234567890") == "123456789012345678901234567890");
  CHECK(json_number("+007") == "7");
  CHECK(json_number("-0") == "-0");
  CHECK(json_number(".5") == "0.5");
  CHECK(json_number("1.") == "1.0");
  CHECK(json_number("0.10") == "0.10");
  CHECK(json_number("1E+3") == "1e+3");
  CHECK(json_number("0x1f") == "31");
  CHECK(json_number("0xffffffffffffffffff").empty());
}

TEST_CASE("text is UTF-8 or it is cut where it is not") {
  CHECK(utf8_prefix("gr\xc3\xb6\xc3\x9f"
                    "e") == 7);
  CHECK(utf8_prefix("a\xc3") == 1);
  CHECK(utf8_prefix("a\xc0\x80") == 1);         // overlong
  CHECK(utf8_prefix("\xed\xa0\x80") == 0);      // a surrogate
  CHECK(utf8_prefix("\xf4\x90\x80\x80") == 0);  // beyond Unicode
  CHECK(utf8_prefix("\xf0\x9f\x98\x80") == 4);
}

TEST_CASE("what a terminal must not get is escaped") {
  CHECK(printable("a\x1b[31m", 60) == "a\\x1b[31m");
  CHECK(printable("\xe2\x80\xae", 60) == "\\u202e");
  CHECK(printable("\xff", 60) == "\\xff");
  CHECK(printable("abcdef", 3) == "abc...");
  CHECK(json_quote("a\"\\\n\x01") == "\"a\\\"\\\\\\n\\u0001\"");
}

}  // namespace signalbox::config
