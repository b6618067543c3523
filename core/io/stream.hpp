// An outbound byte stream: tcp://host:port, tls://host:port or unix:///path.  Looks up, connects (each address in
// turn), shakes hands and verifies, then carries bytes.  [lane] everything.  The events are called from the lane's
// handlers, never from inside a call of this class; on_close is the last one, after which the owner deletes the stream.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/lane.hpp"
#include "core/io/resolver.hpp"
#include "core/io/socket.hpp"
#include "core/io/tls.hpp"

namespace signalbox::io {

struct DialOptions {
  std::string url;
  int64_t timeout_ns = 0;  // 0 = 10 s; everything before on_open
  std::string ca, certificate, key, server_name;
  bool insecure = false;
  // tls://: used instead of ca, certificate, key and insecure, by an owner who dials often.  Loading is slow.
  std::shared_ptr<TlsClientContext> tls;
};

// closed_by_peer: in good order, which over TLS means with its farewell; broken: it just went away.
enum class StreamEnd { closed_by_us, closed_by_peer, broken, refused, timed_out, protocol, overflow };

class StreamEvents {
 public:
  virtual void on_open() = 0;
  virtual void on_data(std::string_view bytes) = 0;
  virtual void on_drain() = 0;
  virtual void on_close(StreamEnd why, const std::string &text) = 0;

 protected:
  ~StreamEvents() = default;
};

class Stream final : private FdEvents {
 public:
  Stream(Lane &lane, DialOptions options, StreamEvents &events);
  ~Stream();
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;

  enum class Sent { ok, full, not_open };
  Sent send(std::string_view bytes);  // full: taken, on_drain follows
  void set_reading(bool on);
  void close();  // on_close(closed_by_us) follows in a later turn

 private:
  enum class State { resolving, connecting, handshaking, open, closed };

  void begin();
  void resolved(std::vector<Address> found, const std::string &error);
  void connect_next();
  void connected();
  void go_on_with_handshake();
  void opened();
  void read_some();
  bool flush();  // false: the stream is closed, or gone
  void finish(StreamEnd why, const std::string &text);
  void on_readable() override;
  void on_writable() override;

  Lane &lane_;
  DialOptions options_;
  StreamEvents &events_;
  State state_ = State::resolving;
  std::string scheme_, host_, port_;
  std::optional<Resolution> resolution_;
  std::vector<Address> addresses_;
  size_t next_address_ = 0;
  std::string last_error_;
  std::shared_ptr<TlsClientContext> tls_;
  Socket socket_;
  WatchId watch_ = 0;
  TimerId deadline_ = 0;
  std::string out_;
  size_t out_sent_ = 0;
  bool reading_ = true, told_full_ = false;
  bool read_needs_writing_ = false;                             // TLS: reading goes on when the socket is writable
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what is deferred past our end
};

}  // namespace signalbox::io
