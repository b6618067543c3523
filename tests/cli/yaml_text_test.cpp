#include "core/cli/yaml_text.hpp"

#include <doctest/doctest.h>

using namespace signalbox;

TEST_CASE("a text in quotes ends neither its quotes nor its line") {
  CHECK(yaml_quoted("") == R"("")");
  CHECK(yaml_quoted("a \"b\" \\ c") == R"("a \"b\" \\ c")");
  CHECK(yaml_quoted("a\n- b\r\t: c #d") == R"("a\u000A- b\u000D\u0009: c #d")");
  CHECK(yaml_quoted(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(yaml_quoted("\u0085\u2028\u2029\ufeff\x7f") == R"("\u0085\u2028\u2029\uFEFF\u007F")");
  CHECK(yaml_quoted("привет 😀") == "\"привет 😀\"");
}

TEST_CASE("a dollar in a text is a dollar, and never the beginning of a placeholder") {
  CHECK(yaml_quoted("$HOME ${HOME} $$") == R"("$$HOME $${HOME} $$$$")");
}

TEST_CASE("a variable comes with what counts without it, unless that would end it") {
  CHECK(yaml_variable("X", "6379") == "${X:-6379}");
  CHECK(yaml_variable("X", "") == "${X:-}");
  CHECK(yaml_variable("X", "a$b${c") == "${X:-a$b${c}");
  CHECK(yaml_variable("X", "a}$") == "a}$$");
}

TEST_CASE("a comment is one line, whatever is in it") {
  CHECK(yaml_comment("a\nb: c\r\u2028d").find('\n') == std::string::npos);
  CHECK(yaml_comment("a\nb: c\r\u2028d").find('\r') == std::string::npos);
  CHECK(yaml_comment(std::string(500, 'x')).size() <= 70);
}
