// What becomes of messages: prefix, hint, malformed ones, a full queue.
#include "plugins/sources/redis/intake.hpp"

#include <doctest/doctest.h>

#include "redis_fixture.hpp"

using namespace redis_test;
using sbx::kSecondNs;

TEST_CASE("the prefix is taken off") {
  Source s(R"({"url":"redis://r","patterns":["*"],"prefix":"laravel_database_"})");
  s.plugin.start();
  s.net.open(s.conn());
  CHECK(s.take_sent() == command({"PSUBSCRIBE", "laravel_database_*"}));
  s.say(confirmed("psubscribe", "laravel_database_*"));
  s.say(pmessage("laravel_database_*", "laravel_database_private-orders.7", laravel("E", "1")));
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].channel == "private-orders.7");
  s.say(pmessage("laravel_database_*", "laravel_database_", laravel("E", "1")));
  CHECK(s.host.metric("signalbox_redis_malformed_total", "channel") == 1);
  CHECK(s.host.logged("set prefix") == 0);
}

TEST_CASE("prefixed traffic without a prefix is named once per prefix") {
  Source s;
  s.live();
  for (int i = 0; i < 3; ++i) {
    s.say(pmessage("*", "laravel_database_orders", laravel("E", "1")));
    s.say(pmessage("*", "my-shop-database-orders", laravel("E", "1")));
    s.say(pmessage("*", "orders", laravel("E", "1")));
  }
  CHECK(s.host.logged("set prefix: laravel_database_ ") == 1);
  CHECK(s.host.logged("set prefix: my-shop-database- ") == 1);
  CHECK(s.host.logged("set prefix") == 2);
  CHECK(s.host.emitted.size() == 9);
}

TEST_CASE("what looks like Laravel's prefix and what does not") {
  using redis::laravel_prefix;
  CHECK(laravel_prefix("laravel_database_x") == "laravel_database_");
  CHECK(laravel_prefix("my_shop_database_private-x") == "my_shop_database_");
  CHECK(laravel_prefix("laravel-database-x") == "laravel-database-");
  CHECK(laravel_prefix("_database_x").empty());
  CHECK(laravel_prefix("orders").empty());
  CHECK(laravel_prefix("My App_database_x").empty());
  CHECK(laravel_prefix("__keyspace@0__:a_database_x").empty());
}

TEST_CASE("foreign payloads are counted by reason, sampled in the log, and harm nothing") {
  Source s;
  s.live();
  s.say(pmessage("*", "c", "not json \x1b[31m\n"));
  s.say(pmessage("*", "c", "\x93\xA7"));
  s.say(pmessage("*", "c", "[1]"));
  s.say(pmessage("*", "c", R"({"event":7,"data":1})"));
  s.say(pmessage("*", "\xFF", laravel("E", "1")));
  s.say(pmessage("*", "c", std::string((1 << 20) + 1, 'x')));
  CHECK(s.host.emitted.empty());
  auto malformed = [&](const char *reason) { return s.host.metric("signalbox_redis_malformed_total", reason); };
  CHECK(malformed("json") == 2);
  CHECK(malformed("object") == 1);
  CHECK(malformed("event") == 1);
  CHECK(malformed("channel") == 1);
  CHECK(malformed("too_big") == 1);
  CHECK(s.host.logged("malformed message") == 1);
  CHECK(s.host.logged("malformed message (json) on channel 'c': 'not json \\x1b[31m\\x0a'") == 1);
  s.host.advance(11 * kSecondNs);
  s.say(pmessage("*", "c", std::string((1 << 20) + 1, 'x')));
  CHECK(s.host.logged("malformed message (too_big) on channel 'c': 1048577 bytes, payload_max is 1048576; 5 more") ==
        1);
  s.say(pmessage("*", "c", laravel("E", "1")));
  CHECK(s.host.emitted.size() == 1);
  CHECK(s.net.dialled() == 1);
}

TEST_CASE("a full queue costs the event, not the connection") {
  Source s;
  s.live();
  s.host.emit_answer = SBX_FULL;
  for (int i = 0; i < 5; ++i) s.say(pmessage("*", "c", laravel("E", "1")));
  CHECK(s.host.metric("signalbox_redis_dropped_total", "full") == 5);
  CHECK(s.host.logged("queue is full") == 1);
  CHECK(s.net[s.conn()].reading);
  s.host.emit_answer = SBX_EINVAL;
  s.say(pmessage("*", "c", laravel("E", "1")));
  CHECK(s.host.metric("signalbox_redis_malformed_total", "refused") == 1);
  s.host.emit_answer = SBX_OK;
  s.say(pmessage("*", "c", laravel("E", "2")));
  CHECK(s.host.emitted.size() == 1);
  CHECK(s.host.metric("signalbox_redis_messages_total") == 1);
  CHECK(s.host.metric("signalbox_redis_bytes_total") == 7.0 * static_cast<double>(laravel("E", "1").size()));
}

TEST_CASE("a message that several subscriptions match is one event, in whatever order Redis sends the copies") {
  Source s(R"({"url":"redis://r","channels":["news"],"patterns":["n*","*"]})");
  s.plugin.start();
  s.net.open(s.conn());
  s.say(confirmed("subscribe", "news") + confirmed("psubscribe", "n*", 2) + confirmed("psubscribe", "*", 3));
  for (int i = 0; i < 2; ++i)  // the same payload published twice is two events
    s.say(message("news", laravel("A", "1")) + pmessage("n*", "news", laravel("A", "1")) +
          pmessage("*", "news", laravel("A", "1")));
  s.say(pmessage("*", "nuts", laravel("B", "1")) + pmessage("n*", "nuts", laravel("B", "1")));
  s.say(pmessage("*", "bees", laravel("C", "1")));
  REQUIRE(s.host.emitted.size() == 4);
  CHECK(s.host.emitted[1].name == "A");
  CHECK(s.host.emitted[2].name == "B");
  CHECK(s.host.emitted[3].channel == "bees");
  CHECK(s.host.metric("signalbox_redis_repeated_total") == 5);
}

TEST_CASE("codec raw: everything becomes an event named message") {
  Source s(R"({"url":"redis://r","patterns":["*"],"codec":"raw"})");
  s.live();
  s.say(pmessage("*", "c", R"({"a":1.0})") + pmessage("*", "c", "text") + pmessage("*", "c", "\xFF"));
  REQUIRE(s.host.emitted.size() == 3);
  CHECK(s.host.emitted[0] == from_here({.channel = "c", .name = "message", .data = R"({"a":1.0})"}));
  CHECK(s.host.emitted[1].data == R"("text")");
  CHECK(s.host.emitted[2].binary);
  CHECK(s.host.emitted[2].data == "\xFF");
}

TEST_CASE("the sender is left out") {
  Source s;
  s.live();
  s.say(pmessage("*", "c", R"({"event":"E","data":{"a":1,"socket":"sid"},"socket":"sid"})"));
  REQUIRE(s.host.emitted.size() == 1);
  CHECK(s.host.emitted[0].except == "sid");
  CHECK(s.host.emitted[0].data == R"({"a":1})");
}
