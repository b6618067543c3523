// Dedupe keys of late, before they are put among the others.  A provider's keys come in no order: each, put where it
// belongs, would dirty a page of its own, in the write-ahead log and again in the store.  So they are written in the
// order they come (table dedupe_recent, a page for many), found by an index in memory, and moved into the table of all
// keys in the order of their names when there are many, a piece at a time.
//
// All changes belong to the transaction that the caller has open: keep() when it is committed, undo() when it is not.
// The store's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <sbx/name_index.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/log/database.hpp"
#include "core/log/dedupe_table.hpp"

namespace signalbox {

class RecentKeys {
 public:
  struct Key {
    std::string name;      // source, a length before it, and key
    size_t source_at = 0;  // the source's place in it
    uint64_t row = 0;
    uint64_t seq = 0, mark = 0;
    int64_t end_ns = 0;
    std::string_view index_name() const { return name; }
  };

  // `gathered` keys, or limits::kLogKeysGatheredBytes of them in memory, are moved.  Twice as many at most are held
  // here: what is beyond goes into the other table at once.
  RecentKeys(Database &database, size_t gathered) : gathered_(gathered), statements_(database) {}
  ~RecentKeys();
  RecentKeys(const RecentKeys &) = delete;
  RecentKeys &operator=(const RecentKeys &) = delete;

  // What an earlier connection left.  Once, before all else.
  int load();
  // The newest of this name, whether it is over its time or not.
  const Key *find(std::string_view source, std::string_view key);
  // Puts one in, or renews it.
  int add(std::string_view source, std::string_view key, uint64_t seq, uint64_t mark, int64_t end_ns);
  // Has the table of all others anything in it?
  bool others() const { return others_; }

  // Is it time for move()?  Keys whose time is over go by it, too.
  bool due(int64_t wall_ns) const;
  // Moves a piece of them; those that are over their time are left out.
  int move(int64_t wall_ns);

  void keep();
  void undo();
  size_t size() const { return keys_.size(); }

 private:
  struct Statements {
    explicit Statements(Database &database);
    Statement all, any_other, add, put, drop;
  };
  struct Change {
    Key *key;
    bool made;  // otherwise: what it was before
    uint64_t row, seq, mark;
    int64_t end_ns;
  };
  std::string_view joined(std::string_view source, std::string_view key) { return dedupe_name(joined_, source, key); }
  bool full() const { return keys_.size() >= 2 * gathered_ || bytes_ >= 2 * limits::kLogKeysGatheredBytes; }
  Key &make(std::string_view source, std::string_view key);
  void forget(Key &key);
  void set(Key &key, uint64_t row, uint64_t seq, uint64_t mark, int64_t end_ns);
  void begin_move();
  void end_move();

  const size_t gathered_;
  Statements statements_;
  sbx::NameIndex<Key> keys_;  // theirs are owned here
  size_t bytes_ = 0;
  uint64_t last_row_ = 0;
  int64_t first_end_ns_ = INT64_MAX;  // no key is over its time before this
  bool others_ = false;
  std::string joined_;
  std::vector<Change> changes_;  // of the transaction that is open
  // A move under way: its keys by name and their highest row.  First all are put into the other table, then the rows
  // go.
  bool moves_ = false;
  std::vector<Key *> moving_;
  uint64_t moving_row_ = 0;
  // How far it has come, and how far when the transaction that is open is committed; up to `dropped` no row is left.
  struct Progress {
    size_t moved = 0;
    uint64_t dropped = 0;
  };
  Progress done_, doing_;
};

}  // namespace signalbox
