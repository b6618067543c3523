#include "core/config/suggest.hpp"

#include <doctest/doctest.h>

namespace signalbox::config {

TEST_CASE("an insertion, a deletion, a replacement and a swap of neighbours are one edit each") {
  CHECK(edit_distance("redis", "redis") == 0);
  CHECK(edit_distance("redis", "reddis") == 1);
  CHECK(edit_distance("redis", "reds") == 1);
  CHECK(edit_distance("redis", "redas") == 1);
  CHECK(edit_distance("redis", "redsi") == 1);
  CHECK(edit_distance("redis", "erdsi") == 2);
}

TEST_CASE("upper case, hyphens and underscores cost nothing") { CHECK(edit_distance("When-Full", "when_full") == 0); }

TEST_CASE("more than two edits are all the same, whatever the length") {
  CHECK(edit_distance("redis", "socketio") == 3);
  CHECK(edit_distance(std::string(10'000, 'a'), std::string(10'000, 'b')) == 3);
  CHECK(edit_distance("", "ab") == 2);
}

TEST_CASE("the nearest name is suggested, and none that shares too little") {
  CHECK(nearest("chanels", {"channel_pattern", "channels", "chapels_"}) == "channels");
  CHECK(nearest("ab", {"cd", "x"}).empty());
  CHECK(nearest("to", {"from"}).empty());
  CHECK(nearest("anything", {}).empty());
}

}  // namespace signalbox::config
