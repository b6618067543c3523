// What others want of a lane: order, limits, and when its thread is woken.
#include "core/io/posted.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/io/lane.hpp"

using signalbox::io::Lane;
using signalbox::io::Posted;

namespace {

// Was it woken since the last look?
bool rang(const Posted &posted) {
  uint64_t count = 0;
  return ::read(posted.fd(), &count, sizeof count) == sizeof count;
}

}  // namespace

TEST_CASE("what is posted is run in order, so much at a time") {
  Posted posted;
  std::vector<int> ran;
  for (int i = 0; i < 5; ++i) posted.post([&, i] { ran.push_back(i); });
  CHECK(ran.empty());
  REQUIRE(posted.begin_turn());
  posted.run(3);
  CHECK(ran == std::vector<int>{0, 1, 2});
  posted.post([&] { ran.push_back(5); });
  REQUIRE(posted.begin_turn());
  posted.run(9);
  CHECK(ran == std::vector<int>{0, 1, 2, 3, 4});
  // The one that came meanwhile is not forgotten, though its being wanted is.
  CHECK_FALSE(posted.may_sleep());
  REQUIRE(posted.begin_turn());
  posted.run(9);
  CHECK(ran == std::vector<int>{0, 1, 2, 3, 4, 5});
  CHECK_FALSE(posted.begin_turn());
  CHECK(posted.may_sleep());
}

TEST_CASE("who posts from a posted function is run in a later turn") {
  Posted posted;
  int ran = 0;
  std::function<void()> again = [&] {
    ++ran;
    posted.post(again);
  };
  posted.post(again);
  posted.run(100);
  CHECK(ran == 1);
  CHECK(posted.begin_turn());
  posted.run(100);
  CHECK(ran == 2);
}

TEST_CASE("a lane that is awake costs nobody a call of the kernel, one that sleeps costs one") {
  Posted posted;
  posted.wake();
  CHECK_FALSE(rang(posted));
  CHECK_FALSE(posted.may_sleep());  // it is wanted
  CHECK(posted.begin_turn());
  CHECK_FALSE(posted.begin_turn());
  REQUIRE(posted.may_sleep());
  posted.wake();
  CHECK(rang(posted));
  posted.wake();
  posted.post([] {});
  CHECK_FALSE(rang(posted));  // it has been told
  posted.awake();
  CHECK(posted.begin_turn());
  posted.wake();
  CHECK_FALSE(rang(posted));
}

TEST_CASE("what is dropped is not run, nor what it posts on its way") {
  Posted posted;
  int ran = 0;
  const auto last = [&](int *one) {
    posted.post([&] { ++ran; });
    delete one;
  };
  posted.post([held = std::shared_ptr<int>(new int, last)] {});
  posted.post([&] { ++ran; });
  int rounds = 0;
  while (posted.drop()) ++rounds;
  CHECK(rounds == 2);
  posted.run(9);
  CHECK(ran == 0);
}

TEST_CASE("threads that post and wake while the lane falls asleep and wakes up lose nothing") {
  constexpr int kThreads = 4, kPosts = 5000;
  Lane lane(0);
  std::vector<std::vector<int>> ran(kThreads);
  int left = kThreads * kPosts;
  int turns = 0;
  lane.add_turn_hook([&] { ++turns; });
  std::thread running([&] { lane.run(); });
  std::vector<std::thread> posting;
  for (int t = 0; t < kThreads; ++t)
    posting.emplace_back([&, t] {
      for (int i = 0; i < kPosts; ++i) {
        if (i % 7 == 0) lane.wake();
        lane.post([&, t, i] {
          ran[static_cast<size_t>(t)].push_back(i);
          if (--left == 0) lane.stop();
        });
        if (i % 50 == 0) std::this_thread::yield();
      }
    });
  for (std::thread &thread : posting) thread.join();
  running.join();
  for (const std::vector<int> &of_one : ran) {
    REQUIRE(of_one.size() == kPosts);
    CHECK(std::is_sorted(of_one.begin(), of_one.end()));
  }
  CHECK(turns > 0);
}
