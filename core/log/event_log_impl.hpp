// The inside of EventLog: one lock over the parts in memory, and the store's two threads, if there is a store.
//
// Order of the locks: this one is taken with none held; nothing is called with it held but the follower, `done`, and
// the parts below.  The store is touched by its own threads alone, never with the lock held.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/log/dedupe_table.hpp"
#include "core/log/event_log.hpp"
#include "core/log/log_counters.hpp"
#include "core/log/memory_log.hpp"
#include "core/log/reading.hpp"
#include "core/log/sequencer.hpp"
#include "core/log/store.hpp"
#include "core/log/store_reader.hpp"
#include "core/log/store_writer.hpp"

namespace signalbox {

class EventLog::Impl {
 public:
  Impl(EventLogOptions options, const Clock &clock, Metrics &metrics, LogFollower &follower, Position last,
       MemoryLog::Start start);
  ~Impl();

  // Puts the store to work.  Before anything else.
  void begin(OpenedStore store);

  void append(std::vector<Emission> &emissions);
  std::optional<LogPage> read(const LogQuery &query) const;
  void read_later(LogQuery query, std::function<void(LogPage)> done);
  void read_kept_later(KeptQuery query, std::function<void(Result<KeptPage>)> done);
  uint64_t epoch() const { return epoch_; }
  uint64_t position() const;
  LogHealth health() const;
  void expire();
  bool drain(int64_t deadline_ns);

 private:
  bool is_stored(const LogEntry &entry) const;
  bool for_store(const Emission &emission) const;
  void take_for_store(Emission &emission);
  void take_for_memory(Emission &emission);

  void run_store();
  std::vector<StoreItem> take_batch();
  void commit(std::unique_lock<std::mutex> &lock);
  void finish(std::vector<StoreItem> &batch, const Status &status);
  void sweep(std::unique_lock<std::mutex> &lock);
  void note(const Status &status);
  LogPage read_disk(const LogQuery &query);

  const EventLogOptions options_;
  const Clock &clock_;
  const uint64_t epoch_;
  const bool stored_;

  mutable std::mutex mutex_;  // guards what follows, but not the store
  MemoryLog memory_;
  Sequencer sequencer_;
  LogFollower &follower_;  // to be woken; told by the sequencer
  DedupeTable keys_;       // without a store
  std::deque<Emission> pending_;
  QueueLoad pending_load_;  // ... and what is being committed
  std::vector<uint64_t> pending_of_scope_;
  bool stopping_ = false, sweep_due_ = false, store_busy_ = false;
  std::optional<std::string> problem_;
  std::condition_variable store_wanted_, store_idle_;

  LogCounters counters_;  // after what its gauges look at
  std::unique_ptr<StoreWriter> writer_;
  std::unique_ptr<StoreReader> reader_;
  std::thread store_thread_;
  std::unique_ptr<ReadingThread> reading_;
};

}  // namespace signalbox
