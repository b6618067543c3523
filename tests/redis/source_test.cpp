// The source and its conversation: logging in, subscribing, messages, liveness, the end.
#include <doctest/doctest.h>

#include "redis_fixture.hpp"

using namespace redis_test;
using sbx::kSecondNs;
using sbx::testing::Event;
using sbx::testing::FakeStream;

TEST_CASE("a conversation cut at every pair of places gives the same events") {
  const std::string talk = "+OK\r\n" + confirmed("subscribe", "chat") + confirmed("psubscribe", "c*", 2) +
                           message("chat", laravel("A", "1")) + pmessage("c*", "chat", laravel("A", "1")) +
                           pmessage("c*", "cat", laravel("B", "{\"x\":2}"));
  const std::vector<Event> want = {from_here({.channel = "chat", .name = "A", .data = "1"}),
                                   from_here({.channel = "cat", .name = "B", .data = "{\"x\":2}"})};
  for (size_t a = 0; a <= talk.size(); ++a)
    for (size_t b = a; b <= talk.size(); b += 3) {
      Source s(R"({"url":"redis://:pw@r","channels":["chat"],"patterns":["c*"]})");
      s.plugin.start();
      s.net.open(s.conn());
      s.say(talk.substr(0, a));
      s.say(talk.substr(a, b - a));
      s.say(talk.substr(b));
      REQUIRE(s.host.emitted == want);
      REQUIRE(s.host.metric("signalbox_redis_repeated_total") == 1);
    }
}

TEST_CASE("it dials what the url says, with the TLS that was asked for") {
  Source s(R"({"url":"rediss://r:6380","patterns":["*"],"connect_timeout":2500,
               "tls":{"ca":"ca.pem","certificate":"c.pem","key":"k.pem","server_name":"n","insecure":true}})");
  s.plugin.start();
  auto &stream = s.net[s.conn()];
  CHECK(stream.url == "tls://r:6380");
  CHECK(stream.ca == "ca.pem");
  CHECK(stream.certificate == "c.pem");
  CHECK(stream.key == "k.pem");
  CHECK(stream.server_name == "n");
  CHECK(stream.insecure);
  CHECK(stream.timeout_ns == 2500 * sbx::kMillisecondNs);
}

TEST_CASE("it logs in, selects, subscribes, and is ready only when all of it is confirmed") {
  Source s(R"({"url":"redis://bob:pw@r/3","channels":["a","b"],"patterns":["x*"],"prefix":"p_"})");
  s.plugin.start();
  CHECK(s.host.ready == false);
  s.net.open(s.conn());
  CHECK(s.take_sent() == command({"AUTH", "bob", "pw"}));
  s.say("+OK\r\n");
  CHECK(s.take_sent() == command({"SELECT", "3"}));
  s.say("+OK\r\n");
  CHECK(s.take_sent() == command({"SUBSCRIBE", "p_a", "p_b"}) + command({"PSUBSCRIBE", "p_x*"}));
  s.say(confirmed("subscribe", "p_a", 1) + confirmed("subscribe", "p_b", 2));
  CHECK(s.host.ready == false);
  s.say(message("p_a", laravel("E", "1")));  // before everything is confirmed, but a message
  CHECK(s.host.emitted.size() == 1);
  s.say(confirmed("psubscribe", "p_x*", 3));
  CHECK(s.host.ready == true);
  CHECK(s.host.logged("subscribed at redis://r:6379") == 1);
  for (const auto &line : s.host.logs) CHECK(line.text.find("pw") == std::string::npos);
}

TEST_CASE("thousands of names go out in several commands") {
  std::string list;
  for (int i = 0; i < 1200; ++i) list += (i ? "," : "") + ("\"c" + std::to_string(i) + "\"");
  Source s("{\"url\":\"redis://r\",\"channels\":[" + list + "]}");
  s.plugin.start();
  s.net.open(s.conn());
  std::string sent = s.take_sent();
  CHECK(sent.starts_with("*513\r\n$9\r\nSUBSCRIBE\r\n"));
  std::string confirmations;
  for (int i = 0; i < 1199; ++i) confirmations += confirmed("subscribe", "c" + std::to_string(i), i);
  s.say(confirmations);
  CHECK(s.host.ready == false);
  s.say(confirmed("subscribe", "c1199", 1200));
  CHECK(s.host.ready == true);
}

TEST_CASE("refusals are explained, and never repeat the password") {
  struct Row {
    const char *error, *said;
  };
  for (const Row &row :
       {Row{"-WRONGPASS invalid username-password pair or user is disabled.", "check username, password"},
        Row{"-ERR invalid password", "check username, password"},
        Row{"-NOAUTH Authentication required.", "redis wants a password"},
        Row{"-NOPERM this user has no permissions to run 'auth'", "may not do this"},
        Row{"-LOADING Redis is loading the dataset in memory", "still loading"},
        Row{"-MASTERDOWN Link with MASTER is down", "lost its master"},
        Row{"-ERR Client sent AUTH, but no password is set", "redis has no password set"},
        Row{"-ERR wrong number of arguments for 'auth' command", "older than 6"},
        Row{"-ERR unknown command `AUTH`, with args beginning with: `hunter2`, ", "refused AUTH (ERR)"}}) {
    CAPTURE(row.error);
    Source s(R"({"url":"redis://bob:hunter2@r","patterns":["*"]})");
    s.plugin.start();
    s.net.open(s.conn());
    s.say(std::string(row.error) + "\r\n");
    CHECK(s.net[s.conn()].state == FakeStream::Stream::kClosed);
    CHECK(s.host.logged(row.said) == 1);
    CHECK(s.host.logged("hunter2") == 0);
    CHECK(s.host.ready == false);
    s.until_dial();
    CHECK(s.net.dialled() == 2);
  }
}

TEST_CASE("NOPERM and NOAUTH while subscribing say what is missing") {
  for (const char *error : {"-NOPERM No permissions to access a channel\r\n", "-NOAUTH Authentication required.\r\n"}) {
    Source s;
    s.plugin.start();
    s.net.open(s.conn());
    s.say(error);
    CHECK(s.host.logged("cannot use redis://r:6379: ") == 1);
    CHECK(s.host.logged("needs +subscribe") + s.host.logged("set password") == 1);
  }
}

TEST_CASE("a peer that is not Redis is left alone") {
  for (const char *rubbish : {"HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n", ":1\r\n", "*1\r\n$3\r\nfoo\r\n", "*0\r\n",
                              "*3\r\n$7\r\nmessage\r\n*0\r\n"}) {
    Source s;
    s.plugin.start();
    s.net.open(s.conn());
    s.say(rubbish);
    CHECK(s.net[s.conn()].state == FakeStream::Stream::kClosed);
    CHECK(s.host.emitted.empty());
    s.until_dial();
    CHECK(s.net.dialled() == 2);
  }
}

TEST_CASE("silence is answered by PING, and no answer by a new connection") {
  Source s;
  s.live();
  s.host.advance(14 * kSecondNs);
  CHECK(s.take_sent().empty());
  s.host.advance(2 * kSecondNs);
  CHECK(s.take_sent() == command({"PING"}));
  s.say(command({"pong", ""}));
  s.host.advance(14 * kSecondNs);
  CHECK(s.take_sent().empty());
  s.host.advance(2 * kSecondNs);
  CHECK(s.take_sent() == command({"PING"}));
  s.host.advance(6 * kSecondNs);
  CHECK(s.host.logged("lost redis://r:6379: redis did not answer PING in time") == 1);
  CHECK(s.net.dialled() == 2);
}

TEST_CASE("any bytes count as a sign of life, and traffic makes PING unnecessary") {
  Source s;
  s.live();
  for (int i = 0; i < 10; ++i) {
    s.host.advance(10 * kSecondNs);
    s.say(pmessage("*", "c", laravel("E", "1")));
  }
  CHECK(s.take_sent().empty());
  s.host.advance(16 * kSecondNs);
  CHECK(s.take_sent() == command({"PING"}));
  s.say("*4\r\n");  // the beginning of something
  s.host.advance(10 * kSecondNs);
  CHECK(s.net[s.conn()].state == FakeStream::Stream::kOpen);
}

TEST_CASE("a Redis that refuses PING still lives") {
  Source s;
  s.live();
  for (int i = 0; i < 3; ++i) {
    s.host.advance(16 * kSecondNs);
    s.say("-NOPERM this user has no permissions to run the 'ping' command\r\n");
  }
  CHECK(s.net.dialled() == 1);
  CHECK(s.host.logged("PING is refused") == 1);
  CHECK(s.host.ready == true);
}

TEST_CASE("a Redis that accepts and then says nothing is given up") {
  Source s;
  s.plugin.start();
  s.net.open(s.conn());
  s.host.advance(11 * kSecondNs);
  CHECK(s.host.logged("did not confirm the subscriptions in time") == 1);
}

TEST_CASE("stop closes the connection and says so in a later turn; without one at once") {
  {
    Source s;
    s.live();
    s.plugin.stop();
    CHECK(s.net[s.conn()].state == FakeStream::Stream::kClosed);
    CHECK(s.host.stopped);
    s.host.advance(100 * kSecondNs);
    CHECK(s.net.dialled() == 1);
    CHECK(s.host.timers() == 0);
  }
  {
    Source s;
    s.plugin.start();
    s.net.drop(s.conn(), SBX_EREFUSED, "connection refused");
    s.plugin.stop();
    CHECK(s.host.stopped);
    s.host.advance(100 * kSecondNs);
    CHECK(s.net.dialled() == 1);
  }
}

TEST_CASE("a host without streams is told so") {
  Source s;
  sbx::testing::FakeHost bare;
  sbx::testing::Plugin p(bare, table(), R"({"url":"redis://r","patterns":["*"]})");
  CHECK(p.start() == SBX_EUNSUPPORTED);
}
