// The statements of StoreWriter: those of one connection, prepared once.
#pragma once
#include "core/log/dedupe_table.hpp"
#include "core/log/store_rows.hpp"
#include "core/log/store_schema.hpp"
#include "core/log/store_writer.hpp"

namespace signalbox {

static_assert(kKeyStepBits == 36, "the statements below have it in their text");

struct StoreWriter::Statements {
  Statements(Database &database, const ChannelRules &rules, uint64_t forgotten)
      : rows(database, rules, forgotten),
        add_event(database, "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        find_key(database, "SELECT seq, end_ns FROM dedupe WHERE source = ? AND key = ?"),
        old_key(database, "SELECT 1 FROM dedupe INDEXED BY dedupe_by_end WHERE end_ns >> 36 < ? LIMIT 1"),
        drop_keys(database,
                  "DELETE FROM dedupe WHERE (source, key) IN (SELECT source, key FROM dedupe INDEXED BY dedupe_by_end "
                  "WHERE end_ns >> 36 < ? ORDER BY end_ns >> 36 LIMIT ?)"),
        streams(
            database,
            "SELECT s.id, s.channel, s.trimmed, (SELECT wall_ns FROM event WHERE stream = s.id ORDER BY seq LIMIT 1) "
            "FROM stream s WHERE s.id > ? ORDER BY s.id LIMIT ?"),
        probe(database, "INSERT OR REPLACE INTO meta VALUES('probe', zeroblob(?))") {}

  StoreRows rows;
  Statement add_event, find_key, old_key, drop_keys, streams, probe;
};

}  // namespace signalbox
