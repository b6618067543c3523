#include "core/log/store_writer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "core/log/event_row.hpp"
#include "core/log/store_statements.hpp"

namespace signalbox {
namespace {

// Is it the store, whatever is written?  Otherwise it is what one emission wants of it.
bool whole_store(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      return true;
    default:
      return false;
  }
}

// After so many emissions in a row that did not fit by themselves the store is full for all.
constexpr int kMissesMax = 3;

}  // namespace

StoreWriter::StoreWriter(const EventLogOptions &options, OpenedStore store)
    : options_(options),
      epoch_(store.last.epoch),
      lock_(std::move(store.lock)),
      database_(std::move(store.database)),
      reserved_(store.reserved),
      forgotten_(store.forgotten),
      streams_(store.streams),
      good_(store.last.seq) {
  statements_ = std::make_unique<Statements>(*database_, options_.rules, forgotten_);
}

StoreWriter::~StoreWriter() = default;

Status StoreWriter::commit(std::span<StoreItem> batch, int64_t wall_ns) {
  int code = attempt(batch, wall_ns);
  if (code != 0 && batch.size() > 1 && (!whole_store(code) || code == SQLITE_FULL))
    code = one_by_one(batch, wall_ns);
  else if (code != 0)
    for (StoreItem &item : batch)
      if (item.needed) item.receipt = {SBX_ESTORE, {}};
  return status(whole_store(code) ? code : 0);
}

int StoreWriter::one_by_one(std::span<StoreItem> batch, int64_t wall_ns) {
  int worst = 0, misses = 0;
  for (StoreItem &item : batch) {
    if (!item.needed) continue;
    int code = misses < kMissesMax ? attempt({&item, 1}, wall_ns) : worst;
    misses = code == 0 ? 0 : misses + (whole_store(code) ? 1 : 0);
    if (code == 0) continue;
    item.receipt = {SBX_ESTORE, {}};
    if (whole_store(code)) worst = code;
  }
  // A store that took the last of them is not full: the others were too big.
  return misses == 0 ? 0 : worst;
}

int StoreWriter::attempt(std::span<StoreItem> batch, int64_t wall_ns) {
  attempted_events_ = 0;
  for (StoreItem &item : batch)
    item.receipt = {SBX_OK, item.emission.events.empty() ? Position{}
                                                         : Position{epoch_, seq_of(item.emission.events.back().event)}};
  if (std::none_of(batch.begin(), batch.end(), [](const StoreItem &item) { return item.needed; })) return 0;
  int code = connect();
  if (code != 0) return code;
  code = database_->run("BEGIN IMMEDIATE");
  for (StoreItem &item : batch)
    if (code == 0 && item.needed) code = put(item, wall_ns);
  if (code == 0) code = statements_->rows.save();
  if (code == 0) code = reserve(batch.back().last);
  if (code == 0) code = database_->run("COMMIT");
  if (code != 0) return give_up(code);
  keys_->keep();
  reserved_ = reserving_;
  good_ = batch.back().last;
  committed_events_ += attempted_events_;
  return 0;
}

int StoreWriter::put(StoreItem &item, int64_t wall_ns) {
  if (!item.emission.dedupe_key.empty())
    if (const int code = put_key(item, wall_ns)) return code;
  if (item.receipt.status == SBX_DUPLICATE) return 0;
  std::string_view raw = item.emission.raw;
  for (const LogEntry &entry : item.emission.events) {
    bool stored = false;
    const std::string_view source = raw.empty() ? std::string_view() : item.emission.source;
    if (const int code = put_event(entry, raw, source, stored)) return code;
    if (stored) raw = {};
  }
  return 0;
}

int StoreWriter::put_key(StoreItem &item, int64_t wall_ns) {
  Statements &s = *statements_;
  const std::string_view source = item.emission.source, key = item.emission.dedupe_key;
  std::optional<uint64_t> first;
  if (const RecentKeys::Key *recent = keys_->find(source, key)) {
    if (recent->end_ns > wall_ns) first = recent->seq;
  } else if (keys_->others()) {
    s.find_key.query(source, BlobBytes{key});
    if (s.find_key.next() && s.find_key.integer(1) > wall_ns) first = static_cast<uint64_t>(s.find_key.integer(0));
    s.find_key.reset();
    if (s.find_key.code() != 0) return s.find_key.code();
  }
  if (first) {
    item.receipt = {SBX_DUPLICATE, *first ? Position{epoch_, *first} : Position{}};
    return 0;
  }
  return keys_->add(source, key, item.receipt.position.seq, item.mark, dedupe_end_ns(wall_ns, item.emission.dedupe_ns));
}

int StoreWriter::put_event(const LogEntry &entry, std::string_view raw, std::string_view source, bool &stored) {
  const sbx_event &event = entry.event->view();
  StoreRows::Row *row = nullptr;
  if (entry.event->transient() || !options_.rules[options_.rules.of(text(event.channel))].stored()) return 0;
  Statements &s = *statements_;
  if (const int code = s.rows.find_or_make(options_.scopes[entry.scope], text(event.channel), row)) return code;
  const std::string attrs = attrs_bytes(event);
  const uint64_t size = entry.event->bytes();
  if (const int code = s.add_event.run(event.seq, row->id, size, event.wall_ns, static_cast<int64_t>(event.flags),
                                       text(event.name), BlobBytes{text(event.data)}, text(event.id),
                                       text(event.except), BlobBytes{attrs}, BlobBytes{raw}, source))
    return code;
  stored = true;
  ++attempted_events_;
  return s.rows.added(*row, size);
}

// Sets more positions aside when half of them is used up.
int StoreWriter::reserve(uint64_t last) {
  reserving_ = reserved_;
  if (last + limits::kLogReserve / 2 < reserved_) return 0;
  reserving_ = last + limits::kLogReserve;
  return write_meta(*database_, "reserved", reserving_);
}

// A transaction that failed leaves nothing, here as well as on disk.
int StoreWriter::give_up(int code) {
  problem_ = database_->problem();
  const int primary = code & 0xff;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) damage_ = problem_;
  database_->roll_back();
  if (keys_) keys_->undo();
  statements_->rows.clear();
  statements_->rows.forgotten(forgotten_);
  reconnect_ = whole_store(code) && primary != SQLITE_FULL && primary != SQLITE_BUSY;
  return code;
}

int StoreWriter::load_keys() {
  keys_ = std::make_unique<RecentKeys>(*database_, options_.keys_gathered);
  const int code = keys_->load();
  if (code == 0) return 0;
  keys_.reset();
  return give_up(code);
}

int StoreWriter::connect() {
  if (!reconnect_) return keys_ ? 0 : load_keys();
  keys_.reset();
  if (statements_) streams_ += statements_->rows.made();
  statements_.reset();
  database_.reset();
  int code = 0;
  database_ = Database::open(options_.path, Database::Mode::read_write, code, problem_);
  if (!database_) return code;
  // A commit whose fsync failed may be read from the write-ahead log after all; it was answered as failed.
  Statement events(*database_, "DELETE FROM event WHERE seq > ?"),
      keys(*database_, "DELETE FROM dedupe WHERE mark > ?"),
      recent(*database_, "DELETE FROM dedupe_recent WHERE mark > ?");
  code = tune_store(*database_, options_.size_max);
  if (code == 0) code = events.run(good_);
  if (code == 0) code = keys.run(good_);
  if (code == 0) code = recent.run(good_);
  if (code != 0) problem_ = database_->problem();
  statements_ = std::make_unique<Statements>(*database_, options_.rules, forgotten_);
  reconnect_ = code != 0;
  return code == 0 ? load_keys() : code;
}

void StoreWriter::move_keys(int64_t wall_ns, bool idle) {
  if (reconnect_ || !keys_ || (move_failed_ && !idle) || !keys_->due(wall_ns)) return;
  int code = database_->run("BEGIN IMMEDIATE");
  if (code == 0) code = keys_->move(wall_ns);
  if (code == 0) code = database_->run("COMMIT");
  move_failed_ = code != 0;
  if (code == 0)
    keys_->keep();
  else
    give_up(code);
}

void StoreWriter::checkpoint(bool idle) {
  if (!database_ || database_->wal_pages() < (idle ? limits::kLogWalPages : limits::kLogWalPagesBusy)) return;
  database_->checkpoint(database_->wal_pages() > limits::kLogWalPagesMax);
}

Status StoreWriter::status(int code) const {
  if (!damage_.empty())
    return Status::error("the store " + options_.path + " is damaged (" + damage_ +
                         "): stop signalbox and put back a copy of it, or start with store.recover: true");
  if (code == 0) return {};
  if ((code & 0xff) == SQLITE_FULL)
    return Status::error("the store " + options_.path + " is full: make room on its disk, or raise store.size_max");
  return Status::error("the store " + options_.path + " cannot be written: " + problem_);
}

}  // namespace signalbox
