// The pages of the log that one instance's readers were given in this turn.  Clients that come back together ask the
// same of the same place, and the log has one lock for all lanes: the first of them reads, the others are given the
// same page.  A page says what the log was at the lane's place, so it is good for this turn alone: its owner forgets
// them before events are delivered.  [lane]
#pragma once
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"
#include "core/log/event_log.hpp"

namespace signalbox {

using PagePtr = std::shared_ptr<const LogPage>;

class TurnPages {
 public:
  // Nothing: nobody asked this yet.
  PagePtr find(const LogQuery &query) const {
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept &k) { return k.query == query; });
    return found == kept_.end() ? nullptr : found->page;
  }
  // Of more than kReplayPagesKept the oldest is forgotten.
  void keep(const LogQuery &query, PagePtr page) {
    if (kept_.size() < limits::kReplayPagesKept)
      kept_.push_back({query, std::move(page)});
    else
      kept_[std::exchange(oldest_, (oldest_ + 1) % kept_.size())] = {query, std::move(page)};
  }
  void clear() {
    kept_.clear();
    oldest_ = 0;
  }

 private:
  struct Kept {
    LogQuery query;
    PagePtr page;
  };
  std::vector<Kept> kept_;
  size_t oldest_ = 0;
};

}  // namespace signalbox
