#include "core/log/stream.hpp"

#include <algorithm>

namespace signalbox {
namespace {

constexpr size_t kRingMin = 4;

}  // namespace

void LostSeqs::add(uint64_t seq) {
  if (count_ == kKept) {
    before_ = recent_[0];
    std::move(recent_.begin() + 1, recent_.end(), recent_.begin());
    --count_;
  }
  recent_[count_++] = seq;
}

void LostSeqs::reset(uint64_t seq) {
  before_ = std::max(seq, last());
  count_ = 0;
}

bool LostSeqs::any(uint64_t after, uint64_t upto) const {
  if (after < before_) return true;
  return std::any_of(recent_.begin(), recent_.begin() + count_,
                     [&](uint64_t seq) { return after < seq && seq <= upto; });
}

void EventRing::push(EventPtr event) {
  if (size_ == slots_.size()) resize(std::max(kRingMin, 2 * size_));
  slots_[(first_ + size_++) & (slots_.size() - 1)] = std::move(event);
}

EventPtr EventRing::pop() {
  EventPtr event = std::move(slots_[first_]);
  first_ = (first_ + 1) & (slots_.size() - 1);
  --size_;
  if (size_ == 0)
    resize(0);
  else if (slots_.size() > kRingMin && size_ <= slots_.size() / 4)
    resize(slots_.size() / 2);
  return event;
}

size_t EventRing::after(uint64_t seq) const {
  size_t low = 0, high = size_;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (seq_of((*this)[middle]) <= seq)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void EventRing::resize(size_t slots) {
  std::vector<EventPtr> next(slots);
  for (size_t i = 0; i < size_; ++i) next[i] = std::move(slots_[(first_ + i) & (slots_.size() - 1)]);
  slots_.swap(next);
  first_ = 0;
}

}  // namespace signalbox
