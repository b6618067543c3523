// Transient events: they have a place in the order and leave nothing behind.
#include <doctest/doctest.h>

#include <thread>

#include "faulty_vfs.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

EventPtr transient(const std::string &channel, const std::string &name) {
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.flags = SBX_EVENT_TRANSIENT;
  draft.channel = {channel.data(), channel.size()};
  draft.name = {name.data(), name.size()};
  return Event::copy(draft, 1).take();
}

Emission emission_of(EventPtr event, uint32_t scope = 0) {
  Emission out;
  out.source = "src";
  out.events.push_back({std::move(event), scope});
  return out;
}

EventPtr joining(const std::string &channel) { return Event::presence("joining", channel, 0, {"li", "{}"}); }

struct DiskHouse : House {
  DiskHouse() : House({rule("disk*", 2, true), rule("mem*", 2)}) {
    FaultyVfs::get().release();
    options.path = folder.file();
  }
  ~DiskHouse() {
    FaultyVfs::get().release();
    drain();
  }
  void begin_commit() {
    FaultyVfs::get().hold();
    append(emission("disk", "first"));
    send();
    FaultyVfs::get().arrived();
  }
  Folder folder;
};

}  // namespace

TEST_CASE("a transient event is shown in its place and kept nowhere, and pushes nothing out") {
  for (const bool disk : {false, true}) {
    CAPTURE(disk);
    DiskHouse house;
    REQUIRE(house.open().ok());
    const std::string channel = disk ? "disk" : "mem";
    const uint64_t before = house.put(channel, "a").position.seq;
    for (int i = 0; i < 5; ++i) {
      const LogReceipt receipt = house.put(emission_of(transient(channel, "t")));
      CHECK(receipt.status == SBX_OK);
      CHECK(receipt.position.seq > before);
    }
    house.put(channel, "b");
    CHECK(house.notes.names == Names{"a", "t", "t", "t", "t", "t", "b"});
    CHECK(std::is_sorted(house.notes.seqs.begin(), house.notes.seqs.end()));
    const LogPage page = house.read(channel, before - 1);
    CHECK(names(page) == Names{"a", "b"});
    CHECK_FALSE(page.channels[0].gap);
    CHECK(names(house.read(channel, std::nullopt)) == Names{"a", "b"});
  }
}

TEST_CASE("a cursor from before a transient event is whole, also where nothing is kept and after a restart") {
  DiskHouse house;
  REQUIRE(house.open().ok());
  const uint64_t nothing = house.put("other", "x").position.seq;
  house.put(emission_of(transient("other", "t")));
  CHECK_FALSE(house.read("other", nothing).channels[0].gap);
  house.put("other", "y");
  CHECK(house.read("other", nothing).channels[0].gap);  // what is no transient event is missed
  const uint64_t stored = house.put("disk", "a").position.seq;
  house.put(emission_of(transient("disk", "t")));
  house.close();
  REQUIRE(house.open().ok());
  const LogPage page = house.read("disk", stored - 1);
  CHECK(names(page) == Names{"a"});
  CHECK_FALSE(page.channels[0].gap);
}

TEST_CASE("a transient event with a dedupe key is remembered by its key, with and without a store") {
  for (const bool store : {false, true}) {
    CAPTURE(store);
    DiskHouse house;
    if (!store) {
      house.options.rules = {};
      house.options.path.clear();
    }
    REQUIRE(house.open().ok());
    const auto once = [&house] {
      Emission out = emission_of(transient("disk", "t"));
      out.events.push_back({event("disk", "e", house.clock.wall_ns()), 0});
      out.events.push_back({transient("disk", "u"), 0});
      out.dedupe_key = "k";
      out.dedupe_ns = 60 * kSecond;
      return house.put(std::move(out));
    };
    const LogReceipt first = once(), second = once();
    CHECK(first.status == SBX_OK);
    CHECK(second.status == SBX_DUPLICATE);
    CHECK(second.position == first.position);
    CHECK(house.notes.names == Names{"t", "e", "u"});
    CHECK(house.notes.refused_with == std::vector<sbx_status>(3, SBX_DUPLICATE));
    if (store) CHECK(names(house.read("disk", first.position.seq - 3)) == Names{"e"});
  }
}

TEST_CASE("a transient event of a durable channel waits for no commit of its own, only for one that is under way") {
  DiskHouse house;
  REQUIRE(house.open().ok());
  house.append(emission_of(transient("disk", "t")));
  house.send();
  CHECK(house.receipts[0]->status == SBX_OK);  // at once
  house.begin_commit();
  const size_t place = house.append(emission_of(transient("disk", "u"), 1));
  house.send();
  CHECK(house.notes.names == Names{"t"});
  FaultyVfs::get().release();
  REQUIRE(house.drain());
  CHECK(house.receipts[place]->status == SBX_OK);
  CHECK(house.notes.names == Names{"t", "first", "u"});
}

TEST_CASE("a source's transient event stays behind what the same pipeline sent to the store; presence does not wait") {
  DiskHouse house;
  REQUIRE(house.open().ok());
  house.begin_commit();
  house.append(house.emission("disk", "second"));
  house.append(emission_of(transient("mem", "behind second")));
  house.append(emission_of(joining("mem")));
  house.send();
  FaultyVfs::get().release();
  REQUIRE(house.drain());
  CHECK(house.notes.names == Names{"first", "joining", "second", "behind second"});
}

TEST_CASE("changes of presence are taken behind a commit however full the queue is") {
  DiskHouse house;
  house.options.queue_events = 1;
  REQUIRE(house.open().ok());
  house.begin_commit();
  for (int i = 0; i < 3; ++i) house.append(house.emission("mem", "m", 0, 1));
  const size_t place = house.append(emission_of(joining("mem")));
  house.send();
  FaultyVfs::get().release();
  REQUIRE(house.drain());
  CHECK(house.receipts[place]->status == SBX_OK);
  CHECK(house.notes.names == Names{"first", "m", "joining"});
}
