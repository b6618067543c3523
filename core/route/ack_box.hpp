// Receipts on their way to the sources of one lane: the log puts, on any thread; the lane takes all at once.
#pragma once
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "core/log/event_log.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct Acked {
  Instance *source;
  uint64_t token;
  LogReceipt receipt;
};

class AckBox {
 public:
  // [any] true: it was empty before, so the lane must be woken.
  bool put(const Acked &acked) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(acked);
    return waiting_.size() == 1;
  }
  // [lane] `into` must be empty.
  void take(std::vector<Acked> &into) {
    const std::lock_guard lock(mutex_);
    waiting_.swap(into);
  }

 private:
  std::mutex mutex_;
  std::vector<Acked> waiting_;
};

}  // namespace signalbox
