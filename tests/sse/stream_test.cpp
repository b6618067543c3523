// What a reader of the stream gets, from its first byte on.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

using Message = EventSource::Message;
using Replay = Server::Log::Replay;

TEST_CASE("a stream opens at once, with headers that no proxy misunderstands") {
  Server s;
  const sbx_id id = s.open("channel=pay.7");
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].header("content-type") == "text/event-stream");
  CHECK(s.http[id].header("cache-control") == "no-cache, no-store, no-transform");
  CHECK(s.http[id].header("x-accel-buffering") == "no");
  CHECK(s.http[id].header("vary") == "accept");
  CHECK(s.http[id].open());
  CHECK(s.http[id].body.starts_with("retry: "));
  CHECK(s.metric("signalbox_sse_streams") == 1);
  CHECK(s.metric("signalbox_sse_streams_opened_total") == 1);
}

TEST_CASE("a page holds a cursor before its first event, and no event has told it") {
  Server s;
  s.event("other", "0");
  const sbx_id id = s.open("channel=pay.7");
  const EventSource page = s.page(id);
  CHECK(page.messages.empty());
  CHECK(page.last_event_id == s.log.cursor_at(1));
}

TEST_CASE("an event reaches those who read its channel, with its cursor") {
  Server s;
  const sbx_id both = s.open("channel=pay.7&channel=news"), one = s.open("channel=news");
  const std::string first = s.event("pay.7", R"({"id":7})", "paid"), second = s.event("news", "2");
  s.event("other", "3");
  CHECK(s.messages(both) == Server::Messages{{"paid", R"({"id":7})", first}, {"e", "2", second}});
  CHECK(s.messages(one) == Server::Messages{{"e", "2", second}});
}

TEST_CASE("format=envelope says channel and event in every message") {
  Server s;
  const sbx_id id = s.open("channel=a&format=envelope"), plain = s.open("channel=a");
  const std::string cursor = s.event("a", "[1]", "paid");
  CHECK(s.messages(id) == Server::Messages{{"message", R"({"channel":"a","event":"paid","data":[1]})", cursor}});
  CHECK(s.messages(plain) == Server::Messages{{"paid", "[1]", cursor}});
}

TEST_CASE("without a cursor the channel's replay rule decides") {
  Server s;
  s.log.retain("all", 9, Replay::kRetained);
  s.log.retain("last", 9, Replay::kLast);
  for (const char *channel : {"all", "last", "none"})
    for (const char *data : {"1", "2"}) s.event(channel, data);
  CHECK(s.heard(s.open("channel=all")) == Strings{"1", "2"});
  CHECK(s.heard(s.open("channel=last")) == Strings{"2"});
  CHECK(s.heard(s.open("channel=none")).empty());
}

TEST_CASE("a cursor brings what came after it, and then what comes") {
  Server s;
  s.log.retain("*", 9);
  const std::string seen = s.event("a", "1");
  s.event("a", "2");
  const sbx_id id = s.open("channel=a&since=" + seen);
  s.event("a", "3");
  CHECK(s.heard(id) == Strings{"2", "3"});
}

TEST_CASE("several channels of one request are replayed in the log's order") {
  Server s;
  s.log.retain("*", 9);
  const std::string start = s.log.cursor_at(0);
  for (const auto &[channel, data] : {std::pair{"a", "1"}, {"b", "2"}, {"a", "3"}, {"c", "4"}, {"b", "5"}})
    s.event(channel, data);
  CHECK(s.heard(s.open("channel=b&channel=a&since=" + start)) == Strings{"1", "2", "3", "5"});
}

TEST_CASE("Last-Event-ID is newer than the address that a page was opened with") {
  Server s;
  s.log.retain("*", 9);
  const std::string old = s.event("a", "1"), newer = s.event("a", "2");
  s.event("a", "3");
  CHECK(s.heard(s.open("channel=a&since=" + old)) == Strings{"2", "3"});
  CHECK(s.heard(s.open("channel=a&since=" + old, newer)) == Strings{"3"});
  const sbx_id empty = s.request("channel=a&since=" + old, {{"accept", "text/event-stream"}, {"last-event-id", ""}});
  CHECK(s.heard(empty) == Strings{"2", "3"});
}

TEST_CASE("a cursor that is none is a gap, then what is left") {
  for (const char *since : {"garbage", "%", "%00", "AAAAAAAAAAAAAAAAAAAAAA", "'%20or%201=1"}) {
    CAPTURE(since);
    Server s;
    s.log.retain("*", 2);
    for (const char *data : {"1", "2", "3"}) s.event("a", data);
    const sbx_id id = s.open("channel=a&since=" + std::string(since));
    CHECK(s.status(id) == 200);
    CHECK(s.heard(id) == Strings{"gap a", "2", "3"});
  }
}

TEST_CASE("no cursor that is shown lies before an event that is still to come") {
  Server s;
  s.log.retain("old", 9, Replay::kRetained);
  s.event("old", "1");
  s.event("old", "2");
  s.log.hold(true);
  // `live` has nothing to replay, so that its place alone would be the head.
  const sbx_id id = s.open("channel=live&channel=old");
  CHECK(s.page(id).last_event_id == s.log.cursor_at(0));
  s.log.hand(1);
  CHECK(s.page(id).last_event_id == s.log.cursor_at(1));
  s.event("live", "3");
  CHECK(s.page(id).last_event_id == s.log.cursor_at(1));
  s.log.hold(false);
  CHECK(s.page(id).last_event_id == s.log.cursor_at(3));
  CHECK(s.heard(id) == Strings{"1", "2", "3"});
}

TEST_CASE("cut at any piece and resumed from there, a page has everything once") {
  for (size_t handed = 0; handed <= 4; ++handed) {
    CAPTURE(handed);
    Server s;
    s.log.retain("*", 9, Replay::kRetained);
    for (const auto &[channel, data] : {std::pair{"a", "1"}, {"b", "2"}, {"a", "3"}, {"b", "4"}})
      s.event(channel, data);
    s.log.hold(true);
    const sbx_id first = s.open("channel=a&channel=b");
    s.log.hand(handed);
    s.http.drop(first);
    s.log.hold(false);
    s.event("b", "5");
    const sbx_id second = s.open("channel=a&channel=b", s.page(first).last_event_id);
    Strings all = s.heard(first);
    for (const std::string &data : s.heard(second)) all.push_back(data);
    CHECK(all == Strings{"1", "2", "3", "4", "5"});
  }
}

TEST_CASE("when the replay is over, the cursor is where the page stands") {
  Server s;
  s.log.retain("*", 1);
  const std::string seen = s.event("a", "1");
  s.event("other", "2");
  const sbx_id id = s.open("channel=a&since=" + seen);
  CHECK(s.messages(id).empty());
  CHECK(s.page(id).last_event_id == s.log.cursor_at(2));
}

TEST_CASE("events that were lost on their way are a gap, which moves no cursor") {
  Server s;
  const sbx_id plain = s.open("channel=a&channel=b"), envelope = s.open("channel=a&format=envelope");
  const std::string seen = s.event("a", "1");
  s.log.lose("a");
  CHECK(s.messages(plain).back() == Message{"signalbox.gap", R"({"channel":"a"})", seen});
  CHECK(s.messages(envelope).back() == Message{"signalbox.gap", R"({"channel":"a"})", seen});
  CHECK(s.bytes(plain).ends_with("\n\nevent: signalbox.gap\ndata: {\"channel\":\"a\"}\n\n"));
}

TEST_CASE("a channel that is not open is named, and the others go on") {
  Server s;
  s.log.refuse("private");
  const sbx_id id = s.open("channel=private&channel=a");
  CHECK(s.messages(id) ==
        Server::Messages{{"signalbox.refused", R"({"channel":"private","reason":"not_allowed","code":403})", ""}});
  CHECK_FALSE(s.page(id).last_event_id.empty());
  s.event("private", "1");
  s.event("a", "2");
  CHECK(s.heard(id).back() == "2");
  CHECK(s.messages(id).size() == 2);
}

TEST_CASE("the token of the query is what its channels offer") {
  Server s;
  s.open("channel=b&channel=a&token=x");
  CHECK(s.log.offered == std::vector<std::string>{R"("x")", R"("x")"});
}

TEST_CASE("more channels than the host takes end the stream with a word in the log") {
  Server s;
  s.log.channels_max = 1;
  const sbx_id id = s.open("channel=a&channel=b");
  CHECK(s.answered(id));
  CHECK(s.host.logged("channels_max") == 1);
  CHECK(s.metric("signalbox_sse_streams_closed_total", "refused") == 1);
  CHECK(s.metric("signalbox_sse_streams") == 0);
}

TEST_CASE("what cannot be told is left out and counted, live and in a replay") {
  Server s;
  s.log.retain("*", 9, Replay::kRetained);
  const sbx_id id = s.open("channel=a");
  s.event("a", "not json");
  s.event("a", "1", "x\ndata: injected");
  s.event("a", "2", "fine");
  CHECK(s.heard(id) == Strings{"2"});
  CHECK(s.metric("signalbox_sse_events_unfit_total") == 2);
  CHECK(s.heard(s.open("channel=a")) == Strings{"2"});
}

TEST_CASE("a page that goes away leaves nothing behind") {
  Server s(R"(,"max_age":60000)");
  const sbx_id id = s.open("channel=a");
  CHECK(s.log.subscribers("a") == 1);
  s.http.drop(id);
  CHECK(s.log.subscribers("a") == 0);
  CHECK(s.host.timers() == 0);
  CHECK(s.metric("signalbox_sse_streams") == 0);
  CHECK(s.metric("signalbox_sse_streams_closed_total", "client") == 1);
  s.event("a", "1");
}

TEST_CASE("a stream that comes back goes on from the later of its last id and each channel's own cursor") {
  Server s;
  s.log.retain("*", 9);
  for (int i = 1; i <= 8; ++i) s.event(i % 2 ? "a" : "b", std::to_string(i));
  const std::string query = "channel=a&channel=b&since=" + s.log.cursor_at(0) + "&since=" + s.log.cursor_at(6);
  CHECK(s.heard(s.open(query)) == Strings{"1", "3", "5", "7", "8"});
  CHECK(s.page(s.open(query)).last_event_id == s.log.cursor_at(8));
  CHECK(s.heard(s.open(query, s.log.cursor_at(3))) == Strings{"5", "7", "8"});
  CHECK(s.heard(s.open(query, s.log.cursor_at(7))) == Strings{"8"});
  // What is no cursor is a gap in all of them, as ever.
  const Strings lost = s.heard(s.open(query, "rubbish"));
  CHECK(std::count(lost.begin(), lost.end(), "gap b") == 1);
}

TEST_CASE("the first id of channels at different places is ahead of nothing that is still to come") {
  Server s;
  s.log.retain("*", 9);
  for (int i = 1; i <= 4; ++i) s.event(i % 2 ? "a" : "b", std::to_string(i));
  s.log.hold(true);
  const std::string query = "channel=a&channel=b&since=" + s.log.cursor_at(1) + "&since=" + s.log.cursor_at(4);
  const sbx_id id = s.open(query);
  const std::string first = s.page(id).last_event_id;
  s.log.hold(false);
  CHECK(s.heard(id) == Strings{"3"});
  CHECK(s.heard(s.open(query, first)) == Strings{"3"});
}

TEST_CASE("pages that come together are replayed one piece for each format") {
  Server s;
  s.log.retain("*", 9, Server::Log::Replay::kRetained);
  for (const char *data : {"1", "2"}) s.log.event({.channel = "a", .name = "e", .data = data});
  const std::string alone = s.bytes(s.open("channel=a")), enveloped = s.bytes(s.open("channel=a&format=envelope"));
  s.log.hold(true);
  std::vector<sbx_id> plain, envelope;
  for (int i = 0; i < 3; ++i) {
    plain.push_back(s.open("channel=a"));
    envelope.push_back(s.open("channel=a&format=envelope"));
  }
  const size_t before = s.fanout.shares;
  s.log.hold(false);
  CHECK(s.fanout.shares - before == 4);
  // All but the time to wait, which is everybody's own.
  const auto from_id = [](std::string_view bytes) { return std::string(bytes.substr(bytes.find("id: "))); };
  for (const sbx_id id : plain) CHECK(from_id(s.bytes(id)) == from_id(alone));
  for (const sbx_id id : envelope) CHECK(from_id(s.bytes(id)) == from_id(enveloped));
}
