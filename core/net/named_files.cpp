#include "core/net/named_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/limits.hpp"

namespace signalbox::net {
namespace {

using Read = NamedFiles::Read;

Read failure(int error) {
  if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG) return Read::missing;
  if (error == ENXIO) return Read::not_regular;  // a socket
  return error == EACCES || error == EPERM ? Read::forbidden : Read::failed;
}

int64_t nanoseconds(const timespec &t) { return static_cast<int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec; }

Read read_all(int fd, std::string &out) {
  struct stat s {};
  if (::fstat(fd, &s) != 0) return Read::failed;
  if (!S_ISREG(s.st_mode)) return Read::not_regular;
  if (static_cast<uint64_t>(s.st_size) > limits::kNamedFileMax) return Read::too_big;
  // One byte more than it should have, to see the end also of a file that grows meanwhile.
  out.resize(static_cast<size_t>(s.st_size) + 1);
  size_t have = 0;
  for (;;) {
    const ssize_t n = ::read(fd, out.data() + have, out.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(errno);
    have += static_cast<size_t>(n);
    if (n == 0) break;
    if (have > limits::kNamedFileMax) return Read::too_big;
    if (have == out.size()) out.resize(have * 2);
  }
  out.resize(have);
  return Read::ok;
}

}  // namespace

NamedFiles::~NamedFiles() {
  if (timer_) lane_.cancel(timer_);
}

bool NamedFiles::stamp_of(const std::string &path, Stamp &out) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return false;
  out = {static_cast<uint64_t>(s.st_dev), static_cast<uint64_t>(s.st_ino), static_cast<uint64_t>(s.st_size),
         nanoseconds(s.st_mtim), nanoseconds(s.st_ctim)};
  return true;
}

Read NamedFiles::read(const std::string &path, std::string &out) {
  // Before it is read: what is written meanwhile has another stamp, and is told.  Also for a watch that comes later.
  if (files_.size() < limits::kFileWatchesMax || files_.contains(path)) stamp_of(path, files_[path].seen);
  // Not to wait for a pipe's other end.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return failure(errno);
  const Read result = read_all(fd, out);
  ::close(fd);
  return result;
}

uint64_t NamedFiles::watch(const std::string &path, std::function<void(uint64_t)> changed) {
  if (watches_ >= limits::kFileWatchesMax) return 0;
  const auto [at, fresh] = files_.try_emplace(path);
  if (fresh) stamp_of(path, at->second.seen);
  at->second.watchers.emplace_back(++watches_, std::move(changed));
  if (!timer_) timer_ = lane_.timer(limits::kFileWatchNs, limits::kFileWatchNs, [this](io::TimerId) { look(); });
  return watches_;
}

void NamedFiles::look() {
  // Copied before the first one is told: a watcher may watch more.
  std::vector<std::pair<uint64_t, std::function<void(uint64_t)>>> to_tell;
  for (auto &[path, watched] : files_) {
    Stamp now;
    if (watched.watchers.empty() || !stamp_of(path, now) || now == watched.seen) continue;
    watched.seen = now;
    to_tell.insert(to_tell.end(), watched.watchers.begin(), watched.watchers.end());
  }
  for (const auto &[id, changed] : to_tell) changed(id);
}

}  // namespace signalbox::net
