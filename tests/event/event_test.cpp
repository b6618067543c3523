#include <doctest/doctest.h>

#include <string>

#include "core/base/limits.hpp"
#include "core/event/event.hpp"

namespace signalbox {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

sbx_event draft(std::string_view channel, std::string_view name, std::string_view data) {
  sbx_event e{};
  e.size = sizeof e;
  e.channel = raw(channel);
  e.name = raw(name);
  e.data = raw(data);
  return e;
}

}  // namespace

TEST_CASE("an event keeps copies of everything its draft pointed to") {
  std::string channel = "pay.7", name = "done", data = R"({"id":7})", id = "evt_1", key = "source", value = "stripe";
  sbx_event d = draft(channel, name, data);
  d.id = raw(id);
  const sbx_attr attr{raw(key), raw(value)};
  d.attrs = &attr;
  d.attr_count = 1;
  Result<EventPtr> event = Event::copy(d, 42);
  REQUIRE(event.ok());
  for (std::string *s : {&channel, &name, &data, &id, &key, &value}) s->assign(s->size(), '#');
  const sbx_event &view = (*event)->view();
  CHECK(text(view.channel) == "pay.7");
  CHECK(text(view.name) == "done");
  CHECK(text(view.data) == R"({"id":7})");
  CHECK(text(view.id) == "evt_1");
  REQUIRE(view.attr_count == 1);
  CHECK(text(view.attrs[0].key) == "source");
  CHECK(text(view.attrs[0].value) == "stripe");
  CHECK(view.wall_ns == 42);
  CHECK(&Event::of(&view) == &**event);
}

TEST_CASE("an event with broken or oversized parts is refused in plain words") {
  CHECK(Event::copy(draft("", "a", "1"), 0).message() == "an event without a channel");
  CHECK_FALSE(Event::copy(draft("a\nb", "a", "1"), 0).ok());
  CHECK_FALSE(Event::copy(draft("a", std::string_view("\xff", 1), "1"), 0).ok());
  CHECK_FALSE(Event::copy(draft(std::string(limits::kChannelMax + 1, 'c'), "a", "1"), 0).ok());
  CHECK(Event::copy(draft(std::string(limits::kChannelMax, 'c'), "a", "1"), 0).ok());
  CHECK_FALSE(Event::copy(draft("c", "a", std::string(limits::kEventDataMax + 1, ' ')), 0).ok());
}

TEST_CASE("a draft of an older plugin, whose struct is shorter, is read as far as it goes") {
  sbx_event d = draft("c", "n", "1");
  d.size = offsetof(sbx_event, id);
  d.id = {reinterpret_cast<const char *>(8), 99};  // not the plugin's: must not be looked at
  Result<EventPtr> event = Event::copy(d, 0);
  REQUIRE(event.ok());
  CHECK((*event)->view().id.len == 0);
}

TEST_CASE("an event held by two pipelines gets two positions") {
  Result<EventPtr> made = Event::copy(draft("c", "n", "1"), 0);
  REQUIRE(made.ok());
  EventPtr first = made.take();
  EventPtr second = first;
  first = Event::placed(std::move(first), {1, 10}, 0);
  second = Event::placed(std::move(second), {1, 11}, 3);
  CHECK(first->view().seq == 10);
  CHECK(second->view().seq == 11);
  CHECK(text(second->view().channel) == "c");
}

}  // namespace signalbox
