// The files of a store: its lock, making a new one, telling whether one that is there is whole, and moving a damaged
// one aside.  Used while the log is opened, main thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/status.hpp"
#include "core/log/database.hpp"
#include "core/log/store_schema.hpp"

namespace signalbox {

// Held as long as this lives: the store is this process's alone.  It is a file beside the store (NAME.lock, which
// stays), because SQLite's own lock would shut out our reading connection as well.
class StoreLock {
 public:
  static Result<std::unique_ptr<StoreLock>> take(const std::string &path);
  ~StoreLock();
  StoreLock(const StoreLock &) = delete;
  StoreLock &operator=(const StoreLock &) = delete;

 private:
  explicit StoreLock(int fd) : fd_(fd) {}
  int fd_;
};

// Where the store is to be; makes the last folder of its path if that is missing.
Status prepare_folder(const std::string &path);
// Something is there under this name, or its write-ahead log is.
Result<bool> store_exists(const std::string &path);
// Made under another name and then renamed: a file with the store's name is a whole store, or a damaged one.
Status create_store(const std::string &path, const StoreMeta &meta);

struct StoreVerdict {
  enum class What : uint8_t { fine, damaged, refused };  // refused: not ours to move
  What what = What::fine;
  std::string message;
  std::unique_ptr<Database> database;
  StoreMeta meta;
};
StoreVerdict examine_store(const std::string &path, uint64_t size_max);

// NAME -> NAME.damaged-20261123T093000Z, and what belongs to it: the new name.
Result<std::string> move_aside(const std::string &path, int64_t wall_ns);

}  // namespace signalbox
