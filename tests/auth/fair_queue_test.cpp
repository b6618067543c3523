#include "plugins/filters/auth/fair_queue.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "plugins/filters/auth/admitted_cache.hpp"

TEST_CASE("owners take turns, each with its oldest") {
  auth::FairQueue queue;
  for (const auto &[item, owner] :
       std::vector<std::pair<uint64_t, std::string>>{{1, "a"}, {2, "a"}, {3, "a"}, {4, "b"}, {5, "c"}, {6, "b"}})
    queue.add(item, owner);
  CHECK(queue.oldest() == 1);
  queue.remove(2);
  queue.remove(2);
  std::vector<uint64_t> order;
  while (const auto item = queue.take()) order.push_back(*item);
  CHECK(order == std::vector<uint64_t>{1, 4, 5, 3, 6});
  CHECK(queue.size() == 0);
  CHECK_FALSE(queue.oldest());
}

TEST_CASE("whatever is added comes out once, by any way of adding, taking and removing") {
  std::mt19937 random(7);
  auth::FairQueue queue;
  std::set<uint64_t> inside;
  uint64_t last = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto what = random() % 5;
    if (what < 2) {
      queue.add(++last, std::to_string(random() % 20));
      inside.insert(last);
    } else if (what < 4) {
      const auto item = queue.take();
      REQUIRE(item.has_value() == !inside.empty());
      if (item) REQUIRE(inside.erase(*item) == 1);
    } else if (!inside.empty()) {
      const uint64_t gone = *std::next(inside.begin(), static_cast<int>(random() % inside.size()));
      queue.remove(gone);
      inside.erase(gone);
    }
    REQUIRE(queue.size() == inside.size());
    REQUIRE(queue.oldest() == (inside.empty() ? std::optional<uint64_t>() : *inside.begin()));
  }
}

TEST_CASE("the cache is bounded by entries and by bytes, and forgets the oldest first") {
  auth::AdmittedCache cache(1000);
  auth::Judgement small, large;
  large.member = std::string(8000, 'x');
  for (int i = 0; i < 20'001; ++i) cache.keep(std::to_string(i), small, 0);
  CHECK(cache.size() == 20'000);
  CHECK_FALSE(cache.find("0", 0));
  CHECK(cache.find("20000", 999));
  CHECK_FALSE(cache.find("20000", 1000));
  CHECK(cache.size() == 0);
  for (int i = 0; i < 5'000; ++i) cache.keep(std::to_string(i), large, 2000);
  CHECK(cache.size() == (16u << 20) / 8000);
}
