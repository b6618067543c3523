// Presence channels: who is there, who comes and who goes.
#include <doctest/doctest.h>

#include "tests/sse/server.hpp"

using Json = Server::Json;
using Message = EventSource::Message;

namespace {

constexpr std::string_view kAll = R"([{"user_id":"7"},{"user_id":"8"}])";

struct Room : Server {
  explicit Room(std::string_view more = {}) : Server(more) {
    log.vouch("presence-*");
    log.vouch("private-*");
    log.here["presence-r"] = kAll;
  }
};

}  // namespace

TEST_CASE("a stream is told everybody in a presence channel, then who comes and goes, in either format") {
  for (const char *query : {"channel=presence-r&channel=a", "channel=presence-r&channel=a&format=envelope"}) {
    Room s;
    const sbx_id id = s.open(query), elsewhere = s.open("channel=a");
    const std::string place = s.page(id).last_event_id;
    s.log.presence("presence-r", "joining", R"({"user_id":"9"})");
    s.log.presence("presence-r", "leaving", R"({"user_id":"9"})");
    CHECK(s.messages(id) ==
          Server::Messages{{"signalbox.members", R"({"channel":"presence-r","members":)" + std::string(kAll) + "}", ""},
                           {"signalbox.join", R"({"channel":"presence-r","member":{"user_id":"9"}})", place},
                           {"signalbox.leave", R"({"channel":"presence-r","member":{"user_id":"9"}})", place}});
    CHECK(s.page(id).last_event_id == place);
    CHECK(s.messages(elsewhere).empty());
  }
}

TEST_CASE("changes that come while a stream waits at the gate are told behind it, or all members at once") {
  Room s;
  s.log.hold(true);
  const sbx_id id = s.open("channel=presence-r");
  s.log.presence("presence-r", "joining", R"({"user_id":"9"})");
  s.log.presence("presence-r", "here", "[]");
  CHECK(s.messages(id).size() == 1);
  s.log.hold(false);
  const Server::Messages all = s.messages(id);
  REQUIRE(all.size() == 3);
  CHECK(all[1].type == "signalbox.join");
  CHECK(all[2].data == R"({"channel":"presence-r","members":[]})");
}

TEST_CASE("no change of the members takes another's place, and one that is lost is a gap") {
  Room s(R"(,"outbox":{"bytes":1000,"when_full":"latest"})");
  const sbx_id id = s.open("channel=presence-r");
  s.fanout.stall(id);
  for (const char *who : {"1", "2", "3"}) s.log.presence("presence-r", "joining", who);
  s.fanout.stall(id, false);
  CHECK(s.messages(id).size() == 4);
  s.fanout.stall(id);
  for (int i = 0; i < 50; ++i) s.log.presence("presence-r", "joining", std::to_string(i));
  s.fanout.stall(id, false);
  CHECK(s.messages(id)[4].type == "signalbox.gap");
}

TEST_CASE("a poll says who is there, and changes do not end its wait") {
  Room s;
  const sbx_id now = s.poll("channel=presence-r&channel=a");
  CHECK(s.document(now)["members"] == Json{{"presence-r", Json::parse(kAll)}});
  CHECK_FALSE(s.document(s.poll("channel=a")).contains("members"));
  const sbx_id waits = s.poll("channel=presence-r&wait=25");
  s.log.presence("presence-r", "joining", R"({"user_id":"9"})");
  CHECK_FALSE(s.answered(waits));
  s.event("presence-r", "1");
  CHECK(s.data(waits) == Strings{"1"});
  CHECK(s.document(waits)["members"]["presence-r"].size() == 2);
}

TEST_CASE("a poll that waited at the gate has the list that came there last") {
  Room s;
  s.log.hold(true);
  const sbx_id id = s.poll("channel=presence-r");
  s.log.presence("presence-r", "here", "[1]");
  s.log.hold(false);
  CHECK(s.document(id)["members"] == Json{{"presence-r", {1}}});
}

TEST_CASE("what clients say is an event like any other, whose cursor is one to go on from") {
  Room s;
  s.log.retain("*", 9);
  const sbx_id stream = s.open("channel=private-a"), poll = s.poll("channel=private-a&wait=25");
  sbx::testing::Event e{.channel = "private-a", .name = "client-x", .data = "1"};
  e.transient = true;
  const std::string cursor = s.log.event(e);
  CHECK(s.messages(stream) == Server::Messages{{"client-x", "1", cursor}});
  CHECK(s.document(poll)["cursor"] == cursor);
  s.event("private-a", "2");
  const Json next = s.document(s.poll("channel=private-a&since=" + cursor));
  CHECK(next["gap"] == false);
  CHECK(next["events"].size() == 1);
}

TEST_CASE("a client event that a slow reader loses is no gap") {
  Room s(R"(,"outbox":{"bytes":300,"when_full":"drop_oldest"})");
  const sbx_id stream = s.open("channel=private-a");
  s.fanout.stall(stream);
  for (int i = 0; i < 20; ++i) {
    sbx::testing::Event e{.channel = "private-a", .name = "client-x", .data = std::to_string(i)};
    e.transient = true;
    s.log.event(e);
  }
  s.fanout.stall(stream, false);
  const Strings heard = s.heard(stream);
  CHECK(heard.size() < 20);
  CHECK(heard.back() == "19");
  CHECK(std::count(heard.begin(), heard.end(), "gap private-a") == 0);
}
