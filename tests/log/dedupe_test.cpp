#include <doctest/doctest.h>

#include "core/log/dedupe_table.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

// The same answers with a store and without one.
void expect_dedupe(House &house) {
  const LogReceipt first = house.put_key("c", "a", "k1");
  REQUIRE(first.status == SBX_OK);
  const LogReceipt again = house.put_key("c", "b", "k1");
  CHECK(again.status == SBX_DUPLICATE);
  CHECK(again.position == first.position);
  CHECK(names(house.read("c", first.position.seq - 1)) == Names{"a"});

  Emission other = house.emission("c", "other source");
  other.source = "src2";
  other.dedupe_key = "k1";
  other.dedupe_ns = kSecond;
  CHECK(house.put(std::move(other)).status == SBX_OK);

  // An emission that the filters left nothing of.
  const auto put_nothing = [&] {
    Emission nothing;
    nothing.source = "src";
    nothing.dedupe_key = std::string("k2");
    nothing.dedupe_ns = kSecond;
    return house.put(std::move(nothing));
  };
  CHECK(put_nothing().position == Position{});
  const LogReceipt second = put_nothing();
  CHECK(second.status == SBX_DUPLICATE);
  CHECK(second.position == Position{});

  const size_t one = house.append(house.emission("c", "x"));
  house.batch.back().dedupe_key = "k3";
  house.batch.back().dedupe_ns = kSecond;
  const size_t two = house.append(house.emission("c", "y"));
  house.batch.back().dedupe_key = "k3";
  house.batch.back().dedupe_ns = kSecond;
  house.send();
  REQUIRE(house.drain());
  CHECK(house.receipts[one]->status == SBX_OK);
  CHECK(house.receipts[two]->status == SBX_DUPLICATE);
  CHECK(house.receipts[two]->position == house.receipts[one]->position);

  house.clock.now_ns += 61 * kSecond;
  house.log->expire();
  REQUIRE(house.drain());
  CHECK(house.put_key("c", "late", "k1").status == SBX_OK);
  CHECK(house.put_key("c", "never remembered", "k4", 0).status == SBX_OK);
  CHECK(house.put_key("c", "never remembered", "k4", 0).status == SBX_OK);
  CHECK(house.put_key("c", "for ever", "k5", INT64_MAX).status == SBX_OK);
  CHECK(house.put_key("c", "for ever", "k5", INT64_MAX).status == SBX_DUPLICATE);
}

}  // namespace

TEST_CASE("a key that is known places nothing and names the first one, without a store") {
  House house({rule("*", 10)});
  REQUIRE(house.open().ok());
  expect_dedupe(house);
}

TEST_CASE("a key that is known places nothing and names the first one, with a store") {
  Folder folder;
  House house({rule("*", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  expect_dedupe(house);
}

TEST_CASE("a key is known over a restart, with the same position") {
  Folder folder;
  House house({rule("*", 10)});  // memory, but the key is in the store
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const LogReceipt first = house.put_key("c", "a", std::string("\0binary\xff", 8));
  house.close();
  REQUIRE(house.open().ok());
  const LogReceipt again = house.put_key("c", "a", std::string("\0binary\xff", 8));
  CHECK(again.status == SBX_DUPLICATE);
  CHECK(cursor_text(again.position) == cursor_text(first.position));
  CHECK(again.position.epoch == house.log->epoch());
  house.clock.now_ns += 61 * kSecond;
  CHECK(house.put_key("c", "a", std::string("\0binary\xff", 8)).status == SBX_OK);
}

TEST_CASE("the table without a store is bounded: the oldest key goes") {
  DedupeTable table(3);
  for (const char *key : {"a", "b", "c", "d"}) table.remember("s", key, {1, 2}, 100);
  CHECK(table.size() == 3);
  CHECK_FALSE(table.find("s", "a", 0));
  CHECK(table.find("s", "d", 0) == Position{1, 2});
  CHECK_FALSE(table.find("s", "d", 100));
  CHECK_FALSE(table.find("sd", "", 0));
  table.expire(100);
  CHECK(table.size() == 0);
}
