// A commit that takes its time, and what comes meanwhile.
#include <doctest/doctest.h>

#include <thread>

#include "faulty_vfs.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

struct SlowHouse : House {
  SlowHouse() : House({rule("disk*", 100, true), rule("mem*", 100)}) {
    vfs.release();
    options.path = folder.file();
  }
  ~SlowHouse() {
    vfs.release();
    drain();
  }
  // A durable event whose commit now hangs.
  size_t begin_commit(const std::string &name) {
    vfs.hold();
    const size_t place = append(emission("disk", name));
    send();
    vfs.arrived();
    return place;
  }
  bool answered(size_t place) {
    const std::lock_guard lock(mutex);
    return receipts[place].has_value();
  }
  FaultyVfs &vfs = FaultyVfs::get();
  Folder folder;
};

}  // namespace

TEST_CASE("nobody is shown a later position while an earlier one may still appear") {
  SlowHouse house;
  REQUIRE(house.open().ok());
  const size_t disk = house.begin_commit("d");
  const size_t memory = house.append(house.emission("mem", "m", 0, 1));
  house.send();
  CHECK_FALSE(house.answered(disk));
  CHECK_FALSE(house.answered(memory));
  CHECK(house.notes.names.empty());
  CHECK(house.log->health().waiting_events == 2);
  house.vfs.release();
  REQUIRE(house.drain());
  CHECK(house.notes.names == Names{"d", "m"});
  CHECK(house.receipts[disk]->position.seq + 1 == house.receipts[memory]->position.seq);
  CHECK(house.notes.head == house.receipts[memory]->position.seq);
}

TEST_CASE("who was shown something is woken when all of it is there and the log's lock is free") {
  SlowHouse house;
  REQUIRE(house.open().ok());
  std::vector<std::pair<uint64_t, size_t>> woken;  // position, receipts
  house.notes.on_wake = [&] {
    const uint64_t position = house.log->position();  // takes the lock
    const std::lock_guard lock(house.mutex);
    woken.emplace_back(position, house.order.size());
  };
  const size_t first = house.append(house.emission("mem", "a"));
  house.append(house.emission("mem", "b"));
  house.send();
  const uint64_t seq = house.receipts[first]->position.seq;
  CHECK(woken == std::vector<std::pair<uint64_t, size_t>>{{seq + 1, 2}});
  house.append(house.emission("disk", "c"));
  const size_t last = house.append(house.emission("disk", "d"));
  house.send();
  REQUIRE(house.drain());
  CHECK(woken.back() == std::pair<uint64_t, size_t>{house.receipts[last]->position.seq, 4});
  house.notes.on_wake = nullptr;
}

TEST_CASE("what comes from a pipeline stays behind what it sent to the store") {
  SlowHouse house;
  REQUIRE(house.open().ok());
  house.begin_commit("first");
  // This one is in no batch yet: what follows from its pipeline goes behind it, through the store's thread.
  house.append(house.emission("disk", "second"));
  house.append(house.emission("mem", "behind second"));
  house.append(house.emission("mem", "other pipeline", 0, 1));
  house.send();
  house.vfs.release();
  REQUIRE(house.drain());
  CHECK(house.notes.names == Names{"first", "other pipeline", "second", "behind second"});
}

TEST_CASE("the queue behind a slow commit is bounded: what comes beyond is answered FULL") {
  SlowHouse house;
  house.options.queue_events = 3;
  REQUIRE(house.open().ok());
  house.begin_commit("d0");
  std::vector<size_t> disk, memory;
  for (int i = 1; i <= 4; ++i) disk.push_back(house.append(house.emission("disk", "d" + std::to_string(i))));
  for (int i = 1; i <= 5; ++i) memory.push_back(house.append(house.emission("mem", "m", 0, 1)));
  house.send();
  CHECK(house.answered(disk[3]));
  CHECK(house.receipts[disk[3]]->status == SBX_FULL);
  CHECK(house.receipts[disk[3]]->position == Position{});
  CHECK_FALSE(house.answered(disk[1]));
  CHECK(house.receipts[memory[3]]->status == SBX_FULL);
  CHECK_FALSE(house.answered(memory[2]));
  house.vfs.release();
  REQUIRE(house.drain());
  CHECK(house.notes.names == Names{"d0", "m", "m", "m", "d1", "d2"});
  std::string text;
  house.metrics.render(text);
  CHECK(text.find("signalbox_log_refused_total 4") != std::string::npos);
}

TEST_CASE("what waits when the log goes is answered ESTORE, and the rest as it ended") {
  SlowHouse house;
  REQUIRE(house.open().ok());
  const size_t committing = house.begin_commit("d");
  const size_t waiting = house.append(house.emission("disk", "w"));
  house.send();
  CHECK_FALSE(house.log->drain(house.clock.mono_ns()));  // no time is given
  std::thread ending([&] { house.log.reset(); });
  house.vfs.release();
  ending.join();
  CHECK(house.receipts[committing]->status == SBX_OK);
  const sbx_status left = house.receipts[waiting]->status;
  CHECK((left == SBX_ESTORE || left == SBX_OK));
  REQUIRE(house.open().ok());
  CHECK(names(house.read("disk", {})).size() == (left == SBX_OK ? 2 : 1));
}

TEST_CASE("a position that did not become durable is a hole, and nobody waits for it") {
  SlowHouse house;
  REQUIRE(house.open().ok());
  house.put("disk", "a");
  const uint64_t head = house.notes.head;
  house.put_key("disk", "b", "k");
  house.put_key("disk", "b", "k");
  CHECK(house.notes.names == Names{"a", "b"});
  CHECK(house.notes.head > head + 1);
}

TEST_CASE("the place of a new store is not ahead of what was shown, also while its first commit is under way") {
  SlowHouse house;
  REQUIRE(house.open().ok());
  const uint64_t before = house.log->position();
  house.begin_commit("d");
  CHECK(house.log->position() == before);
  house.vfs.release();
  REQUIRE(house.drain());
  CHECK(house.log->position() == house.notes.place());
}

TEST_CASE("every event is shown or refused, once") {
  SlowHouse house;
  house.options.queue_events = 3;
  REQUIRE(house.open().ok());
  house.begin_commit("d0");
  for (int i = 1; i <= 4; ++i) house.append(house.emission("disk", "d" + std::to_string(i)));
  for (int i = 1; i <= 5; ++i) house.append(house.emission("mem", "m", 0, 1));
  house.send();
  house.vfs.release();
  REQUIRE(house.drain());
  house.put_key("disk", "once", "k");
  house.put_key("disk", "twice", "k");
  CHECK(house.notes.names.size() == 7);
  CHECK(house.notes.refused_with == std::vector<sbx_status>{SBX_FULL, SBX_FULL, SBX_FULL, SBX_FULL, SBX_DUPLICATE});
}
