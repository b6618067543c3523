#include "faulty_vfs.hpp"

#include <sqlite3.h>

namespace signalbox::testing {
namespace {

struct File {
  sqlite3_file base;
  sqlite3_file *real;
};

sqlite3_vfs *real_vfs = nullptr;

sqlite3_file *real(sqlite3_file *file) { return reinterpret_cast<File *>(file)->real; }

const sqlite3_io_methods *methods() {
  static const sqlite3_io_methods table = [] {
    sqlite3_io_methods m{};
    m.iVersion = 2;
    m.xClose = [](sqlite3_file *f) { return real(f)->pMethods->xClose(real(f)); };
    m.xRead = [](sqlite3_file *f, void *to, int size, sqlite3_int64 at) {
      const int code = FaultyVfs::get().read_code;
      return code ? code : real(f)->pMethods->xRead(real(f), to, size, at);
    };
    m.xWrite = [](sqlite3_file *f, const void *from, int size, sqlite3_int64 at) {
      const int code = FaultyVfs::get().write_code;
      return code ? code : real(f)->pMethods->xWrite(real(f), from, size, at);
    };
    m.xTruncate = [](sqlite3_file *f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); };
    m.xSync = [](sqlite3_file *f, int flags) {
      FaultyVfs::get().at_sync();
      if (FaultyVfs::get().syncs_left >= 0 && FaultyVfs::get().syncs_left-- == 0)
        FaultyVfs::get().sync_code = SQLITE_IOERR_FSYNC;
      const int code = FaultyVfs::get().sync_code;
      return code ? code : real(f)->pMethods->xSync(real(f), flags);
    };
    m.xFileSize = [](sqlite3_file *f, sqlite3_int64 *size) { return real(f)->pMethods->xFileSize(real(f), size); };
    m.xLock = [](sqlite3_file *f, int level) { return real(f)->pMethods->xLock(real(f), level); };
    m.xUnlock = [](sqlite3_file *f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
    m.xCheckReservedLock = [](sqlite3_file *f, int *out) {
      return real(f)->pMethods->xCheckReservedLock(real(f), out);
    };
    m.xFileControl = [](sqlite3_file *f, int what, void *with) {
      return real(f)->pMethods->xFileControl(real(f), what, with);
    };
    m.xSectorSize = [](sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
    m.xShmMap = [](sqlite3_file *f, int page, int size, int extend, void volatile **to) {
      return real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
    };
    m.xShmLock = [](sqlite3_file *f, int at, int n, int flags) {
      return real(f)->pMethods->xShmLock(real(f), at, n, flags);
    };
    m.xShmBarrier = [](sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); };
    m.xShmUnmap = [](sqlite3_file *f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
    return m;
  }();
  return &table;
}

int open_file(sqlite3_vfs *, const char *name, sqlite3_file *file, int flags, int *out) {
  auto *shim = reinterpret_cast<File *>(file);
  shim->real = reinterpret_cast<sqlite3_file *>(shim + 1);
  const int code = real_vfs->xOpen(real_vfs, name, shim->real, flags, out);
  shim->base.pMethods = code == SQLITE_OK ? methods() : nullptr;
  return code;
}

}  // namespace

FaultyVfs &FaultyVfs::get() {
  static FaultyVfs vfs;
  return vfs;
}

FaultyVfs::FaultyVfs() {
  real_vfs = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs shim = *real_vfs;
  shim.zName = "faulty";
  shim.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  shim.pNext = nullptr;
  shim.xOpen = open_file;
  sqlite3_vfs_register(&shim, 1);
}

void FaultyVfs::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void FaultyVfs::arrived() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_; });
}

void FaultyVfs::release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

void FaultyVfs::at_sync() {
  std::unique_lock lock(mutex_);
  waiting_ = held_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !held_; });
  waiting_ = false;
}

}  // namespace signalbox::testing
