#include "plugins/sinks/sse/frame.hpp"

#include <doctest/doctest.h>

#include "tests/sse/event_source.hpp"

namespace {

using Message = EventSource::Message;

struct Parts {
  std::string_view channel = "pay.7", name = "paid", data = "1", id = {}, cursor = "C1";
  uint32_t flags = 0;
  sbx_event event() const {
    sbx_event e{};
    e.size = sizeof e;
    e.flags = flags;
    e.channel = sbx::raw(channel);
    e.name = sbx::raw(name);
    e.data = sbx::raw(data);
    e.id = sbx::raw(id);
    e.cursor = sbx::raw(cursor);
    return e;
  }
};

std::string plain(const Parts &p) { return sse::plain_frame(p.event()); }
std::string envelope(const Parts &p) { return sse::envelope_frame(p.event()); }
std::string entry(const Parts &p) { return sse::poll_entry(p.event()); }
std::vector<Message> read(std::string_view stream) { return EventSource().feed(stream).messages; }

}  // namespace

TEST_CASE("an event is its cursor, its name and its data") {
  CHECK(plain({.data = R"({"id":7})"}) == "id: C1\nevent: paid\ndata: {\"id\":7}\n\n");
}

TEST_CASE("a message without a name needs no event field") {
  CHECK(plain({.name = ""}) == "id: C1\ndata: 1\n\n");
  CHECK(plain({.name = "message"}) == "id: C1\ndata: 1\n\n");
}

TEST_CASE("each line of the data has a field of its own, whatever ends it") {
  const std::string stream = plain({.data = "[\r\n1,\n2,\r3,\n\r\n4]"});
  CHECK(stream == "id: C1\nevent: paid\ndata: [\ndata: 1,\ndata: 2,\ndata: 3,\ndata: \ndata: 4]\n\n");
  CHECK(read(stream) == std::vector<Message>{{"paid", "[\n1,\n2,\n3,\n\n4]", "C1"}});
}

TEST_CASE("a blank at the beginning of a value survives") {
  CHECK(read(plain({.name = " x", .data = " 1"})) == std::vector<Message>{{" x", " 1", "C1"}});
}

TEST_CASE("the envelope is an unnamed message that says channel and event") {
  const std::string stream = envelope({.channel = "a\"b", .data = "{\"x\":\r1}"});
  CHECK(read(stream) ==
        std::vector<Message>{{"message", "{\"channel\":\"a\\\"b\",\"event\":\"paid\",\"data\":{\"x\":\n1}}", "C1"}});
}

TEST_CASE("bytes become a string in base64 in every form") {
  const Parts bytes{.data = std::string_view("\0\r\n\xff", 4), .flags = SBX_EVENT_BINARY};
  CHECK(sse::fits(bytes.event()));
  CHECK(read(plain(bytes)) == std::vector<Message>{{"paid", "\"AA0K/w==\"", "C1"}});
  CHECK(envelope(bytes).find("\"data\":\"AA0K/w==\"}") != std::string::npos);
  CHECK(entry(bytes).find("\"data\":\"AA0K/w==\",") != std::string::npos);
  CHECK(read(plain({.data = "", .flags = SBX_EVENT_BINARY})) == std::vector<Message>{{"paid", "\"\"", "C1"}});
}

TEST_CASE("the entry of a poll has the event's own id, or its cursor") {
  CHECK(entry({}) == R"({"channel":"pay.7","event":"paid","data":1,"id":"C1","cursor":"C1"})");
  CHECK(entry({.id = "evt_\"1"}) == R"({"channel":"pay.7","event":"paid","data":1,"id":"evt_\"1","cursor":"C1"})");
  CHECK(entry({.id = "\xff"}).find("\"id\":\"C1\"") != std::string::npos);
}

TEST_CASE("what could end a line, or is no JSON, fits into no frame") {
  CHECK(sse::fits(Parts{}.event()));
  for (const std::string_view bad : {std::string_view("a\nb"), std::string_view("a\rb"), std::string_view("a\0b", 3),
                                     std::string_view("\x7f"), std::string_view("\xc3"), std::string_view("\t")}) {
    CHECK_FALSE(sse::fits(Parts{.channel = bad}.event()));
    CHECK_FALSE(sse::fits(Parts{.name = bad}.event()));
  }
  for (const char *bad : {"", "hello", "{", "1 2", "\"\n\"", "\"\xff\"", "[1,]"})
    CHECK_FALSE(sse::fits(Parts{.data = bad}.event()));
}

TEST_CASE("a cursor that is none is no id") {
  for (const std::string_view bad : {std::string_view(), std::string_view("a\ndata: x"), std::string_view("\0", 1)}) {
    CHECK(plain({.cursor = bad}) == "event: paid\ndata: 1\n\n");
    CHECK(sse::place_frame(bad).empty());
  }
}

TEST_CASE("a gap names its channel and moves no cursor") {
  EventSource page;
  page.feed(plain({})).feed(sse::gap_frame("a\"\n\u2028"));
  REQUIRE(page.messages.size() == 2);
  CHECK(page.messages[1] == Message{"signalbox.gap", "{\"channel\":\"a\\\"\\n\u2028\"}", "C1"});
  CHECK(page.last_event_id == "C1");
}

TEST_CASE("a refusal names its channel and why") {
  CHECK(read(sse::refused_frame({"x", "not_allowed", 403})) ==
        std::vector<Message>{{"signalbox.refused", R"({"channel":"x","reason":"not_allowed","code":403})", ""}});
}

TEST_CASE("members and their changes name their channel and move no cursor, whatever they hold") {
  EventSource page;
  page.feed(plain({})).feed(sse::members_frame("p\"", "[{\"a\":\r\n1}]"));
  page.feed(sse::presence_frame(Parts{.channel = "p", .name = "joining", .data = R"({"user_id":"7"})"}.event()));
  page.feed(sse::presence_frame(Parts{.channel = "p", .name = "leaving", .data = "{}"}.event()));
  page.feed(sse::presence_frame(Parts{.channel = "p", .name = "here", .data = "[]"}.event()));
  page.messages.erase(page.messages.begin());
  CHECK(page.messages ==
        std::vector<Message>{{"signalbox.members", "{\"channel\":\"p\\\"\",\"members\":[{\"a\":\n1}]}", "C1"},
                             {"signalbox.join", R"({"channel":"p","member":{"user_id":"7"}})", "C1"},
                             {"signalbox.leave", R"({"channel":"p","member":{}})", "C1"},
                             {"signalbox.members", R"({"channel":"p","members":[]})", "C1"}});
}

TEST_CASE("a place moves the cursor and is no event") {
  EventSource page;
  page.feed(sse::place_frame("C9"));
  CHECK(page.messages.empty());
  CHECK(page.last_event_id == "C9");
}

TEST_CASE("the waiting time and the heartbeat are no events") {
  EventSource page;
  page.feed(sse::retry_frame(2345)).feed(sse::kHeartbeat);
  CHECK(page.messages.empty());
  CHECK(page.reconnection_ms == 2345);
  CHECK(page.comments == 1);
}
