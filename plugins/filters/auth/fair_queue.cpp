#include "plugins/filters/auth/fair_queue.hpp"

namespace auth {

void FairQueue::add(uint64_t item, const std::string &owner) {
  auto known = line_of_.find(owner);
  if (known == line_of_.end()) {
    lines_.push_back({owner, {}});
    known = line_of_.emplace(owner, std::prev(lines_.end())).first;
  }
  const Lines::iterator line = known->second;
  line->items.push_back(item);
  places_.emplace_hint(places_.end(), item, Place{line, std::prev(line->items.end())});
}

std::optional<uint64_t> FairQueue::take() {
  if (lines_.empty()) return std::nullopt;
  const uint64_t item = lines_.front().items.front();
  lines_.splice(lines_.end(), lines_, lines_.begin());
  take_out(places_.find(item));
  return item;
}

void FairQueue::remove(uint64_t item) {
  const auto place = places_.find(item);
  if (place != places_.end()) take_out(place);
}

std::optional<uint64_t> FairQueue::oldest() const {
  if (places_.empty()) return std::nullopt;
  return places_.begin()->first;
}

void FairQueue::take_out(std::map<uint64_t, Place>::iterator place) {
  const Lines::iterator line = place->second.line;
  line->items.erase(place->second.item);
  places_.erase(place);
  if (!line->items.empty()) return;
  line_of_.erase(line->owner);
  lines_.erase(line);
}

}  // namespace auth
