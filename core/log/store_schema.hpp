// What a store's file looks like, and the few values that it has once: `meta`.
//
//   meta    epoch, reserved (positions up to here may have been used), forgotten (channels that are no longer known may
//           have lost something up to this), rules (what was kept of which channels when it was last open)
//   stream  a channel of a pipeline; trimmed: the highest position of it that is gone
//   event   what is retained; raw beside the first one of its emission, and then the source that emitted it
//   dedupe  keys, with the position that their first emission got; mark: the log's position when it was remembered
//   dedupe_recent  the same of keys that came of late, n in the order they came (recent_keys.hpp)
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/log/database.hpp"

namespace signalbox {

inline constexpr int64_t kStoreApplication = 0x53424f58;  // "SBOX": SQLite's application_id
inline constexpr int64_t kStoreFormat = 3;                // user_version
inline constexpr int64_t kStoreFormatOld = 2;             // there was no dedupe_recent, and another index of ends
inline constexpr int64_t kStoreFormatOldest = 1;          // nor had event a source

// The index of keys by their end goes by steps of 2^36 ns, 69 s.
inline constexpr int kKeyStepBits = 36;

struct StoreMeta {
  uint64_t epoch = 0, reserved = 0, forgotten = 0;
  std::string rules;
};

// Into an empty file, and not yet in the way that it is used (see tune_store).
int create_schema(Database &database, const StoreMeta &meta);
// Nothing, and code 0: a value is missing or cannot be.
std::optional<StoreMeta> read_meta(Database &database, int &code);
// From kStoreFormatOld or, `oldest`, from the one before, in one transaction.
int upgrade_schema(Database &database, bool oldest);
int write_meta(Database &database, const char *name, uint64_t value);

// How every writing connection works:
// - journal_mode WAL: readers and the writer do not wait for one another, and a transaction is one append and one
// fsync;
// - synchronous FULL: that fsync happens before COMMIT returns;
// - no automatic checkpoint (see Database): StoreWriter does it when receipts are out;
// - journal_size_limit 16 MiB: what the file of the write-ahead log keeps, room that a full disk still has;
// - max_page_count from size_max: a full store is the same as a full disk.
int tune_store(Database &database, uint64_t size_max);

}  // namespace signalbox
