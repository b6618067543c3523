// Dedupe keys where there is no store: as long as the program runs, at most so many, the oldest forgotten first.  The
// log's lock guards it.
#pragma once
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/limits.hpp"
#include "core/event/position.hpp"

namespace signalbox {

// When a key remembered at `now_ns` is forgotten; far in the future rather than overflowing.
int64_t dedupe_end_ns(int64_t now_ns, int64_t dedupe_ns);

class DedupeTable {
 public:
  explicit DedupeTable(size_t keys_max = limits::kLogDedupeKeysMax) : keys_max_(keys_max) {}
  // Where the first one with this key went, unless that is over its time.
  std::optional<Position> find(std::string_view source, std::string_view key, int64_t now_ns) const;
  void remember(std::string_view source, std::string_view key, Position position, int64_t end_ns);
  // Forgets from the oldest on what is over its time.
  void expire(int64_t now_ns);
  size_t size() const { return keys_.size(); }

 private:
  struct Entry {
    Position position;
    int64_t end_ns;
    std::list<const std::string *>::iterator age;
  };
  const size_t keys_max_;
  std::unordered_map<std::string, Entry> keys_;
  std::list<const std::string *> by_age_;  // oldest first; keys of keys_
};

}  // namespace signalbox
