#include "core/io/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace signalbox::io {
namespace {

constexpr size_t kTlsRecordMax = 16 * 1024;

}  // namespace

Socket::Socket(int fd) : fd_(fd) {}

Socket::~Socket() { close(); }

Socket::Socket(Socket &&o) noexcept
    : fd_(std::exchange(o.fd_, -1)),
      errno_(o.errno_),
      tls_error_(o.tls_error_),
      tls_(std::exchange(o.tls_, nullptr)),
      pending_(std::move(o.pending_)) {}

Socket &Socket::operator=(Socket &&o) noexcept {
  std::swap(fd_, o.fd_);
  std::swap(errno_, o.errno_);
  std::swap(tls_error_, o.tls_error_);
  std::swap(tls_, o.tls_);
  std::swap(pending_, o.pending_);
  return *this;
}

IoResult Socket::tls_result(int returned) {
  const int error = errno;
  switch (SSL_get_error(tls_, returned)) {
    case SSL_ERROR_WANT_READ:
      return {Io::want_read};
    case SSL_ERROR_WANT_WRITE:
      return {Io::want_write};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::closed};
    case SSL_ERROR_SYSCALL:
      errno_ = error;
      return {error == 0 ? Io::closed : Io::failed};
    default:
      tls_error_ = ERR_peek_last_error();
      return {Io::failed};
  }
}

IoResult Socket::handshake() {
  if (!tls_) return {Io::ok};
  ERR_clear_error();
  const int done = SSL_do_handshake(tls_);
  return done == 1 ? IoResult{Io::ok} : tls_result(done);
}

IoResult Socket::read(std::span<char> into) {
  if (tls_) {
    ERR_clear_error();
    size_t got = 0;
    const int done = SSL_read_ex(tls_, into.data(), into.size(), &got);
    return done == 1 ? IoResult{Io::ok, got} : tls_result(done);
  }
  for (;;) {
    const ssize_t got = ::recv(fd_, into.data(), into.size(), 0);
    if (got > 0) return {Io::ok, static_cast<size_t>(got)};
    if (got == 0) return {Io::closed};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {Io::want_read};
    errno_ = errno;
    return {Io::failed};
  }
}

IoResult Socket::write(std::span<const iovec> pieces) {
  if (tls_) return write_tls(pieces);
  msghdr message{};
  message.msg_iov = const_cast<iovec *>(pieces.data());
  message.msg_iovlen = pieces.size();
  for (;;) {
    const ssize_t sent = pieces.size() == 1 ? ::send(fd_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
                                            : ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {Io::ok, static_cast<size_t>(sent)};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {Io::want_write};
    errno_ = errno;
    return {Io::failed};
  }
}

IoResult Socket::write_record(std::string_view record, size_t &sent) {
  ERR_clear_error();
  const int done = SSL_write_ex(tls_, record.data(), record.size(), &sent);
  return done == 1 ? IoResult{Io::ok, sent} : tls_result(done);
}

// A TLS record for each full 16 KiB: small pieces are gathered first, for a record of its own costs each of them 29
// bytes and one cipher call.
IoResult Socket::write_tls(std::span<const iovec> pieces) {
  size_t sent = 0;
  if (pending_) {
    const IoResult again = write_record(*pending_, sent);
    if (again.what != Io::ok) return again;
    pending_->erase(0, sent);
    if (!pending_->empty()) return {Io::want_write};
    pending_.reset();
  }
  std::array<char, kTlsRecordMax> record;
  size_t taken = 0, piece = 0, offset = 0;
  while (piece < pieces.size()) {
    size_t filled = 0;
    while (piece < pieces.size() && filled < record.size()) {
      const size_t n = std::min(pieces[piece].iov_len - offset, record.size() - filled);
      std::memcpy(record.data() + filled, static_cast<const char *>(pieces[piece].iov_base) + offset, n);
      filled += n;
      offset += n;
      if (offset == pieces[piece].iov_len) ++piece, offset = 0;
    }
    if (filled == 0) break;
    const IoResult result = write_record({record.data(), filled}, sent);
    if (result.what == Io::failed || result.what == Io::closed) return result;
    taken += filled;
    if (result.what == Io::ok && sent == filled) continue;
    pending_ =
        std::make_unique<std::string>(record.data() + (result.what == Io::ok ? sent : 0), record.data() + filled);
    break;
  }
  return {Io::ok, taken};
}

void Socket::shut_down_writing() {
  if (tls_ && SSL_is_init_finished(tls_)) {
    ERR_clear_error();
    SSL_shutdown(tls_);
  }
  ::shutdown(fd_, SHUT_WR);
}

void Socket::close(bool reset) {
  if (tls_) SSL_free(std::exchange(tls_, nullptr));
  pending_.reset();
  if (fd_ < 0) return;
  if (reset) {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(std::exchange(fd_, -1));
}

bool Socket::timed_out() const { return errno_ == ETIMEDOUT; }

void Socket::set_unacked_max(int64_t ns) {
  const auto ms = static_cast<unsigned>(std::clamp<int64_t>(ns / 1'000'000, ns > 0 ? 1 : 0, INT_MAX));
  ::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

std::string Socket::error() const {
  if (tls_error_ != 0) {
    const char *reason = ERR_reason_error_string(tls_error_);
    std::string text = std::string("TLS: ") + (reason ? reason : "unknown failure");
    if (tls_) {
      const long verdict = SSL_get_verify_result(tls_);
      if (verdict != X509_V_OK) text += std::string(" (") + X509_verify_cert_error_string(verdict) + ")";
    }
    return text;
  }
  return errno_ ? std::strerror(errno_) : "closed by the peer";
}

}  // namespace signalbox::io
