// A file system for SQLite that can be made to fail or to wait: it hands everything to the real one.  Once installed it
// serves every connection of the program that is opened later.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>

namespace signalbox::testing {

struct FaultyVfs {
  // The one of the program.
  static FaultyVfs &get();

  std::atomic<int> write_code{0};  // what every write answers instead of writing; 0: it writes
  std::atomic<int> sync_code{0};
  std::atomic<int> syncs_left{-1};  // so many syncs, then sync_code is SQLITE_IOERR_FSYNC; negative: never
  std::atomic<int> read_code{0};

  // From now on a sync waits, until release(); arrived() returns when one does.
  void hold();
  void arrived();
  void release();
  void at_sync();  // of the shim

 private:
  FaultyVfs();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false, waiting_ = false;
};

}  // namespace signalbox::testing
