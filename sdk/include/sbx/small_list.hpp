// small_list.hpp: a list of plain values of which there is nearly always one, such as the channels of a browser: that
// one lies in the list itself, more of them in one block.  No order is promised once something was removed.
// Header-only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>

namespace sbx {
inline namespace v1 {

template <class T>
class SmallList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  SmallList() = default;
  ~SmallList() { clear(); }
  SmallList(const SmallList &) = delete;
  SmallList &operator=(const SmallList &) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T *begin() { return capacity_ == 1 ? &one_ : block_; }
  T *end() { return begin() + size_; }
  const T *begin() const { return capacity_ == 1 ? &one_ : block_; }
  const T *end() const { return begin() + size_; }
  T &operator[](size_t i) { return begin()[i]; }
  const T &operator[](size_t i) const { return begin()[i]; }
  T &back() { return begin()[size_ - 1]; }

  void push_back(T value) {
    if (size_ == capacity_) grow();
    begin()[size_++] = value;
  }
  // The last one takes the place.  REQUIRES: i < size()
  void remove(size_t i) {
    begin()[i] = back();
    --size_;
    if (size_ == 0) clear();
  }
  void clear() {
    if (capacity_ > 1) std::free(block_);
    size_ = 0;
    capacity_ = 1;
  }

 private:
  void grow() {
    const uint32_t wider = capacity_ * 2;
    auto *block = static_cast<T *>(std::malloc(wider * sizeof(T)));
    if (!block) throw std::bad_alloc();
    std::memcpy(static_cast<void *>(block), begin(), size_ * sizeof(T));
    if (capacity_ > 1) std::free(block_);
    block_ = block;
    capacity_ = wider;
  }

  uint32_t size_ = 0, capacity_ = 1;  // 1: it is one_
  union {
    T one_;
    T *block_ = nullptr;
  };
};

}  // namespace v1
}  // namespace sbx
