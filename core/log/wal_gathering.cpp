#include "core/log/wal_gathering.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"

namespace signalbox {
namespace {

// The log as SQLite holds it: our part first, the system's file behind it in the same memory.
struct WalFile {
  sqlite3_file base;
  std::string *bytes;       // gathered, and not yet handed on
  sqlite3_int64 begin;      // where they belong
  sqlite3_int64 allocated;  // the file is at least so long

  sqlite3_file *system() { return reinterpret_cast<sqlite3_file *>(this + 1); }
};

WalFile &wal(sqlite3_file *file) { return *reinterpret_cast<WalFile *>(file); }
const sqlite3_io_methods &of_system(sqlite3_file *file) { return *wal(file).system()->pMethods; }

// The system's VFS takes 128 KiB less one byte at a time at most, and nothing at all of a multiple of 128 KiB.
constexpr size_t kWriteMax = 64u << 10;

int write_through(WalFile &w, std::string_view bytes, sqlite3_int64 at) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kWriteMax);
    const int code = w.system()->pMethods->xWrite(w.system(), piece.data(), static_cast<int>(piece.size()), at);
    if (code != SQLITE_OK) return code;
    at += static_cast<sqlite3_int64>(piece.size());
    bytes.remove_prefix(piece.size());
  }
  return SQLITE_OK;
}

// A sync of a file that has grown waits for the file system's journal, too.
int grow(WalFile &w, sqlite3_int64 end) {
  if (end <= w.allocated) return SQLITE_OK;
  sqlite3_int64 size = 0;
  if (const int code = w.system()->pMethods->xFileSize(w.system(), &size)) return code;
  const sqlite3_int64 wanted = end + limits::kLogWalStep;
  if (size < end) {
    static const std::string kZeros(limits::kLogWalStep, '\0');
    // Without room for what nobody asked for, the bytes themselves may still fit.
    if (write_through(w, kZeros, end) != SQLITE_OK) return SQLITE_OK;
    size = wanted;
  }
  w.allocated = size;
  return SQLITE_OK;
}

int hand_on(WalFile &w) {
  if (w.bytes->empty()) return SQLITE_OK;
  const auto end = w.begin + static_cast<sqlite3_int64>(w.bytes->size());
  int code = grow(w, end);
  if (code == SQLITE_OK) code = write_through(w, *w.bytes, w.begin);
  w.bytes->clear();
  if (w.bytes->capacity() > limits::kLogWalGatheredMax) w.bytes->shrink_to_fit();
  return code;
}

int close_file(sqlite3_file *file) {
  WalFile &w = wal(file);
  const int handed = hand_on(w);
  const int code = of_system(file).xClose(w.system());
  delete w.bytes;
  return handed ? handed : code;
}

int read(sqlite3_file *file, void *to, int size, sqlite3_int64 at) {
  if (const int code = hand_on(wal(file))) return code;
  return of_system(file).xRead(wal(file).system(), to, size, at);
}

int write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at) {
  WalFile &w = wal(file);
  const std::string_view piece(static_cast<const char *>(bytes), static_cast<size_t>(size));
  const bool follows = at == w.begin + static_cast<sqlite3_int64>(w.bytes->size());
  if (!follows || w.bytes->size() + piece.size() > limits::kLogWalGatheredMax)
    if (const int code = hand_on(w)) return code;
  if (w.bytes->empty()) w.begin = at;
  try {
    w.bytes->append(piece);
  } catch (const std::bad_alloc &) {
    return SQLITE_NOMEM;
  }
  return SQLITE_OK;
}

int truncate(sqlite3_file *file, sqlite3_int64 size) {
  if (const int code = hand_on(wal(file))) return code;
  wal(file).allocated = std::min(wal(file).allocated, size);
  return of_system(file).xTruncate(wal(file).system(), size);
}

int sync(sqlite3_file *file, int flags) {
  if (const int code = hand_on(wal(file))) return code;
  return of_system(file).xSync(wal(file).system(), flags);
}

int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  if (const int code = hand_on(wal(file))) return code;
  return of_system(file).xFileSize(wal(file).system(), size);
}

int control(sqlite3_file *file, int what, void *argument) {
  return of_system(file).xFileControl(wal(file).system(), what, argument);
}

// A write-ahead log is locked through its database, and nothing of it is mapped.
int lock(sqlite3_file *file, int level) { return of_system(file).xLock(wal(file).system(), level); }
int unlock(sqlite3_file *file, int level) { return of_system(file).xUnlock(wal(file).system(), level); }
int reserved(sqlite3_file *file, int *is) { return of_system(file).xCheckReservedLock(wal(file).system(), is); }
int sector(sqlite3_file *file) { return of_system(file).xSectorSize(wal(file).system()); }
int traits(sqlite3_file *file) { return of_system(file).xDeviceCharacteristics(wal(file).system()); }

const sqlite3_io_methods kMethods = {1,       close_file, read,     write,   truncate, sync,   file_size,
                                     lock,    unlock,     reserved, control, sector,   traits, nullptr,
                                     nullptr, nullptr,    nullptr,  nullptr, nullptr};

sqlite3_vfs *system_of(sqlite3_vfs *vfs) { return static_cast<sqlite3_vfs *>(vfs->pAppData); }

int open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
  sqlite3_vfs *const system = system_of(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return system->xOpen(system, name, file, flags, out_flags);
  WalFile &w = wal(file);
  w = {};
  const int code = system->xOpen(system, name, w.system(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  w.bytes = new (std::nothrow) std::string;
  if (!w.bytes) {
    w.system()->pMethods->xClose(w.system());
    return SQLITE_NOMEM;
  }
  w.base.pMethods = &kMethods;
  return SQLITE_OK;
}

// Of all but opening, the system's own function with the system's own VFS.
template <auto Member, class... Args>
auto pass_on(sqlite3_vfs *vfs, Args... args) {
  return (system_of(vfs)->*Member)(system_of(vfs), args...);
}

bool register_over(sqlite3_vfs &made, sqlite3_vfs *system) {
  made.iVersion = 2;
  made.szOsFile = static_cast<int>(sizeof(WalFile)) + system->szOsFile;
  made.mxPathname = system->mxPathname;
  made.zName = "signalbox";
  made.pAppData = system;
  made.xOpen = open;
  made.xDelete = pass_on<&sqlite3_vfs::xDelete, const char *, int>;
  made.xAccess = pass_on<&sqlite3_vfs::xAccess, const char *, int, int *>;
  made.xFullPathname = pass_on<&sqlite3_vfs::xFullPathname, const char *, int, char *>;
  made.xDlOpen = pass_on<&sqlite3_vfs::xDlOpen, const char *>;
  made.xDlError = pass_on<&sqlite3_vfs::xDlError, int, char *>;
  made.xDlSym = [](sqlite3_vfs *vfs, void *module, const char *symbol) {
    return system_of(vfs)->xDlSym(system_of(vfs), module, symbol);
  };
  made.xDlClose = pass_on<&sqlite3_vfs::xDlClose, void *>;
  made.xRandomness = pass_on<&sqlite3_vfs::xRandomness, int, char *>;
  made.xSleep = pass_on<&sqlite3_vfs::xSleep, int>;
  made.xCurrentTime = pass_on<&sqlite3_vfs::xCurrentTime, double *>;
  made.xGetLastError = pass_on<&sqlite3_vfs::xGetLastError, int, char *>;
  made.xCurrentTimeInt64 = pass_on<&sqlite3_vfs::xCurrentTimeInt64, sqlite3_int64 *>;
  return sqlite3_vfs_register(&made, 0) == SQLITE_OK;
}

}  // namespace

const char *wal_gathering_vfs() {
  static std::mutex mutex;
  static sqlite3_vfs vfs{};
  const std::lock_guard lock(mutex);
  sqlite3_vfs *const system = sqlite3_vfs_find(nullptr);
  if (!system) return nullptr;
  if (vfs.pAppData != system && !register_over(vfs, system)) return nullptr;
  return vfs.zName;
}

}  // namespace signalbox
