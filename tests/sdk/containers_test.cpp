// NameIndex and SmallList: the containers that events are looked up in.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <sbx/name_index.hpp>
#include <sbx/small_list.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

struct Room {
  std::string name;
  std::string_view index_name() const { return name; }
};

}  // namespace

TEST_CASE("an index finds what was added and not what was removed, through growing and shrinking") {
  sbx::NameIndex<Room> rooms;
  std::unordered_map<std::string, std::unique_ptr<Room>> model;
  uint32_t chance = 1;
  for (int step = 0; step < 20000; ++step) {
    chance = chance * 1664525 + 1013904223;
    // Three thousand names grow the table to thousands, then most of them go again.
    const std::string name = "room." + std::to_string((chance >> 8) % 3000);
    const bool add = step < 8000 || (chance >> 30) == 0;
    auto known = model.find(name);
    REQUIRE((rooms.find(name) != nullptr) == (known != model.end()));
    if (add && known == model.end()) {
      Room &made = *model.emplace(name, std::make_unique<Room>(Room{name})).first->second;
      rooms.add(made);
    } else if (!add && known != model.end()) {
      rooms.remove(*known->second);
      model.erase(known);
    }
    REQUIRE(rooms.size() == model.size());
  }
  size_t seen = 0;
  rooms.for_each([&](Room &room) {
    ++seen;
    CHECK(model.contains(room.name));
  });
  CHECK(seen == model.size());
  for (const auto &[name, room] : model) CHECK(rooms.find(name) == room.get());
}

TEST_CASE("an empty index finds nothing, not even the empty name") {
  sbx::NameIndex<Room> rooms;
  CHECK(rooms.find("") == nullptr);
  Room nameless{""};
  rooms.add(nameless);
  CHECK(rooms.find("") == &nameless);
  rooms.remove(nameless);
  CHECK(rooms.find("") == nullptr);
  CHECK(rooms.empty());
}

TEST_CASE("a small list holds one itself, more in a block, and is empty again after the last") {
  sbx::SmallList<int> list;
  CHECK(list.empty());
  std::vector<int> model;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      list.push_back(i);
      model.push_back(i);
      REQUIRE(std::is_permutation(list.begin(), list.end(), model.begin(), model.end()));
    }
    while (!model.empty()) {
      const size_t at = model.size() / 2;
      const int gone = list[at];
      list.remove(at);
      model.erase(std::find(model.begin(), model.end(), gone));
      REQUIRE(std::is_permutation(list.begin(), list.end(), model.begin(), model.end()));
    }
    CHECK(list.size() == 0);
  }
}
