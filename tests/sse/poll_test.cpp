// The poll that answers at once.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

using Json = Server::Json;
using Replay = Server::Log::Replay;

TEST_CASE("a poll is answered at once with what is retained, and where to go on") {
  Server s;
  s.log.retain("*", 9);
  const std::string since = s.log.cursor_at(0), first = s.event("pay.7", R"({"id":7})", "paid"),
                    second = s.event("news", "2");
  s.event("other", "3");
  const sbx_id id = s.poll("channel=pay.7&channel=news&since=" + since);
  CHECK(s.status(id) == 200);
  CHECK(s.answered(id));
  CHECK(s.http[id].header("content-type") == "application/json");
  CHECK(s.http[id].header("cache-control").find("no-store") != std::string::npos);
  const Json expected = {
      {"events",
       {{{"channel", "pay.7"}, {"event", "paid"}, {"data", {{"id", 7}}}, {"id", first}, {"cursor", first}},
        {{"channel", "news"}, {"event", "e"}, {"data", 2}, {"id", second}, {"cursor", second}}}},
      {"cursor", s.log.cursor_at(3)},
      {"gap", false}};
  CHECK(s.document(id) == expected);
  CHECK(s.fanout.virtual_members() == 0);
  CHECK(s.metric("signalbox_sse_polls_total", "events") == 1);
  CHECK(s.metric("signalbox_sse_polls_open") == 0);
}

TEST_CASE("nothing new is an empty answer with a cursor that is safe to keep") {
  Server s;
  s.log.retain("*", 9);
  s.event("a", "1");
  const Json now = s.document(s.poll("channel=a"));
  CHECK(now == Json{{"events", Json::array()}, {"cursor", s.log.cursor_at(1)}, {"gap", false}});
  s.event("a", "2");
  CHECK(s.data(s.poll("channel=a&since=" + now["cursor"].get<std::string>())) == Strings{"2"});
  CHECK(s.metric("signalbox_sse_polls_total", "empty") == 1);
}

TEST_CASE("without a cursor a poll gets what the channel's replay rule says") {
  Server s;
  s.log.retain("all", 9, Replay::kRetained);
  s.event("all", "1");
  s.event("none", "2");
  CHECK(s.data(s.poll("channel=all&channel=none")) == Strings{"1"});
}

TEST_CASE("a poll that missed something is told so, and gets what is left") {
  Server s;
  s.log.retain("*", 1);
  const std::string start = s.log.cursor_at(0);
  s.event("a", "1");
  s.event("a", "2");
  for (const std::string &since : {start, std::string("garbage")}) {
    const sbx_id id = s.poll("channel=a&since=" + since);
    CHECK(s.document(id)["gap"] == true);
    CHECK(s.data(id) == Strings{"2"});
  }
  CHECK(s.metric("signalbox_sse_polls_total", "gap") == 2);
}

TEST_CASE("a limited answer ends with its last event, and the next poll goes on behind it") {
  Server s(R"(,"poll_events_max":2)");
  s.log.retain("*", 9);
  std::string since = s.log.cursor_at(0);
  for (const char *data : {"1", "2", "3", "4", "5"}) s.event("a", data);
  Strings all;
  for (const size_t expected : {2u, 2u, 1u, 0u}) {
    const sbx_id id = s.poll("channel=a&since=" + since);
    CHECK(s.data(id).size() == expected);
    for (const std::string &data : s.data(id)) all.push_back(data);
    since = s.document(id)["cursor"];
  }
  CHECK(all == Strings{"1", "2", "3", "4", "5"});
}

TEST_CASE("an answer that was cut says that there is more") {
  Server s(R"(,"poll_events_max":2)");
  s.log.retain("*", 9);
  for (const char *data : {"1", "2", "3"}) s.event("a", data);
  const Json cut = s.document(s.poll("channel=a&since=" + s.log.cursor_at(0)));
  CHECK(cut["more"] == true);
  CHECK_FALSE(s.document(s.poll("channel=a&since=" + cut["cursor"].get<std::string>())).contains("more"));
}

TEST_CASE("channels that are at different places are polled from there, also in pieces, and miss nothing") {
  Server s(R"(,"poll_events_max":2)");
  s.log.retain("*", 9);
  for (int i = 1; i <= 8; ++i) s.event(i % 2 ? "a" : "b", std::to_string(i));
  std::string a = s.log.cursor_at(0), b = s.log.cursor_at(4);
  Strings all;
  for (bool more = true; more;) {
    const Json got = s.document(s.poll("channel=a&channel=b&since=" + a + "&since=" + b));
    more = got.contains("more");
    for (const Json &e : got["events"]) {
      all.push_back(e["data"].dump());
      (e["channel"] == "a" ? a : b) = e["cursor"];
    }
    if (!more) a = b = got["cursor"];
  }
  CHECK(all == Strings{"1", "3", "5", "6", "7", "8"});
  CHECK(a == s.log.cursor_at(8));
}

TEST_CASE("exactly as many events as fit are one answer") {
  Server s(R"(,"poll_events_max":2)");
  s.log.retain("*", 9);
  s.event("a", "1");
  s.event("a", "2");
  s.event("other", "3");
  const sbx_id id = s.poll("channel=a&since=" + s.log.cursor_at(0));
  CHECK(s.data(id) == Strings{"1", "2"});
  CHECK(s.document(id)["cursor"] == s.log.cursor_at(3));
}

TEST_CASE("one event is answered however large, and the next waits for the next poll") {
  Server s;
  s.log.retain("*", 9);
  const std::string large = "\"" + std::string(5u << 20, 'x') + "\"";
  s.event("a", large);
  const std::string second = s.event("a", "2");
  const sbx_id id = s.poll("channel=a&since=" + s.log.cursor_at(0));
  CHECK(s.data(id) == Strings{large});
  CHECK(s.document(id)["cursor"] == s.log.cursor_at(1));
  CHECK(s.data(s.poll("channel=a&since=" + s.log.cursor_at(1))) == Strings{"2"});
}

TEST_CASE("a poll waits until its channels are live, and hears what comes meanwhile once") {
  Server s;
  s.log.retain("*", 9, Replay::kRetained);
  s.event("a", "1");
  s.log.hold(true);
  const sbx_id id = s.poll("channel=a");
  CHECK_FALSE(s.answered(id));
  s.event("a", "2");
  CHECK_FALSE(s.answered(id));
  s.log.hold(false);
  CHECK(s.data(id) == Strings{"1", "2"});
}

TEST_CASE("channels that are not open are named; when none is, the answer is 403") {
  Server s;
  s.log.retain("*", 9, Replay::kRetained);
  s.log.refuse("private");
  s.event("a", "1");
  const Json some = s.document(s.poll("channel=private&channel=a"));
  CHECK(some["refused"] == Json{"private"});
  CHECK(some["codes"] == Json{{"private", 403}});
  CHECK(some["events"].size() == 1);
  const sbx_id none = s.poll("channel=private&wait=10");
  CHECK(s.status(none) == 403);
  CHECK(s.document(none)["refused"] == Json{"private"});
  CHECK(s.metric("signalbox_sse_polls_total", "refused") == 1);
  CHECK(s.fanout.virtual_members() == 0);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("more channels than the host takes are a request that is refused") {
  Server s;
  s.log.channels_max = 1;
  const sbx_id id = s.poll("channel=a&channel=b");
  CHECK(s.status(id) == 400);
  CHECK(s.document(id)["error"] == "these are too many channels for one request");
  CHECK(s.fanout.virtual_members() == 0);
}

TEST_CASE("bytes, names and ids are JSON whatever they hold") {
  Server s;
  s.log.retain("*", 9);
  sbx::testing::Event e;
  e.channel = "a\"b";
  e.name = "n\\";
  e.data = std::string("\0\xff", 2);
  e.id = "evt_\"1";
  e.binary = true;
  s.log.event(e);
  const Json event = s.document(s.poll("channel=a%22b&since=" + s.log.cursor_at(0)))["events"][0];
  CHECK(event["channel"] == "a\"b");
  CHECK(event["event"] == "n\\");
  CHECK(event["data"] == "AP8=");
  CHECK(event["id"] == "evt_\"1");
}
