// Dedupe keys where there is no store: as long as the program runs, at most so many, the oldest forgotten first.  The
// log's lock guards it.
#pragma once
#include <cstdint>
#include <optional>
#include <sbx/name_index.hpp>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/event/position.hpp"

namespace signalbox {

// When a key remembered at `now_ns` is forgotten; far in the future rather than overflowing.
int64_t dedupe_end_ns(int64_t now_ns, int64_t dedupe_ns);

// Both in one, in `scratch`; no two pairs have one name: "LENGTH OF SOURCE:SOURCE" and then the key.
std::string_view dedupe_name(std::string &scratch, std::string_view source, std::string_view key);

class DedupeTable {
 public:
  explicit DedupeTable(size_t keys_max = limits::kLogDedupeKeysMax) : keys_max_(keys_max) {}
  ~DedupeTable();
  DedupeTable(const DedupeTable &) = delete;
  DedupeTable &operator=(const DedupeTable &) = delete;

  // Where the first one with this key went, unless that is over its time.
  std::optional<Position> find(std::string_view source, std::string_view key, int64_t now_ns);
  void remember(std::string_view source, std::string_view key, Position position, int64_t end_ns);
  // Forgets from the oldest on what is over its time.
  void expire(int64_t now_ns);
  size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::string name;
    Position position;
    int64_t end_ns = 0;
    Key *older = nullptr, *newer = nullptr;
    std::string_view index_name() const { return name; }
  };
  std::string_view joined(std::string_view source, std::string_view key) { return dedupe_name(joined_, source, key); }
  void stand_last(Key &key);
  void unlink(Key &key);
  void forget(Key &key);

  const size_t keys_max_;
  sbx::NameIndex<Key> keys_;  // theirs are owned here
  Key *oldest_ = nullptr, *newest_ = nullptr;
  std::string joined_;
};

}  // namespace signalbox
