#include "core/log/store_schema.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

#include "core/base/limits.hpp"

namespace signalbox {
namespace {

constexpr uint64_t kPage = 4096;
// Less than this and not even the tables fit.
constexpr uint64_t kPagesMin = 64;

constexpr const char *kTables = R"(
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE stream(id INTEGER PRIMARY KEY, scope TEXT NOT NULL, channel TEXT NOT NULL, trimmed INTEGER NOT NULL,
  UNIQUE(scope, channel));
CREATE TABLE event(seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, bytes INTEGER NOT NULL, wall_ns INTEGER NOT NULL,
  flags INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, id TEXT NOT NULL, except_id TEXT NOT NULL,
  attrs BLOB NOT NULL, raw BLOB NOT NULL, source TEXT NOT NULL DEFAULT '');
CREATE INDEX event_of_stream ON event(stream, seq, bytes);
CREATE TABLE dedupe(source TEXT NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL, mark INTEGER NOT NULL,
  end_ns INTEGER NOT NULL, PRIMARY KEY(source, key)) WITHOUT ROWID;
)";

// By steps of time (kKeyStepBits), and in one step by name: the order in which keys are moved here.
static_assert(kKeyStepBits == 36);
constexpr const char *kEndIndex = "CREATE INDEX dedupe_by_end ON dedupe(end_ns >> 36)";

constexpr const char *kRecentKeys =
    "CREATE TABLE dedupe_recent(n INTEGER PRIMARY KEY, source TEXT NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL, "
    "mark INTEGER NOT NULL, end_ns INTEGER NOT NULL)";

// What is looked up of kept requests, without their bytes.
constexpr const char *kKeptIndex = "CREATE INDEX event_kept ON event(source, seq, wall_ns, id) WHERE source <> ''";

}  // namespace

int create_schema(Database &database, const StoreMeta &meta) {
  const std::string head =
      "PRAGMA page_size=" + std::to_string(kPage) +
      "; PRAGMA synchronous=FULL; BEGIN; PRAGMA application_id=" + std::to_string(kStoreApplication) +
      "; PRAGMA user_version=" + std::to_string(kStoreFormat);
  if (const int code = database.run(head.c_str())) return code;
  if (const int code = database.run(kTables)) return code;
  if (const int code = database.run(kKeptIndex)) return code;
  if (const int code = database.run(kEndIndex)) return code;
  if (const int code = database.run(kRecentKeys)) return code;
  for (const auto &[name, value] :
       {std::pair{"epoch", meta.epoch}, {"reserved", meta.reserved}, {"forgotten", meta.forgotten}})
    if (const int code = write_meta(database, name, value)) return code;
  Statement rules(database, "INSERT OR REPLACE INTO meta VALUES('rules', ?)");
  if (const int code = rules.run(std::string_view(meta.rules))) return code;
  return database.run("COMMIT");
}

std::optional<StoreMeta> read_meta(Database &database, int &code) {
  StoreMeta meta;
  int found = 0;
  Statement all(database, "SELECT name, value, typeof(value) FROM meta");
  all.query();
  while (all.next()) {
    const std::string name(all.bytes(0));
    const bool number = all.bytes(2) == "integer";
    const auto value = static_cast<uint64_t>(all.integer(1));
    // A position is far from the end of its numbers: 2^62 of them are never used up.
    const bool position = number && value < uint64_t{1} << 62;
    if (name == "epoch" && number) meta.epoch = value, ++found;
    if (name == "reserved" && position) meta.reserved = value, ++found;
    if (name == "forgotten" && position) meta.forgotten = value, ++found;
    if (name == "rules") meta.rules = all.bytes(1), ++found;
  }
  code = all.code();
  if (code != 0 || found != 4) return std::nullopt;
  return meta;
}

int write_meta(Database &database, const char *name, uint64_t value) {
  Statement write(database, "INSERT OR REPLACE INTO meta VALUES(?, ?)");
  return write.run(std::string_view(name), value);
}

int upgrade_schema(Database &database, bool oldest) {
  int code = database.run("BEGIN IMMEDIATE");
  if (code == 0 && oldest) code = database.run("ALTER TABLE event ADD COLUMN source TEXT NOT NULL DEFAULT ''");
  if (code == 0 && oldest) code = database.run(kKeptIndex);
  if (code == 0) code = database.run("DROP INDEX IF EXISTS dedupe_by_end");
  if (code == 0) code = database.run(kEndIndex);
  if (code == 0) code = database.run(kRecentKeys);
  if (code == 0) code = database.run(("PRAGMA user_version=" + std::to_string(kStoreFormat)).c_str());
  if (code == 0) code = database.run("COMMIT");
  return code;
}

int tune_store(Database &database, uint64_t size_max) {
  int code = 0;
  const std::string mode = database.value("PRAGMA journal_mode=WAL", code);
  if (code != 0) return code;
  if (mode != "wal") return SQLITE_CANTOPEN;
  const std::string settings =
      "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=" + std::to_string(limits::kLogWalKept) +
      "; PRAGMA cache_size=-" + std::to_string(limits::kLogCacheKiB);
  if ((code = database.run(settings.c_str()))) return code;
  const uint64_t pages = size_max == 0 ? std::numeric_limits<int32_t>::max() : std::max(kPagesMin, size_max / kPage);
  return database.run(("PRAGMA max_page_count=" + std::to_string(std::min<uint64_t>(pages, 0xfffffffe))).c_str());
}

}  // namespace signalbox
