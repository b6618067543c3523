#include "core/net/connection.hpp"

#include <array>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/base/log.hpp"
#include "core/net/connection_http.hpp"
#include "core/net/http_server.hpp"

namespace signalbox::net {

Connection::Connection(Listener &listener, io::Socket socket, const io::PeerAddress &peer)
    : listener_(listener), socket_(std::move(socket)), peer_(peer) {
  state_ = listener.tls() ? State::tls_handshake : State::http;
}

Connection::~Connection() {
  if (watch_) server_->lane().unwatch(watch_);
  listener_.leave(peer_);
}

void Connection::settle(HttpServer &server) {
  server_ = &server;
  server.fanout().add(*this);
  if (http_) {  // handed over with a request whose head was read
    watch_ = server.lane().watch(socket_.fd(), this);
    if (http_->parser.head().has_body) set_deadline_in(limits::kBodyNs);
    dispatch();
    return defer(&Connection::take_kept);
  }
  if (state_ == State::tls_handshake) {
    Result<ssl_st *> session = listener_.tls_session(socket_.fd());
    if (!session.ok()) {
      log(Level::error, "listener/" + listener_.name(), session.message());
      return fail(SBX_EINTERNAL);
    }
    socket_.use_tls(*session);
  }
  http_ = std::make_unique<Http>(listener_.limits());
  watch_ = server.lane().watch(socket_.fd(), this);
  set_deadline_in(listener_.limits().handshake_ns);
  server.lane().want_read(watch_);
}

void Connection::set_deadline_in(int64_t ns) { server_->set_deadline(*this, ns ? server_->lane().now_ns() + ns : 0); }

void Connection::rest_deadline() { server_->rest_deadline(*this); }

void Connection::deadline_passed() {
  const bool request = state_ == State::http && !closing_ && http_->waits_for_client();
  if (request || state_ == State::tls_handshake) listener_.count.timeouts.add();
  // A client that has begun a request is told; one that has not said anything is just gone.
  if (request && !http_->responded) {
    if (mount_) finish_exchange(SBX_ETIMEOUT, 0);
    answer(408, "the request took too long to arrive");
    return set_deadline_in(limits::kCloseHandshakeNs);
  }
  fail(close_sent_ ? SBX_OK : SBX_ETIMEOUT);
}

void Connection::defer(void (Connection::*step)()) {
  server_->lane().defer([fanout = &server_->fanout(), id = id_, step] {
    // Only connections are deferred here, so an id that is found is one.
    if (Member *found = fanout->find(id)) (static_cast<Connection *>(found)->*step)();
  });
}

// ---- in

void Connection::on_readable() {
  if (!socket_.flushed() && !write_blocked_) server_->fanout().mark_dirty(*this);  // a TLS write may wait for reading
  pulse_.heard(server_->pulse_now());
  switch (state_) {
    case State::tls_handshake:
      return go_on_with_handshake();
    case State::http:
    case State::websocket:
      return read_some();
    case State::lingering:
      return discard_some();
    case State::closed:
      return;
  }
}

void Connection::go_on_with_handshake() {
  switch (socket_.handshake().what) {
    case io::Io::ok:
      state_ = State::http;
      return read_some();
    case io::Io::want_read:
      return server_->lane().want_read(watch_);
    case io::Io::want_write:
      return server_->lane().want_write(watch_);
    default:
      listener_.count.bad_requests.add();
      return fail(SBX_EPROTO);
  }
}

void Connection::read_some() {
  // One buffer's worth, then the others' turn.  TLS gives one record at a time, and nothing of it stays inside that the
  // descriptor would not tell of.
  size_t total = 0;
  do {
    const std::span<char> buffer = server_->lane().scratch();
    const io::IoResult result = socket_.read(buffer);
    switch (result.what) {
      case io::Io::ok:
        break;
      case io::Io::want_read:
        return server_->lane().want_read(watch_);
      case io::Io::want_write:
        read_needs_writing_ = true;
        return server_->lane().want_write(watch_);
      case io::Io::closed:
        return input_ended();
      default:
        return lost();
    }
    total += result.bytes;
    if (state_ == State::http) {
      if (!take_http({buffer.data(), result.bytes})) return;
    } else {
      take_ws(buffer.first(result.bytes));
      if (state_ == State::closed) return;
    }
  } while (socket_.tls() && !read_paused_ && total < limits::kReadBuffer);
  if (!read_paused_) server_->lane().want_read(watch_);
}

// The peer sends no more.  That it is gone is all but certain, unless an answer is on its way to it: a client may end
// its side behind its last request.
void Connection::input_ended() {
  if (mount_ || (out_.empty() && socket_.flushed())) return lost();
  closing_ = read_paused_ = true;
}

void Connection::discard_some() {
  const io::IoResult result = socket_.read(server_->lane().scratch());
  if (result.what == io::Io::ok || result.what == io::Io::want_read) return server_->lane().want_read(watch_);
  fail(SBX_OK);
}

// ---- out

void Connection::push(FramePtr frame) { server_->fanout().push(*this, frame.get()); }

void Connection::on_writable() {
  // The kernel has room again because the peer took something.  One that reads slowly has our ping far behind that.
  if (std::exchange(write_blocked_, false)) pulse_.heard(server_->pulse_now());
  if (state_ == State::tls_handshake) return go_on_with_handshake();
  server_->fanout().mark_dirty(*this);
  if (std::exchange(read_needs_writing_, false)) on_readable();
}

void Connection::flush(FlushBatch &batch) {
  if (state_ == State::closed || write_blocked_) return;
  while (!out_.empty() || !socket_.flushed()) {
    std::array<iovec, limits::kFlushPiecesMax> pieces;
    const size_t count = batch.gather(out_.frames(), out_.offset(), pieces);
    size_t offered = 0;
    for (size_t i = 0; i < count; ++i) offered += pieces[i].iov_len;
    const io::IoResult result = socket_.write({pieces.data(), count});
    if (result.what == io::Io::ok) out_.consume(result.bytes);
    if (result.what == io::Io::want_write || (result.what == io::Io::ok && result.bytes < offered)) {
      write_blocked_ = true;
      return server_->lane().want_write(watch_);
    }
    if (result.what == io::Io::want_read) return;  // TLS waits for the peer: on_readable() goes on
    if (result.what != io::Io::ok) return defer(&Connection::lost);
  }
  drained();
}

void Connection::lost() { fail(close_sent_ ? SBX_OK : socket_.timed_out() ? SBX_ETIMEOUT : SBX_ECLOSED); }

// The exchange becomes one that lasts: what is written to it may wait long for a client that is gone.
void Connection::limit_unacked() {
  if (mount_->unacked_ns > 0 && !peer_.unix_socket()) socket_.set_unacked_max(mount_->unacked_ns);
}

void Connection::drained() {
  if (std::exchange(drain_owed_, false)) defer(&Connection::tell_drained);
  if (state_ == State::lingering) return;
  if (closing_)
    defer(&Connection::linger);
  else if (state_ == State::http && http_->response_complete)
    defer(&Connection::next_request);
  else if (state_ == State::http && http_->request_complete && http_->responded)
    http_->parser.rest();  // a stream: it may last for hours
}

void Connection::tell_drained() {
  if (mount_ && mount_->alive && mount_->on.on_drain) mount_->on.on_drain(mount_->user, id_);
}

// Everything is written.  Closing at once would let the kernel answer bytes that are still under way with a reset,
// which can overtake what we sent: the peer gets the time to read it and to close first.
void Connection::linger() {
  if (state_ == State::closed || state_ == State::lingering || !out_.empty()) return;
  state_ = State::lingering;
  http_.reset();
  socket_.shut_down_writing();
  set_deadline_in(limits::kCloseHandshakeNs);
  read_paused_ = false;
  server_->lane().want_read(watch_);
}

// ---- end

void Connection::overflowed() { fail(SBX_ESLOW, true); }

void Connection::drain() {
  draining_ = true;
  if (state_ == State::tls_handshake ||
      (state_ == State::http && !mount_ && !closing_ && out_.empty() && socket_.flushed()))
    fail(SBX_OK);
}

void Connection::abort(sbx_status why) { fail(why); }

void Connection::finish_exchange(sbx_status why, uint32_t ws_code) {
  leave_all();
  takes_frames_ = drain_owed_ = false;
  space_ = nullptr;
  Mount *mount = std::exchange(mount_, nullptr);
  Fanout &fanout = server_->fanout();
  const uint64_t ended = id_;
  fanout.rename(*this);  // what the plugin still holds is stale from now on
  if (!mount) return;
  if (mount->unacked_ns > 0 && state_ == State::http && !peer_.unix_socket()) socket_.set_unacked_max(0);
  server_->lane().defer([mount, ended, why, ws_code] {
    if (mount->alive && mount->on.on_close) mount->on.on_close(mount->user, ended, why, ws_code);
  });
}

void Connection::fail(sbx_status why, bool reset) {
  if (state_ == State::closed) return;
  const bool websocket = state_ == State::websocket;
  state_ = State::closed;
  finish_exchange(why, websocket ? (close_code_ ? close_code_ : uint32_t{kWsAbnormal}) : 0);
  if (watch_) server_->lane().unwatch_closing(std::exchange(watch_, 0));
  socket_.close(reset);
  server_->fanout().remove(*this);
  out_.clear();
  server_->retire(*this);
}

}  // namespace signalbox::net
