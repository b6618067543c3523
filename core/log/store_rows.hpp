// The channels of the store as its writing thread knows them: their rows, how much each has, and the trimming that
// keeps to the rules within the very transaction that adds an event.  So a channel on disk never has more than its rule
// allows.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/log/database.hpp"
#include "core/log/retention.hpp"

namespace signalbox {

class StoreRows {
 public:
  struct Row {
    int64_t id = 0;
    size_t rule = 0;
    uint64_t events = 0, bytes = 0, trimmed = 0;
    bool changed = false;  // `trimmed` is to be written
  };
  // `forgotten`: what a new channel may have lost before.
  StoreRows(Database &database, const ChannelRules &rules, uint64_t forgotten);

  // Within a transaction.  Codes are SQLite's.
  int find_or_make(const std::string &scope, std::string_view channel, Row *&row);
  int added(Row &row, uint64_t bytes);  // an event's row was: trims
  int save();                           // what trimming left to write; before COMMIT
  // A channel's oldest events that are over their time, at most `rows_max` of them; counts them down.
  int expire(int64_t id, size_t rule, int64_t wall_ns, size_t &rows_max);
  // A channel that has no event: its row goes.
  int remove(int64_t id, uint64_t trimmed);

  // Forgets what it knows; after a transaction that came to nothing.
  void clear();
  uint64_t made() const { return made_; }  // channels that got a row
  uint64_t forgotten() const { return forgotten_; }
  void forgotten(uint64_t seq) { forgotten_ = seq; }

 private:
  int load(Row &row);
  int drop_oldest(Row &row);

  Database &database_;
  const ChannelRules &rules_;
  uint64_t forgotten_, made_ = 0;
  std::unordered_map<std::string, Row> rows_;  // by scope, a zero byte, channel
  std::unordered_map<int64_t, Row *> changed_;
  Statement find_, make_, count_, oldest_, drop_, save_, oldest_time_, remove_;
};

}  // namespace signalbox
