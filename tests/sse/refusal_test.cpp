// Channels that are not given, and those that are taken back.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

using Json = Server::Json;

namespace {

struct Case {
  uint32_t code;
  const char *reason;
  uint32_t told;
};
constexpr Case kCases[] = {
    {401, "unauthorized", 401}, {419, "unauthorized", 401}, {403, "not_allowed", 403}, {404, "not_allowed", 403},
    {302, "not_allowed", 403},  {429, "rate_limited", 429}, {0, "unavailable", 503},   {502, "unavailable", 503},
};

std::string refused(const std::string &channel, const std::string &reason, uint32_t code) {
  return R"({"channel":")" + channel + R"(","reason":")" + reason + R"(","code":)" + std::to_string(code) + "}";
}

}  // namespace

TEST_CASE("why a channel is not given is told by a code that does not tell what exists") {
  for (const Case &c : kCases) {
    CAPTURE(c.code);
    Server s;
    s.log.refuse_with("x", c.code);
    const sbx_id stream = s.open("channel=x&channel=a"), poll = s.poll("channel=x&channel=a");
    CHECK(s.messages(stream).at(0).type == "signalbox.refused");
    CHECK(s.messages(stream).at(0).data == refused("x", c.reason, c.told));
    CHECK(s.document(poll)["refused"] == Json{"x"});
    CHECK(s.document(poll)["codes"] == Json{{"x", c.told}});
    const sbx_id alone = s.poll("channel=x&wait=9");
    CHECK(s.status(alone) == c.told);
    CHECK(s.http[alone].header("www-authenticate") == (c.told == 401 ? "Bearer" : ""));
    CHECK(s.http[alone].header("retry-after") == (c.told == 429 || c.told == 503 ? "5" : ""));
  }
}

TEST_CASE("of several refusals the most hopeful is the answer's") {
  Server s;
  s.log.refuse_with("a", 403);
  s.log.refuse_with("b", 401);
  s.log.refuse_with("c", 429);
  s.log.refuse_with("d", 0);
  CHECK(s.status(s.poll("channel=a&channel=b")) == 401);
  CHECK(s.status(s.poll("channel=b&channel=c&channel=a")) == 429);
  CHECK(s.status(s.poll("channel=d&channel=c")) == 503);
}

TEST_CASE("a restricted channel that nobody vouches for is not open") {
  Server s;
  CHECK(s.status(s.poll("channel=private-a")) == 403);
  s.log.vouch("private-*");
  CHECK(s.status(s.poll("channel=private-a")) == 200);
}

TEST_CASE("a stream whose channels are all refused ends, and its browser is told to wait longer than others") {
  Server s(R"(,"retry":1000)");
  s.log.refuse_with("x", 401);
  s.log.refuse("y");
  const sbx_id id = s.open("channel=x&channel=y"), other = s.open("channel=a");
  CHECK(s.answered(id));
  CHECK(s.messages(id).size() == 2);
  CHECK(s.page(id).reconnection_ms >= 10'000);
  CHECK(s.page(other).reconnection_ms < 2'000);
  CHECK(s.metric("signalbox_sse_streams_closed_total", "refused") == 1);
  CHECK(s.metric("signalbox_sse_streams") == 1);
}

TEST_CASE("what has expired is told, and the stream goes on with the others until none is left") {
  Server s;
  s.log.vouch("private-*");
  const sbx_id id = s.open("channel=private-a&channel=private-b");
  s.log.end(id, "private-a");
  CHECK(s.messages(id).back().data == refused("private-a", "expired", 401));
  CHECK_FALSE(s.answered(id));
  s.event("private-a", "1");
  s.event("private-b", "2");
  CHECK(s.heard(id).back() == "2");
  s.log.end(id, "private-b", 419);
  CHECK(s.messages(id).back().data == refused("private-b", "expired", 401));
  CHECK(s.answered(id));
  CHECK(s.host.timers() == 0);
}

TEST_CASE("an end for another reason is told by that reason") {
  Server s;
  const sbx_id id = s.open("channel=a&channel=b");
  s.log.end(id, "a", 503);
  CHECK(s.messages(id).back().data == refused("a", "unavailable", 503));
}

TEST_CASE("a poll whose channel expires while it waits is answered with what there is") {
  Server s;
  s.log.vouch("private-*");
  s.log.here["presence-r"] = "[]";
  s.log.vouch("presence-*");
  const sbx_id id = s.poll("channel=private-a&channel=presence-r&wait=25");
  s.log.end(s.visitors.entered.back().conn, "private-a");
  CHECK(s.document(id) == Json{{"events", Json::array()},
                               {"cursor", s.log.cursor_at(0)},
                               {"gap", false},
                               {"members", {{"presence-r", Json::array()}}},
                               {"refused", {"private-a"}},
                               {"codes", {{"private-a", 401}}}});
  CHECK(s.fanout.virtual_members() == 0);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a poll whose channel expires at the gate says that there is more") {
  Server s;
  s.log.vouch("private-*");
  s.log.retain("*", 9, Server::Log::Replay::kRetained);
  s.event("a", "1");
  s.log.hold(true);
  const sbx_id id = s.poll("channel=private-a&channel=a&wait=25");
  s.log.end(s.visitors.entered.back().conn, "private-a");
  CHECK(s.document(id)["more"] == true);
  CHECK(s.document(id)["cursor"] == s.log.cursor_at(0));
  s.log.hold(false);
  CHECK(s.data(s.poll("channel=a&since=" + s.log.cursor_at(0))) == Strings{"1"});
}
