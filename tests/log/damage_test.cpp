#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

std::string bytes_of(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

struct DamagedHouse : House {
  DamagedHouse() : House({rule("*", 50, true)}) {
    options.path = folder.file();
    REQUIRE(open().ok());
    for (int i = 0; i < 200; ++i) append(emission("c" + std::to_string(i % 20), "e", 500));
    send();
    close();
    whole = bytes_of(options.path);
  }
  size_t files_aside() const {
    size_t n = 0;
    for (const auto &entry : std::filesystem::directory_iterator(folder.path))
      n += entry.path().filename().string().find(".damaged-") != std::string::npos ? 1 : 0;
    return n;
  }
  // An error that says so; with recover, moved aside and all there.
  void expect_damage(const std::string &bytes) {
    write(options.path, bytes);
    options.recover = false;
    const Status s = open();
    REQUIRE_FALSE(s.ok());
    CHECK(s.message().find("is damaged") != std::string::npos);
    CHECK(s.message().find("store.recover") != std::string::npos);
    CHECK(bytes_of(options.path) == bytes);
    options.recover = true;
    const size_t before = files_aside();
    REQUIRE(open().ok());
    CHECK(files_aside() > before);
    CHECK(put("c1", "again").status == SBX_OK);
    close();
    options.recover = false;
    std::filesystem::remove(options.path);
  }
  Folder folder;
  std::string whole;
};

}  // namespace

TEST_CASE("a truncated, empty or garbled store is a clear error, and is moved aside when that was asked for") {
  DamagedHouse house;
  REQUIRE(house.whole.size() > 100'000);
  house.expect_damage(house.whole.substr(0, house.whole.size() / 2));
  house.expect_damage(house.whole.substr(0, 5000));
  house.expect_damage(house.whole.substr(0, 10));
  house.expect_damage("");
  std::string bytes = house.whole;
  std::fill(bytes.begin() + 4096, bytes.begin() + 40'960, '\x5a');
  house.expect_damage(bytes);
  bytes = house.whole;
  bytes[0] ^= 1;
  house.expect_damage(bytes);
  std::mt19937 random(7);
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
  house.expect_damage(bytes);
}

TEST_CASE("a write-ahead log whose store has gone is no reason to begin anew in silence") {
  DamagedHouse house;
  std::filesystem::remove(house.options.path);
  write(house.options.path + "-wal", "something");
  CHECK_FALSE(house.open().ok());
  house.options.recover = true;
  CHECK(house.open().ok());
  CHECK(house.files_aside() == 1);
}

TEST_CASE("two recoveries in one second keep both files") {
  DamagedHouse house;
  house.options.recover = true;
  for (size_t n = 1; n <= 3; ++n) {
    write(house.options.path, "no store");
    REQUIRE(house.open().ok());
    house.close();
    CHECK(house.files_aside() == n);
  }
}

TEST_CASE("flipped bits never crash: the store opens and can be read and written, or is an error") {
  DamagedHouse house;
  std::mt19937 random(11);
  int opened = 0, refused = 0;
  for (int round = 0; round < 150; ++round) {
    std::string bytes = house.whole;
    const int flips = 1 + static_cast<int>(random() % 8);
    for (int i = 0; i < flips; ++i) bytes[random() % bytes.size()] ^= static_cast<char>(1u << random() % 8);
    write(house.options.path, bytes);
    if (!house.open().ok()) {
      ++refused;
      continue;
    }
    ++opened;
    for (int i = 0; i < 20; ++i) house.read("c" + std::to_string(i), uint64_t{0});
    house.put("c3", "after");
    house.log->expire();
    house.close();
  }
  CHECK(opened + refused == 150);
  CHECK(refused > 0);
}
