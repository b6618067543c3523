// A disk that is full, breaks, and comes back.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "faulty_vfs.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

struct BrokenHouse : House {
  BrokenHouse() : House({rule("disk*", 1000, true), rule("mem*", 100)}) {
    mend();
    options.path = folder.file();
  }
  ~BrokenHouse() { mend(); }
  void mend() { vfs.write_code = vfs.sync_code = vfs.read_code = 0, vfs.syncs_left = -1; }
  FaultyVfs &vfs = FaultyVfs::get();
  Folder folder;
};

}  // namespace

TEST_CASE("what cannot be committed is answered ESTORE and shown to nobody; the rest goes on; then all is well again") {
  BrokenHouse house;
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  house.put("disk", "a");
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    CAPTURE(code);
    house.notes.names.clear();
    house.vfs.write_code = code;
    const size_t disk = house.append(house.emission("disk", "lost"));
    house.batch.back().dedupe_key = "k";
    house.batch.back().dedupe_ns = 60 * kSecond;
    const size_t memory = house.append(house.emission("mem", "m"));
    house.send();
    REQUIRE(house.drain());
    CHECK(house.receipts[disk]->status == SBX_ESTORE);
    CHECK(house.receipts[disk]->position == Position{});
    CHECK(house.receipts[memory]->status == SBX_OK);
    CHECK(house.notes.names == Names{"m"});
    CHECK_FALSE(house.log->health().writable);
    CHECK(house.log->health().problem.find(house.options.path) != std::string::npos);
    CHECK(house.log->health().waiting_events == 0);
    CHECK(names(house.read("disk", before)) == Names{"a"});

    house.log->expire();
    REQUIRE(house.drain());
    CHECK_FALSE(house.log->health().writable);
    house.mend();
    house.log->expire();  // without any traffic
    REQUIRE(house.drain());
    CHECK(house.log->health().writable);
    CHECK(house.log->health().problem.empty());
  }
  CHECK(house.put_key("disk", "b", "k").status == SBX_OK);  // the key of what failed is not known
  house.close();
  REQUIRE(house.open().ok());
  house.put("disk", "c");
  CHECK(names(house.read("disk", before)) == Names{"a", "b", "c"});
  CHECK_FALSE(house.read("disk", before).channels[0].gap);
}

TEST_CASE("a commit whose fsync failed does not come back") {
  BrokenHouse house;
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  house.put("disk", "a");
  house.vfs.sync_code = SQLITE_IOERR_FSYNC;
  CHECK(house.put_key("disk", "ghost", "k").status == SBX_ESTORE);
  house.mend();
  CHECK(house.put_key("disk", "b", "k").status == SBX_OK);
  CHECK(names(house.read("disk", before)) == Names{"a", "b"});
  house.close();
  REQUIRE(house.open().ok());
  CHECK(names(house.read("disk", before)) == Names{"a", "b"});
}

TEST_CASE("nor does one whose fsync failed while a batch was retried one by one, and its key is free again") {
  BrokenHouse house;
  house.options.size_max = 1 << 20;
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  house.put("disk", "a");
  const size_t good = house.append(house.emission("disk", "good"));
  const size_t ghost = house.append(house.emission("disk", "ghost"));
  house.batch.back().dedupe_key = "k";
  house.batch.back().dedupe_ns = 60 * kSecond;
  house.append(house.emission("disk", "too big", 2 << 20));
  house.vfs.syncs_left = 1;  // that of "good"
  house.send();
  REQUIRE(house.drain());
  CHECK(house.receipts[good]->status == SBX_OK);
  CHECK(house.receipts[ghost]->status == SBX_ESTORE);
  house.mend();
  CHECK(house.put_key("disk", "again", "k").status == SBX_OK);
  CHECK(names(house.read("disk", before)) == Names{"a", "good", "again"});
  house.close();
  REQUIRE(house.open().ok());
  CHECK(names(house.read("disk", before)) == Names{"a", "good", "again"});
}

TEST_CASE("a duplicate, which writes nothing, does not make a broken store look well") {
  BrokenHouse house;
  REQUIRE(house.open().ok());
  house.put_key("disk", "a", "k");
  house.vfs.write_code = SQLITE_FULL;
  house.put("disk", "lost");
  CHECK(house.put_key("disk", "a", "k").status == SBX_DUPLICATE);
  CHECK_FALSE(house.log->health().writable);
}

TEST_CASE("a disk that cannot be read answers gaps, and is asked again") {
  BrokenHouse house;
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  house.put("disk", "a");
  house.close();
  REQUIRE(house.open().ok());
  house.put("mem", "m");
  house.vfs.read_code = SQLITE_IOERR_READ;
  LogQuery q = house.query("disk", before);
  q.channels.push_back({"mem", {0}, house.notes.head - 1});
  LogPage page = house.read(q);
  CHECK(page.channels[0].gap);
  CHECK_FALSE(page.channels[1].gap);
  CHECK(names(page) == Names{"m"});
  house.mend();
  page = house.read(q);
  CHECK_FALSE(page.channels[0].gap);
  CHECK(names(page) == Names{"a", "m"});
}

TEST_CASE("a store that has reached its size answers ESTORE, takes what still fits, and recovers when rows expire") {
  BrokenHouse house;
  ChannelRule timed = rule("disk*", 100'000, true);
  timed.for_ns = 10 * kSecond;
  house.options.rules = ChannelRules({timed});
  house.options.size_max = 1 << 20;
  REQUIRE(house.open().ok());
  int taken = 0;
  while (taken < 100 && house.put("disk", "big", 50'000).status == SBX_OK) ++taken;
  CHECK(taken > 5);
  CHECK(taken < 25);
  CHECK(house.log->health().problem.find("is full") != std::string::npos);
  CHECK(house.put("disk", "small").status == SBX_OK);

  // One that is too big takes none of its neighbours with it.
  const size_t small = house.append(house.emission("disk", "small"));
  const size_t big = house.append(house.emission("disk", "big", 400'000));
  const size_t last = house.append(house.emission("disk", "small"));
  house.send();
  REQUIRE(house.drain());
  CHECK(house.receipts[small]->status == SBX_OK);
  CHECK(house.receipts[big]->status == SBX_ESTORE);
  CHECK(house.receipts[last]->status == SBX_OK);

  house.clock.now_ns += 11 * kSecond;
  house.log->expire();
  REQUIRE(house.drain());
  CHECK(house.put("disk", "big", 50'000).status == SBX_OK);
  CHECK(house.log->health().writable);
}

TEST_CASE("nothing of an emission remains when a part of it cannot be stored") {
  BrokenHouse house;
  house.options.size_max = 1 << 20;
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  Emission e = house.emission("disk1", "fits");
  e.dedupe_key = "k";
  e.dedupe_ns = 60 * kSecond;
  e.events.push_back({event("mem", "m", house.clock.wall_ns()), 0});
  e.events.push_back({event("disk2", "does not", house.clock.wall_ns(), 2 << 20), 0});
  CHECK(house.put(std::move(e)).status == SBX_ESTORE);
  CHECK(house.notes.names.empty());
  CHECK(house.put_key("disk1", "next", "k").status == SBX_OK);
  CHECK(names(house.read("disk1", before)) == Names{"next"});
  CHECK(names(house.read("mem", before)).empty());
}
