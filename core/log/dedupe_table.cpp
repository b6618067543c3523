#include "core/log/dedupe_table.hpp"

#include <limits>
#include <memory>

namespace signalbox {

int64_t dedupe_end_ns(int64_t now_ns, int64_t dedupe_ns) {
  if (dedupe_ns <= 0) return now_ns;
  const int64_t room = std::numeric_limits<int64_t>::max() - dedupe_ns;
  return now_ns > room ? std::numeric_limits<int64_t>::max() : now_ns + dedupe_ns;
}

DedupeTable::~DedupeTable() {
  while (oldest_) forget(*oldest_);
}

std::string_view dedupe_name(std::string &scratch, std::string_view source, std::string_view key) {
  return scratch.assign(std::to_string(source.size())).append(1, ':').append(source).append(key);
}

void DedupeTable::stand_last(Key &key) {
  key.older = newest_;
  key.newer = nullptr;
  (newest_ ? newest_->newer : oldest_) = &key;
  newest_ = &key;
}

void DedupeTable::unlink(Key &key) {
  (key.older ? key.older->newer : oldest_) = key.newer;
  (key.newer ? key.newer->older : newest_) = key.older;
}

void DedupeTable::forget(Key &key) {
  const std::unique_ptr<Key> gone(&key);
  unlink(key);
  keys_.remove(key);
}

std::optional<Position> DedupeTable::find(std::string_view source, std::string_view key, int64_t now_ns) {
  const Key *found = keys_.find(joined(source, key));
  if (!found || found->end_ns <= now_ns) return std::nullopt;
  return found->position;
}

void DedupeTable::remember(std::string_view source, std::string_view key, Position position, int64_t end_ns) {
  const std::string_view name = joined(source, key);
  Key *known = keys_.find(name);
  if (known) {
    unlink(*known);
  } else {
    auto made = std::make_unique<Key>();
    made->name = name;
    keys_.add(*made);
    known = made.release();
  }
  stand_last(*known);
  known->position = position;
  known->end_ns = end_ns;
  if (keys_.size() > keys_max_) forget(*oldest_);
}

void DedupeTable::expire(int64_t now_ns) {
  for (size_t i = 0; i < limits::kLogExpireStep && oldest_ && oldest_->end_ns <= now_ns; ++i) forget(*oldest_);
}

}  // namespace signalbox
