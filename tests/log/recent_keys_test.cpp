// Dedupe keys that are gathered and moved among the others a piece at a time, against a model: over restarts, failing
// writes and time, a key is known as long as it should be, and never afterwards.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <map>
#include <random>

#include "faulty_vfs.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

constexpr size_t kGathered = 8;

int64_t rows(const std::string &path, const char *of) {
  sqlite3 *db = nullptr;
  sqlite3_stmt *count = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(db, (std::string("SELECT count(*) FROM ") + of).c_str(), -1, &count, nullptr) ==
          SQLITE_OK);
  REQUIRE(sqlite3_step(count) == SQLITE_ROW);
  const int64_t found = sqlite3_column_int64(count, 0);
  sqlite3_finalize(count);
  sqlite3_close(db);
  return found;
}

struct KeyHouse : House {
  Folder folder;
  KeyHouse() : House({rule("c", 10'000, true)}) {
    options.path = folder.file();
    options.keys_gathered = kGathered;
    REQUIRE(open().ok());
  }
  void reopen() {
    close();
    REQUIRE(open().ok());
  }
  void expire() {
    log->expire();
    REQUIRE(drain());
  }
};

}  // namespace

TEST_CASE("keys are moved when there are many, and known before and after") {
  KeyHouse house;
  std::map<std::string, Position> first;
  for (int i = 0; i < 100; ++i) {
    const std::string key = std::to_string(i * 7919 % 1000);
    first[key] = house.put_key("c", "e", key).position;
    const auto recent = static_cast<size_t>(rows(house.options.path, "dedupe_recent"));
    CHECK(recent <= kGathered);
    CHECK(recent + static_cast<size_t>(rows(house.options.path, "dedupe")) == first.size());
  }
  for (int round = 0; round < 2; ++round) {
    for (const auto &[key, position] : first) {
      const LogReceipt again = house.put_key("c", "e", key);
      CHECK(again.status == SBX_DUPLICATE);
      CHECK(again.position == position);
    }
    house.reopen();
  }
  // Within a step of the index of ends, and some of them not before a move.
  house.clock.now_ns += 60 * kSecond + (int64_t{1} << 36);
  house.expire();
  house.expire();
  CHECK(rows(house.options.path, "dedupe") == 0);
  CHECK(rows(house.options.path, "dedupe_recent") == 0);
}

TEST_CASE("keys over their time go without being moved, and nothing stays of them") {
  KeyHouse house;
  for (int i = 0; i < 5; ++i) house.put_key("c", "e", std::to_string(i));
  CHECK(rows(house.options.path, "dedupe_recent") == 5);
  house.clock.now_ns += 60 * kSecond;
  CHECK(house.put_key("c", "e", "0").status == SBX_OK);  // renewed, in a row of its own
  CHECK(rows(house.options.path, "dedupe_recent") == 6);
  house.clock.now_ns += 60 * kSecond - 1;
  house.expire();
  CHECK(house.put_key("c", "e", "0").status == SBX_DUPLICATE);
  house.clock.now_ns += kSecond;
  house.expire();
  CHECK(rows(house.options.path, "dedupe_recent") == 0);
  CHECK(rows(house.options.path, "dedupe") == 0);
}

TEST_CASE("a batch may bring more keys than are gathered") {
  KeyHouse house;
  std::vector<size_t> places;
  for (int i = 0; i < 200; ++i) {
    Emission e = house.emission("c", "e");
    e.dedupe_key = std::to_string(i % 150);
    e.dedupe_ns = 60 * kSecond;
    places.push_back(house.append(std::move(e)));
  }
  house.send();
  REQUIRE(house.drain());
  for (size_t i = 0; i < places.size(); ++i)
    CHECK(house.receipts[places[i]]->status == (i < 150 ? SBX_OK : SBX_DUPLICATE));
  house.reopen();
  CHECK(house.put_key("c", "e", "149").status == SBX_DUPLICATE);
  CHECK(rows(house.options.path, "dedupe_recent") + rows(house.options.path, "dedupe") == 150);
}

TEST_CASE("a key that is renewed in a batch that brings too many is known afterwards") {
  KeyHouse house;
  house.put_key("c", "e", "again", kSecond);
  house.clock.now_ns += 2 * kSecond;
  const auto append = [&](const std::string &key) {
    Emission e = house.emission("c", "e");
    e.dedupe_key = key;
    e.dedupe_ns = 60 * kSecond;
    return house.append(std::move(e));
  };
  for (int i = 0; i < 50; ++i) append(std::to_string(i));
  const size_t renewed = append("again"), twice = append("again");
  house.send();
  REQUIRE(house.drain());
  CHECK(house.receipts[renewed]->status == SBX_OK);
  CHECK(house.receipts[twice]->status == SBX_DUPLICATE);
}

TEST_CASE("over restarts, failures and time a key is known as long as it should be") {
  FaultyVfs &vfs = FaultyVfs::get();
  for (unsigned seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return random() % n; };
    KeyHouse house;
    struct Known {
      Position first;
      int64_t end_ns;
    };
    std::map<std::string, Known> model;
    for (int step = 0; step < 300; ++step) {
      CAPTURE(step);
      const unsigned what = below(40);
      if (what == 0) house.reopen();
      if (what == 1) house.clock.now_ns += below(90) * kSecond;
      if (what == 2) house.expire();
      if (what == 3) vfs.write_code = below(2) ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      if (what == 4) vfs.sync_code = SQLITE_IOERR_FSYNC;
      const bool fails = vfs.write_code != 0 || vfs.sync_code != 0;
      const std::string key = std::to_string(below(60) * 7919 % 1000);
      const int64_t dedupe_ns = (1 + below(60)) * kSecond;
      const int64_t now_ns = house.clock.now_ns;
      const auto known = model.find(key);
      const bool duplicate = known != model.end() && known->second.end_ns > now_ns;
      const LogReceipt receipt = house.put_key("c", "e", key, dedupe_ns);
      vfs.write_code = vfs.sync_code = 0;
      if (duplicate && receipt.status != SBX_ESTORE) {
        REQUIRE(receipt.status == SBX_DUPLICATE);
        REQUIRE(receipt.position == known->second.first);
      } else {
        REQUIRE(receipt.status == (fails ? SBX_ESTORE : SBX_OK));
        if (!fails) model[key] = {receipt.position, now_ns + dedupe_ns};
      }
    }
  }
}
