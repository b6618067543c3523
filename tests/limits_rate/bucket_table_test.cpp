// Buckets by key: bounded, and what is forgotten is what costs the least to forget.
#include "core/base/bucket_table.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using signalbox::BucketTable;
using signalbox::Rate;
using signalbox::TokenBucket;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

template <class Table, class Key>
bool take(Table &table, const Key &key, double wanted, int64_t now_ns) {
  if (!table.has(key, wanted, now_ns)) return false;
  table.take(key, wanted, now_ns);
  return true;
}

}  // namespace

TEST_CASE("each key has a bucket of its own") {
  BucketTable<std::string> table({1, 2}, 10);
  CHECK(take(table, "a", 2, 0));
  CHECK_FALSE(take(table, "a", 1, 0));
  CHECK(take(table, "b", 2, 0));
  CHECK(take(table, "a", 1, kSecond));
}

TEST_CASE("without a rate everything passes and nothing is remembered") {
  BucketTable<uint64_t> table({0, 0}, 10);
  for (uint64_t key = 0; key < 100; ++key) CHECK(take(table, key, 1e9, 0));
  CHECK(table.size() == 0);
}

TEST_CASE("buckets that are full again leave as new ones come") {
  BucketTable<uint64_t> table({10, 10}, 1000);
  for (uint64_t key = 0; key < 100; ++key) table.take(key, 1, 0);
  CHECK(table.size() == 100);
  for (uint64_t key = 100; key < 150; ++key) table.take(key, 1, kSecond);
  CHECK(table.size() <= 51);
}

TEST_CASE("a full table forgets what is full again, then what will be the soonest") {
  BucketTable<std::string> table({1, 10}, 3);
  table.take("deep", 10, 0);  // full at 10 s
  table.take("old", 1, 0);    // full at 1 s
  table.take("half", 5, kSecond / 2);
  table.take("new", 1, 2 * kSecond);  // "old" is full again and goes
  CHECK(table.size() == 3);
  CHECK_FALSE(table.has("deep", 3, 2 * kSecond));
  CHECK_FALSE(table.has("half", 8, 2 * kSecond));
  table.take("newer", 2, 2 * kSecond);  // nothing is full: "new" is the soonest
  CHECK(table.size() == 3);
  CHECK(table.has("new", 10, 2 * kSecond));
  CHECK_FALSE(table.has("deep", 3, 2 * kSecond));
}

TEST_CASE("a flood of new keys does not wash away who is in debt") {
  BucketTable<uint64_t> table({1, 20}, 64);
  table.take(uint64_t{7}, 20, 0);
  for (uint64_t key = 1000; key < 50'000; ++key) take(table, key, 1, 0);
  CHECK(table.size() <= 64);
  CHECK_FALSE(table.has(7, 1, kSecond / 2));
}

TEST_CASE("what was forgotten begins anew") {
  BucketTable<uint64_t> table({1, 2}, 8);
  CHECK(take(table, uint64_t{1}, 2, 0));
  table.forget(1);
  table.forget(2);
  CHECK(table.size() == 0);
  CHECK(take(table, uint64_t{1}, 2, 0));
}

TEST_CASE("with room for all it says what a bucket for each key says") {
  std::mt19937_64 random(7);
  const Rate rate{3, 9};
  BucketTable<uint64_t> table(rate, 1000);
  std::map<uint64_t, TokenBucket> model;
  int64_t now_ns = 0;
  for (int step = 0; step < 20'000; ++step) {
    now_ns += static_cast<int64_t>(random() % (kSecond / 10));
    const uint64_t key = random() % 50;
    if (random() % 100 == 0) {
      table.forget(key);
      model.erase(key);
      continue;
    }
    const double wanted = static_cast<double>(1 + random() % 4);
    TokenBucket &bucket = model.try_emplace(key, rate, now_ns).first->second;
    const double left = bucket.left(rate, now_ns);
    if (left > wanted - 1e-6 && left < wanted + 1e-6) continue;  // rounding may say either
    const bool allowed = left >= wanted;
    REQUIRE(take(table, key, wanted, now_ns) == allowed);
    if (allowed) bucket.take(rate, wanted, now_ns);
    REQUIRE(table.size() <= 50);
  }
}
