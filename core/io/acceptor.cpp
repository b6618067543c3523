#include "core/io/acceptor.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/limits.hpp"
#include "core/base/log.hpp"

namespace signalbox::io {
namespace {

// Out of descriptors: try again after this long instead of spinning on the same readiness.
constexpr int64_t kRestNs = 100'000'000;
constexpr int kBacklog = 4096;

void set_flag(int fd, int level, int name) {
  const int on = 1;
  ::setsockopt(fd, level, name, &on, sizeof on);
}

Status why(const Address &address, const char *what) {
  const std::string reason = errno == EADDRINUSE ? "another program listens there" : std::strerror(errno);
  return Status::error("cannot " + std::string(what) + " " + address.text() + ": " + reason);
}

Result<int> open_bound(const Address &address, bool shared) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return why(address, "open a socket for");
  if (address.family() != AF_UNIX) {
    set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
    if (shared) set_flag(fd, SOL_SOCKET, SO_REUSEPORT);
    if (address.family() == AF_INET6) set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
  }
  if (::bind(fd, address.get(), address.size) == 0) return fd;
  Status failed = why(address, "bind");
  ::close(fd);
  return failed;
}

Result<int> open_listening(const Address &address, bool shared) {
  Result<int> fd = open_bound(address, shared);
  if (!fd.ok()) return fd;
  // What is accepted inherits it.
  if (address.family() != AF_UNIX) set_flag(*fd, IPPROTO_TCP, TCP_NODELAY);
  if (::listen(*fd, kBacklog) == 0) return fd;
  Status failed = why(address, "listen on");
  ::close(*fd);
  return failed;
}

// A socket file that nobody listens on any more was left by a crash.
Status clear_stale(const Address &address) {
  const char *path = reinterpret_cast<const sockaddr_un *>(&address.storage)->sun_path;
  struct stat info;
  if (::lstat(path, &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return Status::error("cannot bind " + address.text() + ": a file of that name is there");
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return why(address, "open a socket for");
  const int failure = ::connect(fd, address.get(), address.size) == 0 ? 0 : errno;
  ::close(fd);
  if (failure == EACCES || failure == EPERM)
    return Status::error("cannot bind " + address.text() + ": a socket of another user's is there");
  // A full backlog (EAGAIN) is alive, too.
  if (failure != ECONNREFUSED)
    return Status::error("cannot bind " + address.text() + ": another program listens there");
  ::unlink(path);
  return {};
}

}  // namespace

Address local_address(int fd) {
  Address a;
  a.size = sizeof a.storage;
  ::getsockname(fd, reinterpret_cast<sockaddr *>(&a.storage), &a.size);
  return a;
}

Result<std::vector<int>> listen_on(const Address &address, unsigned count) {
  if (address.family() == AF_UNIX) {
    if (Status s = clear_stale(address); !s.ok()) return s;
    Result<int> fd = open_listening(address, false);
    if (!fd.ok()) return fd.status();
    return std::vector<int>{*fd};
  }
  // Bound without SO_REUSEPORT first: with it, a second signalbox would quietly take half of the connections.
  Result<int> probe = open_bound(address, false);
  if (!probe.ok()) return probe.status();
  const Address real = local_address(*probe);
  ::close(*probe);
  std::vector<int> fds;
  for (unsigned i = 0; i < count; ++i) {
    Result<int> fd = open_listening(real, true);
    if (!fd.ok()) {
      for (int open : fds) ::close(open);
      return fd.status();
    }
    fds.push_back(*fd);
  }
  return fds;
}

Acceptor::Acceptor(Lane &lane, int fd, OnAccept on_accept)
    : lane_(lane), fd_(fd), on_accept_(std::move(on_accept)), watch_(lane.watch(fd, this)) {
  lane_.want_read(watch_);
}

Acceptor::~Acceptor() {
  if (rest_) lane_.cancel(rest_);
  lane_.unwatch(watch_);
  const Address own = local_address(fd_);
  ::close(fd_);
  if (own.family() == AF_UNIX) ::unlink(reinterpret_cast<const sockaddr_un *>(&own.storage)->sun_path);
}

void Acceptor::on_readable() {
  for (int i = 0; i < limits::kAcceptBatch; ++i) {
    Address peer;
    peer.size = sizeof peer.storage;
    const int fd =
        ::accept4(fd_, reinterpret_cast<sockaddr *>(&peer.storage), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      on_accept_(fd, peer_of(peer));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log_limited(complaints_, lane_.now_ns(), Level::error, "listener",
                  std::string("cannot accept a connection: ") + std::strerror(errno) +
                      "; the others wait until one ends: raise the limit of open files");
      rest_ = lane_.timer(kRestNs, 0, [this](TimerId) {
        rest_ = 0;
        lane_.want_read(watch_);
      });
      return;
    }
  }
  lane_.want_read(watch_);
}

}  // namespace signalbox::io
