#include <doctest/doctest.h>

#include <string>

#include "core/plugin/presence_view.hpp"

namespace signalbox {
namespace {

struct Fixture {
  PresenceView view;
  void apply(const char *name, const std::string &who, const std::string &channel = "c", uint32_t scope = 0) {
    view.apply(Event::presence(name, channel, scope, {who, "\"" + who + "\""})->view());
  }
};

}  // namespace

TEST_CASE("a change of presence is a transient event with the member's principal as a fact and its object as data") {
  const EventPtr event = Event::presence("joining", "presence-a", 3, {"u1", R"({"user_id":1})"});
  const sbx_event &view = event->view();
  CHECK(view.flags == (SBX_EVENT_PRESENCE | SBX_EVENT_TRANSIENT));
  CHECK(text(view.name) == "joining");
  CHECK(text(view.channel) == "presence-a");
  CHECK(view.scope == 3);
  CHECK(text(view.data) == R"({"user_id":1})");
  REQUIRE(view.attr_count == 1);
  CHECK(text(view.attrs[0].key) == "principal");
  CHECK(text(view.attrs[0].value) == "u1");
  CHECK(Event::presence("here", "c", 0, {"", "[]"})->view().attr_count == 0);
}

TEST_CASE("a draft may be transient, but is no change of presence, whatever it says") {
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.flags = SBX_EVENT_TRANSIENT | SBX_EVENT_PRESENCE | SBX_EVENT_GAP;
  draft.channel = {"c", 1};
  CHECK(Event::copy(draft, 0).take()->view().flags == SBX_EVENT_TRANSIENT);
}

TEST_CASE_FIXTURE(Fixture, "the members are one array by principal, each channel of each pipeline by itself") {
  CHECK(view.members(0, "c", nullptr) == "[]");
  apply("joining", "li");
  apply("joining", "anna");
  apply("joining", "anna", "d");
  apply("joining", "bo", "c", 1);
  CHECK(view.members(0, "c", nullptr) == R"(["anna","li"])");
  CHECK(view.members(0, "d", nullptr) == R"(["anna"])");
  CHECK(view.members(1, "c", nullptr) == R"(["bo"])");
  CHECK(view.users(0, "c") == 2);
  CHECK(view.users(1, "d") == 0);
  apply("leaving", "anna");
  apply("leaving", "nobody");
  CHECK(view.members(0, "c", nullptr) == R"(["li"])");
  apply("leaving", "li");
  CHECK(view.users(0, "c") == 0);
  CHECK(view.users(0, "d") == 1);
}

TEST_CASE_FIXTURE(Fixture, "whoever asks is in the list once, before its own joining and after it") {
  const PresentMember bo{"bo", "\"bo\""};
  CHECK(view.members(0, "c", &bo) == R"(["bo"])");
  apply("joining", "anna");
  CHECK(view.members(0, "c", &bo) == R"(["anna","bo"])");
  apply("joining", "li");
  CHECK(view.members(0, "c", &bo) == R"(["anna","bo","li"])");
  apply("joining", "bo");
  CHECK(view.members(0, "c", &bo) == R"(["anna","bo","li"])");
}

TEST_CASE_FIXTURE(Fixture, "a replica holds on to what it was shown, and not to what was replaced") {
  for (int i = 0; i < 3; ++i) apply("joining", "li");
  apply("here", "x");  // not a change of one member
  CHECK(view.members(0, "c", nullptr) == R"(["li"])");
}

}  // namespace signalbox
