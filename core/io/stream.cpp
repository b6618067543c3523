#include "core/io/stream.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/limits.hpp"

namespace signalbox::io {
namespace {

constexpr int64_t kDialTimeoutNs = 10'000'000'000;

// Splits scheme://host:port or scheme:///path.
bool split_url(const std::string &url, std::string &scheme, std::string &host, std::string &port) {
  const size_t colon = url.find("://");
  if (colon == url.npos) return false;
  scheme = url.substr(0, colon);
  std::string rest = url.substr(colon + 3);
  if (scheme == "unix") {
    host = rest;
    return !rest.empty() && rest.front() == '/';
  }
  const size_t last = rest.rfind(':');
  if ((scheme != "tcp" && scheme != "tls") || last == rest.npos || last == 0 || last + 1 == rest.size()) return false;
  port = rest.substr(last + 1);
  host = rest.substr(0, last);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return true;
}

}  // namespace

Stream::Stream(Lane &lane, DialOptions options, StreamEvents &events)
    : lane_(lane), options_(std::move(options)), events_(events) {
  deadline_ = lane_.timer(options_.timeout_ns > 0 ? options_.timeout_ns : kDialTimeoutNs, 0, [this](TimerId) {
    deadline_ = 0;
    finish(StreamEnd::timed_out, state_ == State::resolving    ? "looking up " + host_ + " took too long"
                                 : state_ == State::connecting ? "no answer to the connection attempt"
                                                               : "the TLS handshake took too long");
  });
  lane_.defer([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) begin();
  });
}

Stream::~Stream() {
  if (deadline_) lane_.cancel(deadline_);
  if (watch_) lane_.unwatch(watch_);
}

void Stream::begin() {
  if (state_ != State::resolving) return;
  if (!split_url(options_.url, scheme_, host_, port_))
    return finish(StreamEnd::refused, "the address is not tcp://host:port, tls://host:port or unix:///path");
  if (scheme_ == "tls" && options_.tls) {
    tls_ = options_.tls;
  } else if (scheme_ == "tls") {
    TlsClientOptions tls;
    tls.ca_file = options_.ca;
    tls.certificate_file = options_.certificate;
    tls.key_file = options_.key;
    tls.insecure = options_.insecure;
    Result<TlsClientContext> context = TlsClientContext::load(tls);
    if (!context.ok()) return finish(StreamEnd::refused, context.message());
    tls_ = std::make_shared<TlsClientContext>(context.take());
  }
  if (scheme_ == "unix") {
    Result<Address> address = parse_bind("unix:" + host_);
    if (!address.ok()) return finish(StreamEnd::refused, address.message());
    return resolved({*address}, {});
  }
  resolution_.emplace(lane_, host_, port_, [this](std::vector<Address> found, const std::string &error) {
    resolved(std::move(found), error);
  });
}

void Stream::resolved(std::vector<Address> found, const std::string &error) {
  if (found.empty())
    return finish(StreamEnd::refused, "cannot look up " + host_ + ": " + (error.empty() ? "no address" : error));
  addresses_ = std::move(found);
  state_ = State::connecting;
  connect_next();
}

void Stream::connect_next() {
  if (watch_) lane_.unwatch(watch_);
  watch_ = 0;
  socket_.close();
  while (next_address_ < addresses_.size()) {
    const Address &address = addresses_[next_address_++];
    const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) socket_ = Socket(fd);
    if (fd >= 0 && (::connect(fd, address.get(), address.size) == 0 || errno == EINPROGRESS)) {
      if (address.family() != AF_UNIX) {
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
      }
      watch_ = lane_.watch(fd, this);
      return lane_.want_write(watch_);
    }
    last_error_ = "cannot connect to " + address.text() + ": " + std::strerror(errno);
    socket_.close();
  }
  finish(StreamEnd::refused, last_error_);
}

void Stream::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    last_error_ = "cannot connect to " + addresses_[next_address_ - 1].text() + ": " + std::strerror(error);
    return connect_next();
  }
  if (!tls_) return opened();
  Result<ssl_st *> session =
      tls_->new_session(socket_.fd(), options_.server_name.empty() ? host_ : options_.server_name);
  if (!session.ok()) return finish(StreamEnd::protocol, session.message());
  socket_.use_tls(*session);
  state_ = State::handshaking;
  go_on_with_handshake();
}

void Stream::go_on_with_handshake() {
  const IoResult result = socket_.handshake();
  switch (result.what) {
    case Io::ok:
      return opened();
    case Io::want_read:
      return lane_.want_read(watch_);
    case Io::want_write:
      return lane_.want_write(watch_);
    default:
      return finish(StreamEnd::protocol, "TLS handshake failed: " + socket_.error());
  }
}

void Stream::opened() {
  state_ = State::open;
  lane_.cancel(std::exchange(deadline_, 0));
  addresses_.clear();
  resolution_.reset();
  std::weak_ptr<bool> alive = alive_;
  events_.on_open();
  if (alive.expired() || state_ != State::open) return;
  if (!reading_) return;
  if (tls_) return read_some();  // the handshake may have read the peer's first bytes
  lane_.want_read(watch_);
}

void Stream::on_readable() {
  if (state_ == State::handshaking) return go_on_with_handshake();
  if (state_ != State::open) return;
  if (!socket_.flushed() && !flush()) return;  // a TLS write may have waited for reading
  if (reading_) read_some();
}

void Stream::on_writable() {
  if (state_ == State::connecting) return connected();
  if (state_ == State::handshaking) return go_on_with_handshake();
  if (state_ != State::open || !flush()) return;
  if (std::exchange(read_needs_writing_, false) && reading_) read_some();
}

void Stream::read_some() {
  // One buffer's worth, then the others' turn.  TLS gives one record at a time, and nothing of it stays inside that the
  // descriptor would not tell of.
  std::weak_ptr<bool> alive = alive_;
  size_t total = 0;
  do {
    const IoResult result = socket_.read(lane_.scratch());
    if (result.what == Io::want_read) break;
    if (result.what == Io::want_write) {
      read_needs_writing_ = true;
      return lane_.want_write(watch_);
    }
    if (result.what == Io::closed) return finish(StreamEnd::closed_by_peer, "the peer closed the connection");
    if (result.what == Io::failed) return finish(StreamEnd::broken, socket_.error());
    events_.on_data({lane_.scratch().data(), result.bytes});
    if (alive.expired() || state_ != State::open) return;
    total += result.bytes;
  } while (tls_ && reading_ && total < limits::kReadBuffer);
  if (reading_) lane_.want_read(watch_);
}

Stream::Sent Stream::send(std::string_view bytes) {
  if (state_ != State::open) return Sent::not_open;
  if (out_.size() - out_sent_ + bytes.size() > limits::kStreamSendMax) {
    lane_.defer([this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) finish(StreamEnd::overflow, "too much is waiting to be sent");
    });
    return Sent::not_open;
  }
  const bool was_empty = out_.empty();
  if (out_sent_ > limits::kStreamSendSoft) out_.erase(0, std::exchange(out_sent_, 0));  // a queue that is never empty
  out_.append(bytes);
  if (was_empty)
    lane_.defer([this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired() && state_ == State::open) flush();
    });
  if (out_.size() - out_sent_ <= limits::kStreamSendSoft) return Sent::ok;
  told_full_ = true;
  return Sent::full;
}

bool Stream::flush() {
  while (out_sent_ < out_.size() || !socket_.flushed()) {
    iovec piece{out_.data() + out_sent_, out_.size() - out_sent_};
    const IoResult result = socket_.write({&piece, 1});
    if (result.what == Io::want_write) return lane_.want_write(watch_), true;
    if (result.what == Io::want_read) return lane_.want_read(watch_), true;
    if (result.what != Io::ok) return finish(StreamEnd::broken, socket_.error()), false;
    out_sent_ += result.bytes;
  }
  out_.clear();
  if (out_.capacity() > limits::kStreamSendSoft) out_.shrink_to_fit();
  out_sent_ = 0;
  const std::weak_ptr<bool> alive = alive_;
  if (std::exchange(told_full_, false)) events_.on_drain();
  return !alive.expired() && state_ == State::open;
}

void Stream::set_reading(bool on) {
  if (reading_ == on) return;
  reading_ = on;
  if (!on || state_ != State::open) return;
  if (!tls_) return lane_.want_read(watch_);
  lane_.defer([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired() && state_ == State::open && reading_) read_some();
  });
}

void Stream::close() {
  lane_.defer([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired() || state_ == State::closed) return;
    if (state_ == State::open) {
      if (!flush()) return;
      socket_.shut_down_writing();
    }
    finish(StreamEnd::closed_by_us, "closed");
  });
}

void Stream::finish(StreamEnd why, const std::string &text) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  resolution_.reset();
  if (deadline_) lane_.cancel(std::exchange(deadline_, 0));
  if (watch_) lane_.unwatch(std::exchange(watch_, 0));
  socket_.close();
  events_.on_close(why, text);
}

}  // namespace signalbox::io
