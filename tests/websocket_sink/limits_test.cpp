#include <doctest/doctest.h>

#include "tests/websocket_sink/server.hpp"

using Texts = Server::Texts;

namespace {

std::string subscribe(int n) { return R"({"type":"subscribe","channel":"c)" + std::to_string(n) + "\"}"; }
bool has(const Texts &texts, std::string_view part) {
  return texts.size() == 1 && texts[0].find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a connection may be in so many channels, and in another one when it leaves one") {
  Server s(R"(,"channels_max":2)");
  const sbx_id ws = s.client();
  CHECK(has(s.ask(ws, subscribe(1)), "subscribed"));
  CHECK(has(s.ask(ws, subscribe(2)), "subscribed"));
  CHECK(has(s.ask(ws, subscribe(3)), "too_many_channels"));
  CHECK(has(s.ask(ws, subscribe(2)), "subscribed"));
  CHECK(has(s.ask(ws, R"({"type":"unsubscribe","channel":"c1"})"), "unsubscribed"));
  CHECK(has(s.ask(ws, subscribe(3)), "subscribed"));
  CHECK(s.metric("errors_total", "too_many_channels") == 1);
}

TEST_CASE("a message that is not understood is answered; ten in a row are the end") {
  Server s;
  const sbx_id ws = s.client();
  for (int i = 0; i < 9; ++i) CHECK(has(s.ask(ws, "rubbish"), R"("code":"bad_message")"));
  CHECK(has(s.ask(ws, R"({"type":"ping"})"), "pong"));
  for (int i = 0; i < 9; ++i) CHECK(has(s.ask(ws, R"({"type":"new","ref":5})"), R"("code":"unknown_type")"));
  CHECK(s.http[ws].open());
  s.say(ws, "rubbish");
  CHECK(s.http[ws].close_code == 1008);
  CHECK(s.metric("closed_total", "bad_messages") == 1);
}

TEST_CASE("binary messages are refused with a close code that says so") {
  Server s;
  const sbx_id ws = s.client();
  s.http.message(ws, R"({"type":"ping"})", true);
  CHECK(s.http[ws].close_code == 1003);
  CHECK(s.http[ws].close_reason.find("JSON text") != std::string::npos);
  CHECK(s.metric("closed_total", "binary") == 1);
}

TEST_CASE("messages have a rate, with room for a page that resumes all its channels") {
  Server s(R"(,"messages_per_second":2,"channels_max":5)");
  const sbx_id ws = s.client();
  for (int i = 0; i < 9; ++i) CHECK(has(s.ask(ws, R"({"type":"ping"})"), "pong"));
  s.host.advance(sbx::kSecondNs);
  for (int i = 0; i < 2; ++i) CHECK(has(s.ask(ws, R"({"type":"ping"})"), "pong"));
  s.say(ws, R"({"type":"ping"})");
  CHECK(s.http[ws].close_code == 1008);
  CHECK(s.metric("closed_total", "rate") == 1);
}

TEST_CASE("a rate of 0 is none") {
  Server s(R"(,"messages_per_second":0)");
  const sbx_id ws = s.client();
  for (int i = 0; i < 1000; ++i) s.say(ws, R"({"type":"ping"})");
  CHECK(s.received(ws).size() == 1000);
}

TEST_CASE("who is in no channel for too long is sent away, who is in one stays") {
  Server s(R"(,"idle":10000)");
  const sbx_id idle = s.client(), busy = s.listener("a"), left = s.listener("a"), late = s.open("channel=a");
  s.host.advance(5 * sbx::kSecondNs);
  s.say(left, R"({"type":"unsubscribe","channel":"a"})");
  s.host.advance(5 * sbx::kSecondNs);
  CHECK(s.http[idle].close_code == 1008);
  CHECK(s.http[left].open());
  s.host.advance(5 * sbx::kSecondNs);
  CHECK(s.http[left].close_code == 1008);
  s.host.advance(100 * sbx::kSecondNs);
  CHECK(s.http[busy].open());
  CHECK(s.http[late].open());
  CHECK(s.metric("closed_total", "idle") == 2);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a refused channel is none to stay for") {
  Server s(R"(,"idle":10000)");
  s.log.refuse("x");
  const sbx_id ws = s.open("channel=x");
  s.host.advance(10 * sbx::kSecondNs);
  CHECK_FALSE(s.http[ws].open());
}

TEST_CASE("idle 0 is never") {
  Server s(R"(,"idle":0)");
  const sbx_id ws = s.client();
  s.host.advance(1'000'000 * sbx::kSecondNs);
  CHECK(s.http[ws].open());
}

TEST_CASE("a channel that is left before its turn leaves nothing behind that counts") {
  Server s(R"(,"channels_max":2)");
  s.log.hold(true);
  const sbx_id ws = s.client();
  s.say(ws, subscribe(1));  // waits at the gate, and the others behind it
  s.received(ws);
  for (int i = 2; i < 10; ++i) {
    s.say(ws, subscribe(2));
    CHECK(has(s.ask(ws, R"({"type":"unsubscribe","channel":"c2"})"), "unsubscribed"));
    s.log.hold(false);
    CHECK(s.received(ws).empty());
    s.log.hold(true);
    s.say(ws, R"({"type":"unsubscribe","channel":"c1"})");
    s.say(ws, subscribe(1));
    s.received(ws);
  }
  s.log.hold(false);
  CHECK(has(s.ask(ws, subscribe(2)), "subscribed"));
}
