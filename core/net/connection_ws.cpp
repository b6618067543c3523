#include <algorithm>

#include "core/base/limits.hpp"
#include "core/net/connection_http.hpp"
#include "core/net/http_server.hpp"
#include "core/net/ws_extensions.hpp"
#include "core/net/ws_handshake.hpp"

namespace signalbox::net {
namespace {

constexpr size_t kCloseReasonMax = 123;  // RFC 6455 section 5.5: 125 bytes with the code

bool offered(const HttpHead &head, std::string_view subprotocol) {
  for (const std::string &name : ws_subprotocols(head))
    if (name == subprotocol) return true;
  return false;
}

}  // namespace

sbx_status Connection::accept_ws(const sbx_ws_accept &options) {
  if (state_ != State::http || !mount_ || http_->responded) return SBX_ESTATE;
  const HttpHead &head = http_->parser.head();
  const Result<std::string> key = ws_accept_key(head);
  if (!key.ok()) return SBX_ESTATE;
  std::string text =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + *key +
      "\r\n";
  const std::string_view subprotocol{options.subprotocol.ptr, options.subprotocol.len};
  if (!subprotocol.empty()) {
    if (!offered(head, subprotocol)) return SBX_EINVAL;
    text.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  }
  std::optional<std::string> deflate;
  if (options.flags & SBX_WS_DEFLATE) deflate = ws_deflate_answer(head);
  if (deflate) text.append("Sec-WebSocket-Extensions: ").append(*deflate).append("\r\n");
  text += "\r\n";
  push(Frame::of_bytes(text, Frame::kControl));
  http_->responded = true;
  state_ = State::websocket;
  wire_ = deflate ? Wire::websocket_deflate : Wire::websocket;
  takes_frames_ = true;
  message_max_ = listener_.limits().message;
  if (options.message_max > 0) message_max_ = std::min(message_max_, options.message_max);
  listener_.count.websockets.add();
  set_deadline_in(0);
  // Pings that tell as soon save the kernel's call for each connection.
  const bool pinged = options.ping_ns > 0 && options.pong_ns <= mount_->unacked_ns - options.ping_ns;
  if (!pinged) limit_unacked();
  if (options.ping_ns > 0) {
    pulse_.begin(options.ping_ns, options.pong_ns, id_, server_->pulse_now());
    server_->watch_pulse(*this);
  }
  // What the client sent behind its request waits in http_, which the parser above us may still be using.
  read_paused_ = true;
  defer(&Connection::begin_websocket);
  return SBX_OK;
}

void Connection::begin_websocket() {
  if (!http_) return;
  leave_http();
  server_->lane().want_read(watch_);
}

void Connection::leave_http() {
  std::string kept = std::move(http_->kept);
  http_.reset();
  read_paused_ = false;
  feed({kept.data(), kept.size()});
}

void Connection::take_ws(std::span<char> bytes) {
  if (http_) leave_http();  // read in the very turn in which the plugin accepted
  feed(bytes);
}

void Connection::feed(std::span<char> bytes) {
  if (state_ != State::websocket || close_received_ || closing_) return;
  WsInflater *inflater = wire_ == Wire::websocket_deflate ? &server_->inflater() : nullptr;
  const uint16_t wrong = decoder_.feed(bytes, message_max_, *this, inflater);
  if (wrong == 0 || state_ != State::websocket) return;
  if (!close_sent_) say_close(wrong, {});
  close_code_ = wrong;
  finish_websocket(wrong == kWsTooBig ? SBX_ETOOBIG : SBX_EPROTO);
}

// Both sides have said what they had to say: the connection ends when ours is written.
void Connection::finish_websocket(sbx_status why) {
  finish_exchange(why, close_code_);
  closing_ = true;
  set_deadline_in(limits::kCloseHandshakeNs);
  server_->fanout().mark_dirty(*this);  // also when it is written already
}

sbx_status Connection::send(std::string_view data, bool binary) {
  if (state_ != State::websocket || !mount_ || close_sent_) return SBX_ESTATE;
  const sbx_str part{data.data(), data.size()};
  const uint8_t kind = binary ? 1 : 0;
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.parts = &part;
  frame.binary = &kind;
  frame.part_count = 1;
  switch (server_->fanout().post(*this, frame)) {
    case Fanout::Queued::ok:
      return SBX_OK;
    case Fanout::Queued::full:
      return SBX_FULL;
    default:
      return SBX_ESLOW;
  }
}

void Connection::say_close(uint16_t code, std::string_view reason) {
  std::string payload;
  if (code != kWsNoCode) {
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xff);
    payload.append(reason.substr(0, kCloseReasonMax));
  }
  push(encode_ws(kWsClose, payload, Frame::kControl));
  close_sent_ = true;
  takes_frames_ = false;
}

void Connection::close(uint32_t ws_code, std::string_view reason) {
  if (!mount_) return;
  if (state_ == State::websocket) {
    if (close_sent_) return;
    const auto code = static_cast<uint16_t>(ws_code);
    close_code_ = ws_close_code_valid(code) && ws_code <= 0xffff ? code : uint16_t{kWsNormal};
    say_close(close_code_, reason);
    return set_deadline_in(limits::kCloseHandshakeNs);
  }
  if (state_ != State::http) return;
  finish_exchange(SBX_OK, 0);
  closing_ = true;
  set_deadline_in(limits::kBodyNs);
  server_->fanout().mark_dirty(*this);
}

// The lane's wheel says that it is time.  A connection that is closing has a deadline instead.
void Connection::check_pulse() {
  if (state_ != State::websocket || close_sent_ || closing_) return;
  switch (pulse_.look(server_->pulse_now())) {
    case Pulse::Verdict::dead:
      return fail(SBX_ETIMEOUT, true);
    case Pulse::Verdict::ask:
      server_->fanout().push(*this, server_->ping());
      break;
    case Pulse::Verdict::alive:
      break;
  }
  server_->watch_pulse(*this);
}

void Connection::on_message(std::string_view message, bool binary) {
  if (mount_ && mount_->alive && !close_sent_ && mount_->on.on_message)
    mount_->on.on_message(mount_->user, id_, {message.data(), message.size()}, binary ? 1 : 0);
}

void Connection::on_ping(std::string_view payload) {
  if (!close_sent_) push(encode_ws(kWsPong, payload, Frame::kControl));
}

void Connection::on_pong(std::string_view) {}  // reading it was all that was wanted

void Connection::on_close(uint16_t code, std::string_view) {
  close_received_ = stopped = true;
  const bool asked = close_sent_;
  if (!asked) {
    close_code_ = code;
    say_close(code, {});
  }
  finish_websocket(asked ? SBX_OK : SBX_ECLOSED);
}

}  // namespace signalbox::net
