// Things with a life of their own by 64-bit id: slot and generation (rule R6 of the plugin ABI).  An id that was
// removed finds nothing, also when its slot is used again.  Owns nothing; one thread.
#pragma once
#include <cstdint>
#include <vector>

namespace signalbox {

template <class T>
class IdTable {
 public:
  uint64_t add(T *thing) {
    uint32_t index;
    if (free_.empty()) {
      index = static_cast<uint32_t>(slots_.size());
      slots_.push_back({});
    } else {
      index = free_.back();
      free_.pop_back();
    }
    slots_[index].thing = thing;
    ++size_;
    return uint64_t{slots_[index].generation} << 32 | (index + 1);
  }
  T *find(uint64_t id) const {
    const auto index = static_cast<uint32_t>(id);
    if (index == 0 || index > slots_.size()) return nullptr;
    const Slot &slot = slots_[index - 1];
    return slot.generation == id >> 32 ? slot.thing : nullptr;
  }
  bool remove(uint64_t id) {
    if (!find(id)) return false;
    Slot &slot = slots_[static_cast<uint32_t>(id) - 1];
    slot.thing = nullptr;
    if (++slot.generation == 0) slot.generation = 1;
    free_.push_back(static_cast<uint32_t>(id) - 1);
    --size_;
    return true;
  }
  size_t size() const { return size_; }

 private:
  struct Slot {
    T *thing = nullptr;
    uint32_t generation = 1;
  };
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  size_t size_ = 0;
};

}  // namespace signalbox
