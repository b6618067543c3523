// A token bucket on virtual time: what it lets through is never more than burst + rate * time, in any window.
#include "core/base/token_bucket.hpp"

#include <doctest/doctest.h>

#include <random>
#include <utility>
#include <vector>

using signalbox::Rate;
using signalbox::TokenBucket;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

bool take(TokenBucket &bucket, const Rate &rate, double wanted, int64_t now_ns) {
  if (bucket.left(rate, now_ns) < wanted) return false;
  bucket.take(rate, wanted, now_ns);
  return true;
}

}  // namespace

TEST_CASE("a new bucket lets its burst through, then as much as time brings") {
  const Rate rate{2, 5};
  TokenBucket bucket(rate, 0);
  for (int i = 0; i < 5; ++i) CHECK(take(bucket, rate, 1, 0));
  CHECK_FALSE(take(bucket, rate, 1, 0));
  CHECK_FALSE(take(bucket, rate, 1, kSecond / 2 - 1000));
  CHECK(take(bucket, rate, 1, kSecond / 2));
  CHECK_FALSE(take(bucket, rate, 1, kSecond / 2));
}

TEST_CASE("a bucket that was left alone holds its burst and no more") {
  const Rate rate{100, 3};
  TokenBucket bucket(rate, 0);
  CHECK(take(bucket, rate, 3, 0));
  CHECK(bucket.left(rate, 3600 * kSecond) == 3);
  CHECK(take(bucket, rate, 3, 3600 * kSecond));
  CHECK_FALSE(take(bucket, rate, 1, 3600 * kSecond));
}

TEST_CASE("more than the burst at once is never had") {
  const Rate rate{1000, 3};
  TokenBucket bucket(rate, 0);
  CHECK_FALSE(take(bucket, rate, 4, 1000 * kSecond));
  CHECK(take(bucket, rate, 3, 1000 * kSecond));
}

TEST_CASE("a clock that another lane read a little earlier gives nothing back") {
  const Rate rate{1, 1};
  TokenBucket bucket(rate, 10 * kSecond);
  CHECK(take(bucket, rate, 1, 10 * kSecond));
  CHECK_FALSE(take(bucket, rate, 1, 9 * kSecond));
  bucket.take(rate, 0, 5 * kSecond);  // does not move its time back
  CHECK_FALSE(take(bucket, rate, 1, 10 * kSecond + kSecond / 2));
}

TEST_CASE("it is full when it says so, and not before") {
  const Rate rate{4, 8};
  TokenBucket bucket(rate, 7);
  CHECK(bucket.full_at_ns(rate) <= 8);
  bucket.take(rate, 8, 7);
  const int64_t full_ns = bucket.full_at_ns(rate);
  CHECK(bucket.left(rate, full_ns) == doctest::Approx(8));
  CHECK(bucket.left(rate, full_ns - kSecond / 10) < 8);
}

TEST_CASE("a rate that hardly fills it is full at the end of time, not before the beginning") {
  const Rate rate{1e-300, 1e9};
  TokenBucket bucket(rate, kSecond);
  bucket.take(rate, 1e9, kSecond);
  CHECK(bucket.full_at_ns(rate) == INT64_MAX);
}

TEST_CASE("in no window of time comes more than burst + rate * time") {
  std::mt19937_64 random(20260601);
  for (int round = 0; round < 200; ++round) {
    const Rate rate{std::uniform_real_distribution<>(0.01, 500)(random),
                    static_cast<double>(std::uniform_int_distribution<>(1, 60)(random))};
    TokenBucket bucket(rate, 0);
    int64_t now_ns = 0;
    std::vector<std::pair<int64_t, double>> taken;
    for (int step = 0; step < 300; ++step) {
      // Mostly bursts, sometimes a pause.
      const int64_t most_ns = random() % 8 == 0 ? 5 * kSecond : kSecond / 100;
      now_ns += std::uniform_int_distribution<int64_t>(0, most_ns)(random);
      const double wanted = static_cast<double>(1 + random() % 5);
      if (take(bucket, rate, wanted, now_ns)) taken.emplace_back(now_ns, wanted);
    }
    for (size_t from = 0; from < taken.size(); ++from) {
      double sum = 0;
      for (size_t to = from; to < taken.size(); ++to) {
        sum += taken[to].second;
        const double passed_s = static_cast<double>(taken[to].first - taken[from].first) * 1e-9;
        REQUIRE(sum <= rate.burst + rate.per_second * passed_s + 1e-6);
      }
    }
  }
}
