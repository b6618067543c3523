#include "plugins/sources/redis/glob.hpp"

#include <doctest/doctest.h>

#include <string>

#include "plugins/sources/redis/subscriptions.hpp"

using redis::glob_escape;
using redis::glob_match;

TEST_CASE("stars, question marks and letters match as in Redis") {
  CHECK(glob_match("*", "anything"));
  CHECK(glob_match("orders", "orders"));
  CHECK_FALSE(glob_match("orders", "orders.7"));
  CHECK_FALSE(glob_match("orders.7", "orders"));
  CHECK(glob_match("orders.*", "orders."));
  CHECK(glob_match("*.7", "a.b.7"));
  CHECK(glob_match("a*b*c", "a--b--b--c"));
  CHECK_FALSE(glob_match("a*b*c", "a--b--"));
  CHECK(glob_match("**x**", "x"));
  CHECK(glob_match("h?llo", "hello"));
  CHECK_FALSE(glob_match("h?llo", "hllo"));
  CHECK_FALSE(glob_match("?", "\xC3\xA9"));  // bytes, not characters
  CHECK(glob_match("a/*", "a/b/c"));
  CHECK_FALSE(glob_match("Orders", "orders"));
}

TEST_CASE("classes match as in Redis, with its ways of reading broken ones") {
  CHECK(glob_match("h[ae]llo", "hallo"));
  CHECK_FALSE(glob_match("h[ae]llo", "hillo"));
  CHECK(glob_match("h[^e]llo", "hallo"));
  CHECK_FALSE(glob_match("h[^e]llo", "hello"));
  CHECK(glob_match("[a-c]x", "bx"));
  CHECK(glob_match("[c-a]x", "bx"));  // a range backwards
  CHECK_FALSE(glob_match("[a-c]x", "dx"));
  CHECK(glob_match("[\\]]", "]"));
  CHECK(glob_match("[a\\-z]", "-"));
  CHECK_FALSE(glob_match("[a\\-z]", "m"));
  CHECK(glob_match("x[ab", "xb"));  // never closed
  CHECK(glob_match("[a-]", "]"));   // a range to the bracket, then never closed
  CHECK_FALSE(glob_match("[]", "a"));
  CHECK_FALSE(glob_match("[", "["));
}

TEST_CASE("a backslash takes the next character as it is") {
  CHECK(glob_match("a\\*", "a*"));
  CHECK_FALSE(glob_match("a\\*", "ab"));
  CHECK(glob_match("a\\?b", "a?b"));
  CHECK(glob_match("a\\", "a\\"));
}

TEST_CASE("a pattern made of many stars takes no exponential time") {
  std::string pattern, text(3000, 'a');
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(glob_match(pattern + "b", text));
  CHECK(glob_match(pattern, text));
}

TEST_CASE("an escaped text matches itself and nothing else") {
  const std::string odd = "app[1]*?\\^-_database_";
  CHECK(glob_match(glob_escape(odd), odd));
  CHECK_FALSE(glob_match(glob_escape(odd), "app1x_database_"));
}

TEST_CASE("of the copies of one message exactly one is wanted") {
  redis::Subscriptions s({"news", "news"}, {"n*", "*s", "n*", "x"}, "");
  CHECK(s.channels().size() == 1);
  CHECK(s.patterns().size() == 3);
  CHECK(s.wanted("", "news"));
  CHECK_FALSE(s.wanted("n*", "news"));
  CHECK_FALSE(s.wanted("*s", "news"));
  CHECK(s.wanted("n*", "nuts"));
  CHECK_FALSE(s.wanted("*s", "nuts"));
  CHECK(s.wanted("*s", "bees"));
}

TEST_CASE("the prefix goes in front, and is no pattern itself") {
  redis::Subscriptions s({"news"}, {"*"}, "a[1]_");
  CHECK(s.channels()[0] == "a[1]_news");
  CHECK(s.patterns()[0] == "a\\[1]_*");
  CHECK(glob_match(s.patterns()[0], "a[1]_x"));
}
