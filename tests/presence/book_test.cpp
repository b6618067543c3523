// The book of presence on virtual time: the rules one by one, then at random against a model that has no cleverness.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/route/presence_book.hpp"

namespace signalbox {
namespace {

PresentMemberPtr member(const std::string &principal, const std::string &json = "{}") {
  return std::make_shared<const PresentMember>(PresentMember{principal, json});
}

struct Fixture {
  PresenceBook book;
  void join(const std::string &who, int64_t now = 0, const std::string &channel = "c") {
    CHECK(book.join(0, channel, member(who), now));
  }
  void leave(const std::string &who, int64_t linger, int64_t now = 0) { book.leave(0, "c", who, linger, now); }
  // "+li -anna"
  std::string told(int64_t now = 0) {
    book.expire(now);
    std::string words;
    for (const PresenceBook::Change &change : book.take())
      words += (words.empty() ? "" : " ") + std::string(change.joining ? "+" : "-") + change.member->principal;
    return words;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a principal joins with its first subscription and leaves with its last one") {
  join("li");
  join("li");
  join("anna");
  CHECK(told() == "+li +anna");
  leave("li", 0);
  CHECK(told().empty());
  leave("li", 0);
  CHECK(told() == "-li");
  CHECK(book.members() == 1);
}

TEST_CASE_FIXTURE(Fixture, "who breaks off stays until its time is over, or a join takes its place") {
  join("li");
  CHECK(told() == "+li");
  leave("li", 5, 10);
  CHECK(book.next_ns() == 15);
  CHECK(told(14).empty());
  join("li", 14);
  CHECK(told(100).empty());
  CHECK(book.next_ns() == INT64_MAX);
  leave("li", 5, 200);
  CHECK(told(205) == "-li");
}

TEST_CASE_FIXTURE(Fixture, "who comes back and then unsubscribes leaves at once") {
  join("li");
  told();
  leave("li", 50, 10);
  join("li", 20);
  leave("li", 0, 30);
  CHECK(told(30) == "-li");
}

TEST_CASE_FIXTURE(Fixture, "an unsubscribe waits for another connection that broke off a moment ago") {
  join("li");
  join("li");
  told();
  leave("li", 50, 10);  // one tab lost its line
  leave("li", 0, 20);   // the other one was closed
  CHECK(told(59).empty());
  CHECK(told(60) == "-li");
}

TEST_CASE_FIXTURE(Fixture, "what came and went before it was told is no change") {
  join("li");
  leave("li", 0);
  CHECK(told().empty());
  CHECK(book.members() == 0);
  join("anna");
  told();
  leave("anna", 0);
  join("anna");
  CHECK(told().empty());
  CHECK(book.members() == 1);
}

TEST_CASE_FIXTURE(Fixture, "leaves of nobody change nothing") {
  leave("li", 0);
  join("li");
  leave("li", 5);
  leave("li", 0);
  CHECK(told(4) == "+li");
  CHECK(told(5) == "-li");
  leave("li", 5);
  CHECK(told(20).empty());
}

TEST_CASE("what is over a limit is not listed, and there is room again when somebody left") {
  PresenceBook book({2, 100, 3, 100});
  CHECK(book.join(0, "c", member("a"), 0));
  CHECK(book.join(0, "c", member("b"), 0));
  CHECK_FALSE(book.join(0, "c", member("x"), 0));
  CHECK(book.join(0, "c", member("a"), 0));  // who is in it may come again
  CHECK(book.join(1, "c", member("a"), 0));
  CHECK_FALSE(book.join(1, "c", member("b"), 0));  // three in all
  CHECK(book.take().size() == 3);
  book.leave(0, "c", "x", 0, 0);
  CHECK(book.take().empty());
  book.leave(0, "c", "b", 0, 0);
  CHECK(book.take().size() == 1);
  CHECK(book.join(0, "c", member("x"), 0));
  CHECK_FALSE(PresenceBook({9, 5, 9, 99}).join(0, "c", member("a", "12345"), 0));
  CHECK_FALSE(PresenceBook({9, 99, 9, 5}).join(0, "c", member("a", "12345"), 0));
  CHECK(PresenceBook({9, 6, 9, 6}).join(0, "c", member("a", "12345"), 0));
}

namespace {

// Every place of a member by itself: there while a subscription lives, or a place is kept.
struct Model {
  struct One {
    int subscriptions = 0;
    std::vector<int64_t> places;
  };
  std::map<std::string, One> all;  // "scope channel principal"
  void join(const std::string &who, int64_t now) {
    One &one = all[who];
    std::erase_if(one.places, [now](int64_t end) { return end <= now; });
    if (const auto first = std::min_element(one.places.begin(), one.places.end()); first != one.places.end())
      one.places.erase(first);
    ++one.subscriptions;
  }
  void leave(const std::string &who, int64_t linger, int64_t now) {
    One &one = all[who];
    if (one.subscriptions == 0) return;
    --one.subscriptions;
    if (linger > 0) one.places.push_back(now + linger);
  }
  std::vector<std::string> there(int64_t now) const {
    std::vector<std::string> names;
    for (const auto &[who, one] : all)
      if (one.subscriptions > 0 ||
          std::any_of(one.places.begin(), one.places.end(), [now](int64_t end) { return end > now; }))
        names.push_back(who);
    return names;
  }
};

}  // namespace

TEST_CASE("whatever comes, goes and breaks off, those who follow the changes know who is there") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](unsigned n) { return random() % n; };
    PresenceBook book;
    Model model;
    std::map<std::string, bool> known;
    int64_t now = 0;
    for (int step = 0; step < 1500; ++step) {
      const uint32_t scope = pick(2);
      const std::string channel(1, static_cast<char>('a' + pick(3))), who(1, static_cast<char>('A' + pick(6)));
      const std::string key = std::to_string(scope) + channel + who;
      const unsigned what = pick(10);
      if (what < 4) {
        REQUIRE(book.join(scope, channel, member(who), now));
        model.join(key, now);
      } else if (what < 8) {
        const int64_t linger = pick(2) == 0 ? 0 : 1 + pick(40);
        book.leave(scope, channel, who, linger, now);
        model.leave(key, linger, now);
      } else if (what == 8) {
        now = pick(2) == 0 && book.next_ns() != INT64_MAX ? std::max(now, book.next_ns()) : now + pick(20);
      } else {
        book.expire(now);
        for (const PresenceBook::Change &change : book.take()) {
          const std::string name = std::to_string(change.scope) + change.channel + change.member->principal;
          REQUIRE(known[name] != change.joining);  // nobody joins twice
          known[name] = change.joining;
        }
        std::vector<std::string> names;
        for (const auto &[name, there] : known)
          if (there) names.push_back(name);
        REQUIRE(names == model.there(now));
        REQUIRE(book.members() == names.size());
        REQUIRE_FALSE(book.changed());
        REQUIRE(book.next_ns() > now);
      }
    }
  }
}

}  // namespace signalbox
