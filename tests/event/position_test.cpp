#include <doctest/doctest.h>

#include <random>
#include <string>

#include "core/event/position.hpp"

namespace signalbox {
namespace {

std::string cursor(Position p) {
  const auto text = cursor_text(p);
  return {text.data(), text.size()};
}

}  // namespace

TEST_CASE("a cursor's text gives back its position") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const Position p{random() >> (random() % 64), random() >> (random() % 64)};
    CHECK(parse_cursor(cursor(p)) == p);
  }
  CHECK(parse_cursor(cursor({UINT64_MAX, UINT64_MAX})) == Position{UINT64_MAX, UINT64_MAX});
  CHECK(parse_cursor(cursor({0, 0})) == Position{});
}

TEST_CASE("a cursor's text is base64url of both numbers, most significant byte first") {
  // 00 01 02 .. 0f by any other encoder
  CHECK(cursor({0x0001020304050607, 0x08090a0b0c0d0e0f}) == "AAECAwQFBgcICQoLDA0ODw");
  CHECK(cursor({UINT64_MAX, UINT64_MAX}) == "_____________________w");
}

TEST_CASE("what is no cursor is none, and a position has one text alone") {
  const std::string good = cursor({5, 6});
  CHECK_FALSE(parse_cursor(""));
  CHECK_FALSE(parse_cursor(good.substr(1)));
  CHECK_FALSE(parse_cursor(good + "A"));
  CHECK_FALSE(parse_cursor(std::string(22, '+')));
  CHECK_FALSE(parse_cursor(std::string(22, '\0')));
  // The last digit's four lowest bits stand for nothing.
  for (char last : {'B', 'P', 'h', '_', '='}) CHECK_FALSE(parse_cursor(good.substr(0, 21) + last));
}

}  // namespace signalbox
