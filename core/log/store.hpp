// Opening a store: what EventLog::open() does when there is one.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/status.hpp"
#include "core/log/event_log.hpp"
#include "core/log/store_file.hpp"

namespace signalbox {

struct OpenedStore {
  std::unique_ptr<StoreLock> lock;
  std::unique_ptr<Database> database;
  Position last;           // positions go on after this one
  uint64_t reserved = 0;   // ... and are set aside up to here
  uint64_t forgotten = 0;  // channels without a row may have lost something up to here
  uint64_t streams = 0;
  std::vector<std::pair<uint32_t, std::string>> channels;  // that have a row, by scope
};

// Opens, makes, or moves aside and makes; then keeps to the rules, if they are others than last time.
Result<OpenedStore> open_store(const EventLogOptions &options, int64_t wall_ns);

}  // namespace signalbox
