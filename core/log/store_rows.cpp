#include "core/log/store_rows.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace signalbox {

StoreRows::StoreRows(Database &database, const ChannelRules &rules, uint64_t forgotten)
    : database_(database),
      rules_(rules),
      forgotten_(forgotten),
      find_(database, "SELECT id, trimmed FROM stream WHERE scope = ? AND channel = ?"),
      make_(database, "INSERT OR IGNORE INTO stream(scope, channel, trimmed) VALUES(?, ?, ?)"),
      count_(database,
             "SELECT count(*), coalesce(sum(bytes), 0) FROM event INDEXED BY event_of_stream WHERE stream = ?"),
      oldest_(database,
              "SELECT seq, bytes FROM event INDEXED BY event_of_stream WHERE stream = ? ORDER BY seq LIMIT 1"),
      drop_(database, "DELETE FROM event WHERE seq = ?"),
      save_(database, "UPDATE stream SET trimmed = max(trimmed, ?) WHERE id = ?"),
      oldest_time_(database, "SELECT seq, wall_ns FROM event WHERE stream = ? ORDER BY seq LIMIT 1"),
      remove_(database, "DELETE FROM stream WHERE id = ?") {}

int StoreRows::find_or_make(const std::string &scope, std::string_view channel, Row *&row) {
  std::string key = scope + '\0';
  key.append(channel);
  if (const auto known = rows_.find(key); known != rows_.end()) {
    row = &known->second;
    return 0;
  }
  if (rows_.size() >= limits::kLogStreamRowsMax && changed_.empty()) rows_.clear();
  Row fresh;
  fresh.rule = rules_.of(channel);
  if (const int code = make_.run(std::string_view(scope), channel, forgotten_)) return code;
  if (database_.changes() > 0) {
    fresh.id = database_.last_row();
    fresh.trimmed = forgotten_;
    ++made_;
  } else {
    find_.query(std::string_view(scope), channel);
    if (find_.next()) {
      fresh.id = find_.integer(0);
      fresh.trimmed = static_cast<uint64_t>(find_.integer(1));
      find_.reset();
    }
    if (find_.code() != 0) return find_.code();
    if (const int code = load(fresh)) return code;
  }
  row = &rows_.emplace(std::move(key), fresh).first->second;
  return 0;
}

int StoreRows::load(Row &row) {
  count_.query(row.id);
  if (count_.next()) {
    row.events = static_cast<uint64_t>(count_.integer(0));
    row.bytes = static_cast<uint64_t>(count_.integer(1));
    count_.reset();
  }
  return count_.code();
}

int StoreRows::added(Row &row, uint64_t bytes) {
  const ChannelRule &rule = rules_[row.rule];
  ++row.events;
  row.bytes += bytes;
  while (row.events > 0 && (row.events > rule.events || (rule.bytes > 0 && row.bytes > rule.bytes)))
    if (const int code = drop_oldest(row)) return code;
  return 0;
}

int StoreRows::drop_oldest(Row &row) {
  oldest_.query(row.id);
  if (!oldest_.next()) return oldest_.code() ? oldest_.code() : load(row);
  const auto seq = static_cast<uint64_t>(oldest_.integer(0));
  const auto bytes = static_cast<uint64_t>(oldest_.integer(1));
  oldest_.reset();
  if (const int code = drop_.run(seq)) return code;
  --row.events;
  row.bytes -= std::min(bytes, row.bytes);
  row.trimmed = std::max(row.trimmed, seq);
  row.changed = true;
  changed_[row.id] = &row;
  return 0;
}

int StoreRows::save() {
  for (auto &[id, row] : changed_) {
    if (const int code = save_.run(row->trimmed, id)) return code;
    row->changed = false;
  }
  changed_.clear();
  return 0;
}

int StoreRows::expire(int64_t id, size_t rule, int64_t wall_ns, size_t &rows_max) {
  const int64_t for_ns = rules_[rule].for_ns;
  uint64_t trimmed = 0;
  while (for_ns > 0 && rows_max > 0) {
    oldest_time_.query(id);
    if (!oldest_time_.next()) {
      if (oldest_time_.code() != 0) return oldest_time_.code();
      break;
    }
    const auto seq = static_cast<uint64_t>(oldest_time_.integer(0));
    const int64_t placed_ns = oldest_time_.integer(1);
    oldest_time_.reset();
    if (wall_ns - placed_ns < for_ns) break;
    if (const int code = drop_.run(seq)) return code;
    trimmed = seq;
    --rows_max;
  }
  return trimmed ? save_.run(trimmed, id) : 0;
}

int StoreRows::remove(int64_t id, uint64_t trimmed) {
  forgotten_ = std::max(forgotten_, trimmed);
  return remove_.run(id);
}

void StoreRows::clear() {
  rows_.clear();
  changed_.clear();
}

}  // namespace signalbox
