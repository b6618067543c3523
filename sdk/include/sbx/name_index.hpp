// name_index.hpp: finds what has a name by it, for tables that are asked at every event: channels, groups, streams.  An
// index over objects that others own: open addressing, the hash beside the pointer, so that a look-up that finds
// nothing touches one cache line and one that finds something one more, the object's.  Header-only; no locking.
//
//   struct Room { std::string name; std::string_view index_name() const { return name; } };
//   sbx::NameIndex<Room> rooms;
//   rooms.add(room);                        // it must stay where it is, and keep its name, until it is removed
//   if (Room *r = rooms.find("lobby")) ...
#pragma once
#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace sbx {
inline namespace v1 {

template <class T>
class NameIndex {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  T *find(std::string_view name) const {
    if (size_ == 0) return nullptr;
    const size_t hash = hash_of(name);
    for (size_t i = hash & mask();; i = (i + 1) & mask()) {
      const Slot &slot = slots_[i];
      if (!slot.item) return nullptr;
      if (slot.hash == hash && slot.item->index_name() == name) return slot.item;
    }
  }
  // REQUIRES: find(item.index_name()) is nullptr
  void add(T &item) {
    if ((size_ + 1) * 4 > slots_.size() * 3) resize(slots_.empty() ? kSlotsMin : slots_.size() * 2);
    place({hash_of(item.index_name()), &item});
    ++size_;
  }
  // REQUIRES: it was added
  void remove(const T &item) {
    size_t hole = hash_of(item.index_name()) & mask();
    while (slots_[hole].item != &item) hole = (hole + 1) & mask();
    // Those behind it that a gap would cut off from their own place move up.
    for (size_t i = (hole + 1) & mask(); slots_[i].item; i = (i + 1) & mask()) {
      const size_t home = slots_[i].hash & mask();
      if (((i - home) & mask()) < ((i - hole) & mask())) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = {};
    --size_;
    if (slots_.size() > kSlotsMin && size_ * 8 < slots_.size()) resize(slots_.size() / 2);
  }
  // In no order; `visit` must add and remove nothing.
  template <class F>
  void for_each(F &&visit) const {
    for (const Slot &slot : slots_)
      if (slot.item) visit(*slot.item);
  }

 private:
  struct Slot {
    size_t hash = 0;
    T *item = nullptr;
  };
  static constexpr size_t kSlotsMin = 16;  // slots are a power of two

  static size_t hash_of(std::string_view name) { return std::hash<std::string_view>{}(name); }
  size_t mask() const { return slots_.size() - 1; }
  void place(Slot slot) {
    size_t i = slot.hash & mask();
    while (slots_[i].item) i = (i + 1) & mask();
    slots_[i] = slot;
  }
  void resize(size_t slots) {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
    for (const Slot &slot : old)
      if (slot.item) place(slot);
  }

  std::vector<Slot> slots_;
  size_t size_ = 0;
};

}  // namespace v1
}  // namespace sbx
