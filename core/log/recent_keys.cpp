#include "core/log/recent_keys.hpp"

#include <algorithm>
#include <limits>

namespace signalbox {
namespace {

// Of a key in memory, beside its name.
constexpr size_t kKeyBytes = sizeof(RecentKeys::Key) + 32;

// What is over its time waits for others of its kind.
constexpr int64_t kLingerNs = 60'000'000'000;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

}  // namespace

RecentKeys::Statements::Statements(Database &database)
    : all(database, "SELECT n, source, key, seq, mark, end_ns FROM dedupe_recent ORDER BY n"),
      any_other(database, "SELECT 1 FROM dedupe LIMIT 1"),
      add(database, "INSERT INTO dedupe_recent VALUES(?, ?, ?, ?, ?, ?)"),
      put(database, "INSERT OR REPLACE INTO dedupe VALUES(?, ?, ?, ?, ?)"),
      drop(database, "DELETE FROM dedupe_recent WHERE n <= ?") {}

RecentKeys::~RecentKeys() {
  keys_.for_each([](Key &key) { delete &key; });
}

RecentKeys::Key &RecentKeys::make(std::string_view source, std::string_view key) {
  auto made = std::make_unique<Key>();
  made->name = joined(source, key);
  made->source_at = made->name.size() - source.size() - key.size();
  keys_.add(*made);
  bytes_ += kKeyBytes + made->name.size();
  return *made.release();
}

void RecentKeys::forget(Key &key) {
  const std::unique_ptr<Key> gone(&key);
  bytes_ -= kKeyBytes + key.name.size();
  keys_.remove(key);
}

void RecentKeys::set(Key &key, uint64_t row, uint64_t seq, uint64_t mark, int64_t end_ns) {
  key.row = row;
  key.seq = seq;
  key.mark = mark;
  key.end_ns = end_ns;
  first_end_ns_ = std::min(first_end_ns_, end_ns);
}

int RecentKeys::load() {
  Statement &all = statements_.all;
  all.query();
  while (all.next()) {
    if (last_row_ == 0) done_.dropped = doing_.dropped = static_cast<uint64_t>(all.integer(0)) - 1;
    last_row_ = static_cast<uint64_t>(all.integer(0));
    const std::string source(all.bytes(1)), key(all.bytes(2));
    Key *known = keys_.find(joined(source, key));
    set(known ? *known : make(source, key), last_row_, static_cast<uint64_t>(all.integer(3)),
        static_cast<uint64_t>(all.integer(4)), all.integer(5));
  }
  if (all.code() != 0) return all.code();
  statements_.any_other.query();
  others_ = statements_.any_other.next();
  statements_.any_other.reset();
  return statements_.any_other.code();
}

const RecentKeys::Key *RecentKeys::find(std::string_view source, std::string_view key) {
  return keys_.find(joined(source, key));
}

int RecentKeys::add(std::string_view source, std::string_view key, uint64_t seq, uint64_t mark, int64_t end_ns) {
  Key *known = keys_.find(joined(source, key));
  // One that is known here must be renewed here, or its old end would hide the new one.
  if (!known && full()) {
    others_ = true;
    return statements_.put.run(source, BlobBytes{key}, seq, mark, end_ns);
  }
  if (const int code = statements_.add.run(last_row_ + 1, source, BlobBytes{key}, seq, mark, end_ns)) return code;
  ++last_row_;
  const bool made = !known;
  if (made) known = &make(source, key);
  changes_.push_back({known, made, known->row, known->seq, known->mark, known->end_ns});
  set(*known, last_row_, seq, mark, end_ns);
  return 0;
}

bool RecentKeys::due(int64_t wall_ns) const {
  return moves_ || keys_.size() >= gathered_ || bytes_ >= limits::kLogKeysGatheredBytes ||
         first_end_ns_ <= wall_ns - kLingerNs;
}

int RecentKeys::move(int64_t wall_ns) {
  if (!moves_) begin_move();
  size_t left = limits::kLogKeysPiece;
  for (; doing_.moved < moving_.size() && left > 0; ++doing_.moved, --left) {
    const Key &key = *moving_[doing_.moved];
    if (key.end_ns <= wall_ns) continue;
    const std::string_view name = std::string_view(key.name).substr(key.source_at);
    // What stands before the colon is the source's length.
    const size_t source_size = std::stoul(key.name);
    if (const int code = statements_.put.run(name.substr(0, source_size), BlobBytes{name.substr(source_size)}, key.seq,
                                             key.mark, key.end_ns))
      return code;
    others_ = true;
  }
  if (left == 0 || doing_.dropped >= moving_row_) return 0;
  doing_.dropped = std::min(moving_row_, doing_.dropped + left);
  return statements_.drop.run(doing_.dropped);
}

void RecentKeys::begin_move() {
  moving_.reserve(keys_.size());
  keys_.for_each([&](Key &key) { moving_.push_back(&key); });
  std::sort(moving_.begin(), moving_.end(), [](const Key *a, const Key *b) { return a->name < b->name; });
  moving_row_ = last_row_;
  moves_ = true;
}

// One that was renewed meanwhile has a row of its own and stays.
void RecentKeys::end_move() {
  for (Key *key : moving_)
    if (key->row <= moving_row_) forget(*key);
  moving_.clear();
  moves_ = false;
  done_.moved = doing_.moved = 0;
  first_end_ns_ = kNever;
  keys_.for_each([&](const Key &key) { first_end_ns_ = std::min(first_end_ns_, key.end_ns); });
}

void RecentKeys::keep() {
  changes_.clear();
  done_ = doing_;
  if (moves_ && done_.moved == moving_.size() && done_.dropped >= moving_row_) end_move();
}

void RecentKeys::undo() {
  for (; !changes_.empty(); changes_.pop_back()) {
    const Change &change = changes_.back();
    if (change.made)
      forget(*change.key);
    else
      set(*change.key, change.row, change.seq, change.mark, change.end_ns);
  }
  doing_ = done_;
}

}  // namespace signalbox
