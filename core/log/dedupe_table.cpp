#include "core/log/dedupe_table.hpp"

#include <limits>

namespace signalbox {
namespace {

// The length first: no two pairs have one text.
std::string joined(std::string_view source, std::string_view key) {
  std::string out = std::to_string(source.size()) + ":";
  out.append(source).append(key);
  return out;
}

}  // namespace

int64_t dedupe_end_ns(int64_t now_ns, int64_t dedupe_ns) {
  if (dedupe_ns <= 0) return now_ns;
  const int64_t room = std::numeric_limits<int64_t>::max() - dedupe_ns;
  return now_ns > room ? std::numeric_limits<int64_t>::max() : now_ns + dedupe_ns;
}

std::optional<Position> DedupeTable::find(std::string_view source, std::string_view key, int64_t now_ns) const {
  const auto found = keys_.find(joined(source, key));
  if (found == keys_.end() || found->second.end_ns <= now_ns) return std::nullopt;
  return found->second.position;
}

void DedupeTable::remember(std::string_view source, std::string_view key, Position position, int64_t end_ns) {
  const auto [at, fresh] = keys_.try_emplace(joined(source, key));
  if (fresh)
    at->second.age = by_age_.insert(by_age_.end(), &at->first);
  else
    by_age_.splice(by_age_.end(), by_age_, at->second.age);
  at->second.position = position;
  at->second.end_ns = end_ns;
  if (keys_.size() <= keys_max_) return;
  const auto oldest = keys_.find(*by_age_.front());
  by_age_.pop_front();
  keys_.erase(oldest);
}

void DedupeTable::expire(int64_t now_ns) {
  for (size_t i = 0; i < limits::kLogExpireStep && !by_age_.empty(); ++i) {
    const auto oldest = keys_.find(*by_age_.front());
    if (oldest->second.end_ns > now_ns) return;
    by_age_.pop_front();
    keys_.erase(oldest);
  }
}

}  // namespace signalbox
