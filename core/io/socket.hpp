// A connected, non-blocking stream socket, plain or TLS, as a connection reads and writes it.  Owns the descriptor and
// the SSL object; knows nothing of lanes, so it can be handed from one to another.
#pragma once
#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;

namespace signalbox::io {

enum class Io {
  ok,          // `bytes` were moved
  want_read,   // call again when readable
  want_write,  // call again when writable
  closed,      // the peer ended the stream
  failed       // broken; see error()
};
struct IoResult {
  Io what;
  size_t bytes = 0;
};

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd);  // takes it
  ~Socket();
  Socket(Socket &&o) noexcept;
  Socket &operator=(Socket &&o) noexcept;

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  bool tls() const { return tls_ != nullptr; }

  // From here on TLS: takes the session, which was made for this descriptor.
  void use_tls(ssl_st *session) { tls_ = session; }
  // TLS: goes on with the handshake (as the side the SSL object was made for); plain: ok at once.
  IoResult handshake();
  IoResult read(std::span<char> into);
  // Plain: one writev.  TLS: as much as the socket takes; `bytes` counts what was taken, and the last record of it may
  // still wait inside (flushed() is false): write again, with nothing new if there is none, when writable.
  IoResult write(std::span<const iovec> pieces);
  bool flushed() const { return !pending_; }
  // No more will be written: TLS close_notify and FIN.
  void shut_down_writing();
  // Closes at once; `reset` also throws away what the kernel still holds (a peer that does not read).
  void close(bool reset = false);

  // Why the last call failed, in plain words.
  std::string error() const;
  bool timed_out() const;  // ... was it that the peer gave no sign any more?
  // TCP: how long the peer may acknowledge nothing of what was written before the connection is broken; 0 = the
  // system's patience.  A peer that does not read acknowledges nothing, either.
  void set_unacked_max(int64_t ns);

 private:
  IoResult tls_result(int returned);
  IoResult write_tls(std::span<const iovec> pieces);
  IoResult write_record(std::string_view record, size_t &sent);

  int fd_ = -1;
  int errno_ = 0;
  unsigned long tls_error_ = 0;
  ssl_st *tls_ = nullptr;
  // A record that OpenSSL has begun to send and must be given again: ours, whatever becomes of the pieces.
  std::unique_ptr<std::string> pending_;
};

}  // namespace signalbox::io
