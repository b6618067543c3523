// The writing side of the store: batches of emissions, each one transaction, and the sweeping of what is over its time.
// One thread at a time; the log's store thread.
//
// What fails leaves nothing behind.  When the whole store is the trouble (a full disk, an I/O error) every emission of
// the batch is answered ESTORE, and the next batch tries anew, on a new connection where the old one may be broken; an
// emission that alone is the trouble fails alone.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/status.hpp"
#include "core/log/database.hpp"
#include "core/log/event_log.hpp"
#include "core/log/recent_keys.hpp"
#include "core/log/sequencer.hpp"
#include "core/log/store.hpp"
#include "core/log/store_rows.hpp"

namespace signalbox {

// An emission on its way to disk.
struct StoreItem {
  Emission emission;  // its events are numbered
  QueueLoad load;
  // Numbers: `mark` is its own, above all of earlier items and below its events'; `last` is its highest.
  uint64_t mark = 0, last = 0;
  bool needed = false;  // it has something for the store; otherwise it only keeps its place behind the others
  LogReceipt receipt;   // of success, until commit() says otherwise
};

class StoreWriter {
 public:
  StoreWriter(const EventLogOptions &options, OpenedStore store);
  ~StoreWriter();

  // The items' receipts are set; what comes back is the store's state.  REQUIRES: not empty.
  Status commit(std::span<StoreItem> batch, int64_t wall_ns);
  // Puts keys that came of late among the others when there are many: a small transaction, or none.  What failed (there
  // is no room) is tried again when nobody waits.
  void move_keys(int64_t wall_ns, bool idle);
  // Moves the write-ahead log on, when it is long; `idle`: nobody waits.
  void checkpoint(bool idle);

  struct Swept {
    Status status;
    bool more = false;  // call again
  };
  // One small transaction that deletes what is over its time, or none when nothing is.
  Swept sweep(uint64_t last, int64_t wall_ns);
  // Tries a transaction with some pages in it.
  Status probe();

  uint64_t committed_events() const { return committed_events_; }

 private:
  struct Statements;

  int connect();
  int load_keys();
  int attempt(std::span<StoreItem> batch, int64_t wall_ns);
  int one_by_one(std::span<StoreItem> batch, int64_t wall_ns);
  int put(StoreItem &item, int64_t wall_ns);
  int put_key(StoreItem &item, int64_t wall_ns);
  int put_event(const LogEntry &entry, std::string_view raw, std::string_view source, bool &stored);
  int reserve(uint64_t last);
  int give_up(int code);
  Status status(int code) const;

  const EventLogOptions &options_;
  const uint64_t epoch_;
  std::unique_ptr<StoreLock> lock_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<RecentKeys> keys_;  // nothing until they are loaded
  uint64_t reserved_, forgotten_, streams_;
  uint64_t reserving_ = 0;  // reserved_, when the transaction that is open is committed
  uint64_t good_ = 0;       // the highest number of the last transaction that succeeded
  uint64_t committed_events_ = 0, attempted_events_ = 0;
  int64_t swept_ = 0;  // the stream up to which this round has come
  bool reconnect_ = false, move_failed_ = false;
  std::string problem_;
  std::string damage_;  // once seen, it stays
};

}  // namespace signalbox
