// BucketTable: token buckets by key, of one rate, in bounded memory.  Who is not in it has a full bucket.  Each new one
// takes up to two others with it that are full again, so that it holds hardly more than those who were active lately;
// when there is no room the one that is full the soonest goes, full or not: who floods the table with new keys loses
// those before the ones that are deep in debt.  Pure; the caller locks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "core/base/token_bucket.hpp"

namespace signalbox {

struct BucketKeyHash {
  using is_transparent = void;
  size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  size_t operator()(uint64_t key) const { return std::hash<uint64_t>()(key); }
};

template <class Key>
class BucketTable {
 public:
  using View = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;

  BucketTable(const Rate &rate, size_t entries_max) : rate_(rate), entries_max_(entries_max) {}

  bool limits() const { return rate_.limits(); }
  // Always, when nothing is limited.
  bool has(View key, double wanted, int64_t now_ns) const {
    if (!limits()) return true;
    const auto found = buckets_.find(key);
    return (found == buckets_.end() ? rate_.burst : found->second.left(rate_, now_ns)) >= wanted;
  }
  // REQUIRES: has() said so
  void take(View key, double wanted, int64_t now_ns) {
    if (!limits()) return;
    auto found = buckets_.find(key);
    if (found == buckets_.end()) {
      make_room(now_ns);
      found = buckets_.emplace(Key(key), TokenBucket(rate_, now_ns)).first;
    } else {
      by_full_.erase({found->second.full_at_ns(rate_), &found->first});
    }
    found->second.take(rate_, wanted, now_ns);
    by_full_.insert({found->second.full_at_ns(rate_), &found->first});
  }
  void forget(View key) {
    const auto found = buckets_.find(key);
    if (found != buckets_.end()) erase(found);
  }
  size_t size() const { return buckets_.size(); }

 private:
  using Buckets = std::unordered_map<Key, TokenBucket, BucketKeyHash, std::equal_to<>>;

  void erase(typename Buckets::iterator at) {
    by_full_.erase({at->second.full_at_ns(rate_), &at->first});
    buckets_.erase(at);
  }
  void make_room(int64_t now_ns) {
    for (int gone = 0; gone < 2 && !by_full_.empty() && by_full_.begin()->first <= now_ns; ++gone)
      erase(buckets_.find(*by_full_.begin()->second));
    if (buckets_.size() >= entries_max_ && !by_full_.empty()) erase(buckets_.find(*by_full_.begin()->second));
  }

  const Rate rate_;
  const size_t entries_max_;
  Buckets buckets_;
  std::set<std::pair<int64_t, const Key *>> by_full_;  // of all: when it is full, and its key in buckets_
};

}  // namespace signalbox
