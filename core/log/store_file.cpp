#include "core/log/store_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace signalbox {
namespace {

constexpr mode_t kPrivate = 0600;
constexpr const char *kBeside[] = {"-wal", "-shm", "-journal"};

std::string folder_of(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string why(int error) { return std::strerror(error); }

// A new name is on disk when its folder is.
void sync_folder(const std::string &path) {
  const int fd = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

bool there(const std::string &path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0;
}

void remove_with_neighbours(const std::string &path) {
  ::unlink(path.c_str());
  for (const char *suffix : kBeside) ::unlink((path + suffix).c_str());
}

Status fill(const std::string &path, const StoreMeta &meta) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kPrivate);
  if (fd < 0) return Status::error("cannot create the store " + path + ": " + why(errno));
  ::close(fd);
  int code = 0;
  std::string problem;
  const auto database = Database::open(path, Database::Mode::read_write, code, problem);
  if (!database) return Status::error("cannot create the store " + path + ": " + problem);
  if (create_schema(*database, meta) != 0)
    return Status::error("cannot create the store " + path + ": " + database->problem());
  return {};
}

}  // namespace

Result<std::unique_ptr<StoreLock>> StoreLock::take(const std::string &path) {
  const std::string name = path + ".lock";
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kPrivate);
  if (fd < 0)
    return Status::error("cannot open the store's lock " + name + ": " + why(errno) +
                         "; signalbox must be able to write to this folder");
  std::unique_ptr<StoreLock> lock(new StoreLock(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    return Status::error("the store " + path + " is in use by another signalbox: stop that one, or name another file");
  return Status::error("cannot lock the store " + path + ": " + why(errno));
}

StoreLock::~StoreLock() { ::close(fd_); }

Status prepare_folder(const std::string &path) {
  const std::string folder = folder_of(path);
  struct stat found {};
  if (::stat(folder.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return {};
    return Status::error("cannot keep a store in " + folder + ": it is not a folder");
  }
  if (::mkdir(folder.c_str(), 0750) == 0) return {};
  return Status::error("the store's folder " + folder + " is not there and cannot be made: " + why(errno));
}

Result<bool> store_exists(const std::string &path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno != ENOENT) return Status::error("cannot look at the store " + path + ": " + why(errno));
    return there(path + "-wal");
  }
  if (!S_ISREG(found.st_mode)) return Status::error("the store " + path + " is not a regular file: name another one");
  if (::access(path.c_str(), R_OK | W_OK) != 0)
    return Status::error("the store " + path + " cannot be read and written: " + why(errno));
  return true;
}

Status create_store(const std::string &path, const StoreMeta &meta) {
  const std::string fresh = path + ".new";
  remove_with_neighbours(fresh);  // of a start that was cut short
  Status filled = fill(fresh, meta);
  if (filled.ok() && ::rename(fresh.c_str(), path.c_str()) != 0)
    filled = Status::error("cannot create the store " + path + ": " + why(errno));
  if (!filled.ok()) {
    remove_with_neighbours(fresh);
    return filled;
  }
  sync_folder(path);
  return {};
}

Result<std::string> move_aside(const std::string &path, int64_t wall_ns) {
  const std::time_t seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, ".damaged-%Y%m%dT%H%M%SZ", &utc);
  std::string aside = path + stamp;
  for (int n = 2; there(aside) || there(aside + "-wal"); ++n) aside = path + stamp + "-" + std::to_string(n);
  // The main file first: if this is cut short, what is left is still no store; without its write-ahead log the main
  // file might look like one.
  for (const char *suffix : {"", "-wal", "-shm", "-journal"}) {
    if (::rename((path + suffix).c_str(), (aside + suffix).c_str()) == 0 || errno == ENOENT) continue;
    return Status::error("cannot move the damaged store " + path + " aside: " + why(errno));
  }
  sync_folder(path);
  return aside;
}

}  // namespace signalbox
