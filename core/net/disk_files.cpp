#include "core/net/disk_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

namespace signalbox::net {
namespace {

std::string resolved(const std::string &path) {
  char out[PATH_MAX];
  return ::realpath(path.c_str(), out) != nullptr ? out : std::string();
}

// The real path with all links followed, or empty if it is missing or outside of root.
std::string resolve_below(const std::string &root, const std::string &relative) {
  std::string base = resolved(root);
  if (base.empty() || relative.empty()) return base;
  const std::string path = resolved(base + '/' + relative);
  const std::string fence = base == "/" ? base : base + '/';
  return path == base || path.starts_with(fence) ? path : std::string();
}

std::optional<std::string> read_all(int fd, size_t size_max) {
  struct stat s {};
  if (::fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || static_cast<uint64_t>(s.st_size) > size_max) return std::nullopt;
  // One byte more than it should have, to see the end also of a file that grows meanwhile.
  std::string content(static_cast<size_t>(s.st_size) + 1, '\0');
  size_t have = 0;
  while (have < content.size()) {
    const ssize_t n = ::read(fd, content.data() + have, content.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) break;
    have += static_cast<size_t>(n);
  }
  if (have == content.size()) return std::nullopt;  // it is being written: the next request will see
  content.resize(have);
  return content;
}

}  // namespace

FileStamp DiskFiles::stamp(const std::string &root, const std::string &relative) {
  struct stat s {};
  const std::string path = resolve_below(root, relative);
  if (path.empty() || ::stat(path.c_str(), &s) != 0) return {};
  FileStamp out;
  if (S_ISDIR(s.st_mode)) out.kind = FileStamp::Kind::directory;
  if (S_ISREG(s.st_mode)) out.kind = FileStamp::Kind::file;
  out.size = static_cast<uint64_t>(s.st_size);
  out.changed_ns = static_cast<int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec;
  return out;
}

std::optional<std::string> DiskFiles::read(const std::string &root, const std::string &relative, size_t size_max) {
  const std::string path = resolve_below(root, relative);
  if (path.empty()) return std::nullopt;
  // The path is resolved: a link in its last place appeared a moment ago.  Not to wait for a pipe's other end either.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  auto content = read_all(fd, size_max);
  ::close(fd);
  return content;
}

}  // namespace signalbox::net
