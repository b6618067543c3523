// How many calls there are: the cap, the queue, sharing, and what is still known.
#include <set>

#include "tests/auth/auth_fixture.hpp"

using namespace auth_test;

namespace {

Visitor session(size_t i) { return {.id = "V" + std::to_string(i), .headers = {{"cookie", "s=" + std::to_string(i)}}}; }

// Answers the oldest call that waits.
bool answer_one(AuthFixture &f, const Answer &answer = {.body = "true"}) {
  for (sbx_id id = 1; id <= f.web.fetches(); ++id) {
    if (f.web[id].state != FakeHttpClient::Fetch::kWaiting) continue;
    f.web.answer(id, answer);
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("five thousand at once: the cap is never exceeded and nobody is left out") {
  AuthFixture f(laravel_config({{"concurrency", 32}}));
  size_t most = 0;
  f.web.on_fetch = [&](const FakeHttpClient::Fetch &) {
    most = std::max(most, f.web.waiting());
    return Answer{.body = "true"};
  };
  for (size_t i = 0; i < 5000; ++i) f.ask("private-a", session(i));
  CHECK(f.web.waiting() == 32);
  CHECK(f.host.metric("signalbox_auth_calls") == 32);
  CHECK(f.host.metric("signalbox_auth_waiting") == 5000 - 32);
  f.host.turn();
  CHECK(most == 32);
  CHECK(f.web.fetches() == 5000);
  for (uint64_t ask = 1; ask <= 5000; ++ask) REQUIRE(f.in(ask));
  CHECK(f.host.metric("signalbox_auth_calls") == 0);
  CHECK(f.host.metric("signalbox_auth_waiting") == 0);
  CHECK(f.host.metric("signalbox_auth_admitted_total", "laravel") == 5000);
}

TEST_CASE("who asks for much at once waits in his own line") {
  AuthFixture f(laravel_config({{"concurrency", 1}}));
  for (size_t i = 0; i < 100; ++i) f.ask("private-" + std::to_string(i), session(1));
  const uint64_t other = f.ask("private-x", session(2));
  for (int i = 0; i < 3; ++i) answer_one(f);
  CHECK(f.answered(other));
  CHECK_FALSE(f.answered(50));
}

TEST_CASE("a full queue refuses at once, and a client may try again") {
  AuthFixture f(laravel_config({{"concurrency", 2}, {"queue", 3}}));
  for (size_t i = 0; i < 5; ++i) CHECK_FALSE(f.answered(f.ask("private-a", session(i))));
  CHECK(f.out(f.ask("private-a", session(5))) == 0);
  CHECK(f.out(f.ask("private-a", session(0))) == 0);  // sharing needs a place, too
  CHECK(f.refused("queue_full") == 2);
  CHECK(answer_one(f));
  CHECK_FALSE(f.answered(f.ask("private-a", session(6))));
}

TEST_CASE("many bytes that wait fill the queue as well") {
  AuthFixture f(laravel_config({{"concurrency", 1}}));
  size_t refused = 0;
  for (size_t i = 0; i < 5000; ++i) {
    Visitor v = session(i);
    v.headers[0].second += std::string(15'000, 'x');
    refused += f.answered(f.ask("private-a", v)) ? 1 : 0;
  }
  CHECK(refused > 400);
  CHECK(f.refused("queue_full") == refused);
}

TEST_CASE("whoever waits too long is told that nobody could be asked") {
  AuthFixture f(laravel_config({{"concurrency", 1}, {"wait", 10'000}, {"timeout", 60'000}}));
  const uint64_t under_way = f.ask("private-a", session(0)), first = f.ask("private-a", session(1));
  f.host.advance(4 * sbx::kSecondNs);
  const uint64_t second = f.ask("private-a", session(2));
  f.host.advance(7 * sbx::kSecondNs);
  CHECK(f.out(first) == 0);
  CHECK_FALSE(f.answered(second));
  CHECK(f.refused("waited_too_long") == 1);
  f.host.advance(4 * sbx::kSecondNs);
  CHECK(f.out(second) == 0);
  CHECK_FALSE(f.answered(under_way));
  CHECK(f.host.metric("signalbox_auth_waiting") == 0);
  CHECK(answer_one(f));
  CHECK(f.in(under_way));
  CHECK(f.web.fetches() == 1);
}

TEST_CASE("equal questions that are under way or wait are one call, and different ones never are") {
  AuthFixture f(laravel_config({{"concurrency", 1}}));
  const uint64_t a = f.ask("private-a", session(1)), same = f.ask("private-a", session(1));
  const uint64_t b = f.ask("private-b", session(1)), waiting = f.ask("private-b", session(1));
  const uint64_t other = f.ask("private-a", session(2));
  CHECK(f.host.metric("signalbox_auth_joined_total") == 2);
  CHECK(f.host.metric("signalbox_auth_waiting") == 3);
  answer_one(f);
  CHECK(f.in(a));
  CHECK(f.in(same));
  answer_one(f, {.status = 403});
  answer_one(f);
  CHECK(f.web.fetches() == 3);
  CHECK(f.out(b) == 403);
  CHECK(f.out(waiting) == 403);
  CHECK(f.in(other));
}

TEST_CASE("an admission is remembered for a moment, a refusal never") {
  AuthFixture f(laravel_config({{"cache", 5000}}));
  f.ask("presence-a", session(1));
  answer_one(f, {.body = R"({"channel_data":{"user_id":7}})"});
  f.host.advance(4 * sbx::kSecondNs);
  const uint64_t again = f.ask("presence-a", session(1));
  CHECK(f.in(again));
  CHECK(f.told(again).principal == "7");
  CHECK(f.host.metric("signalbox_auth_cached_total") == 1);
  f.host.advance(2 * sbx::kSecondNs);  // using it has not made it younger
  CHECK_FALSE(f.answered(f.ask("presence-a", session(1))));
  answer_one(f, {.status = 403});
  CHECK_FALSE(f.answered(f.ask("presence-a", session(1))));
  answer_one(f);
  CHECK_FALSE(f.answered(f.ask("presence-a", session(2))));  // somebody else
  CHECK_FALSE(f.answered(f.ask("presence-b", session(1))));  // something else
}

TEST_CASE("0s keeps nothing") {
  AuthFixture f(laravel_config({{"cache", 0}}));
  f.ask("private-a", session(1));
  answer_one(f);
  CHECK_FALSE(f.answered(f.ask("private-a", session(1))));
}

TEST_CASE("whoever waits when the instance stops is answered, and nothing is left under way") {
  AuthFixture f(laravel_config({{"concurrency", 1}}));
  const uint64_t under_way = f.ask("private-a", session(1)), waiting = f.ask("private-a", session(2));
  f.plugin->stop();
  CHECK(f.host.stopped);
  CHECK(f.out(under_way) == 0);
  CHECK(f.out(waiting) == 0);
  CHECK(f.web.waiting() == 0);
  CHECK(f.host.timers() == 0);
  CHECK(f.refused("stopping") == 2);
  CHECK(f.out(f.ask("private-a", session(3))) == 0);
  CHECK(f.web.fetches() == 1);
}

TEST_CASE("an instance that is destroyed under way leaves nothing behind") {
  FakeHost host;
  auto &web = host.part<FakeHttpClient>();
  host.part<FakeAdmission>();
  {
    sbx::testing::Plugin plugin(host, sbx_module_v1_auth(0)->plugins[0], laravel_config().dump());
    REQUIRE(plugin.start() == SBX_OK);
    const Lent channel("private-a");
    const sbx_join join{sizeof(sbx_join), 0, channel.str(), {}, nullptr};
    const auto *keeper = plugin.extension<sbx_gatekeeper>(SBX_ADMISSION);
    CHECK(host.call([&] { return keeper->admit(plugin.self(), 1, &join); }) == SBX_PENDING);
    CHECK(web.waiting() == 1);
  }
  CHECK(web.waiting() == 0);
}
