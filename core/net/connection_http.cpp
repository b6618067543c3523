#include "core/net/connection_http.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/http_response.hpp"
#include "core/net/http_server.hpp"
#include "core/net/ws_handshake.hpp"

namespace signalbox::net {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace

// Parses what there is, keeps the rest.  A plugin is called from in here; what it asks for changes flags and queues
// frames, never this object's place.  False: the connection is closed or belongs to another lane; do not touch it
// again.
bool Connection::take_http(std::string_view bytes) {
  Http &http = *http_;
  if (http.kept.empty()) {
    const size_t used = parse(bytes);
    http.kept.assign(bytes.substr(used));
  } else {
    http.kept.append(bytes);
    const std::string all = std::move(http.kept);
    const size_t used = parse(all);
    http.kept.assign(all, used);
  }
  if (http.move_to >= 0) {
    hand_over(static_cast<unsigned>(http.move_to));
    return false;
  }
  if (state_ != State::http) return state_ != State::closed;
  // A head that has begun must arrive in time, however slowly its bytes drip.
  if (!http.kept.empty() && !http.head_done &&
      deadline_ns_ > server_->lane().now_ns() + listener_.limits().handshake_ns)
    set_deadline_in(listener_.limits().handshake_ns);
  read_paused_ = http.kept.size() > limits::kPipelinedMax + listener_.limits().headers || closing_;
  return true;
}

size_t Connection::parse(std::string_view bytes) {
  Http &http = *http_;
  size_t used = 0;
  while (state_ == State::http && !closing_ && !http.request_complete && http.move_to < 0) {
    const HttpParser::Step step = http.parser.next(bytes.substr(used));
    used += step.consumed;
    switch (step.kind) {
      case HttpParser::Kind::need_more:
        return used;
      case HttpParser::Kind::head:
        begin_request();
        break;
      case HttpParser::Kind::body:
        body_part(step.body, false);
        break;
      case HttpParser::Kind::complete:
        http.request_complete = true;
        if (http.parser.head().has_body) body_part({}, true);
        if (mount_) rest_deadline();
        break;
      case HttpParser::Kind::error:
        listener_.count.bad_requests.add();
        if (http.responded) return fail(SBX_EPROTO), used;
        if (mount_) finish_exchange(step.status == 413 ? SBX_ETOOBIG : SBX_EPROTO, 0);
        answer(step.status, step.reason);
        break;
    }
  }
  return used;
}

void Connection::begin_request() {
  Http &http = *http_;
  const HttpHead &head = http.parser.head();
  http.head_done = true;
  http.continue_owed = head.expect_continue && head.has_body;
  listener_.count.requests.add();
  if (head.has_body) set_deadline_in(limits::kBodyNs);
  const std::string_view tcp_peer = peer_text();
  http.tls = forwarded_tls(tcp_peer, head, listener_.proxies()).value_or(socket_.tls());

  const std::string_view host = forwarded_host(tcp_peer, head, listener_.proxies());
  const OriginPolicy::Verdict verdict = listener_.origins().judge(head, http.tls, host);
  if (verdict == OriginPolicy::refused) {
    listener_.count.refused_origin.add();
    return answer(403, "origin " + excerpt(head.header("origin")) + " is not in the origins of this listener");
  }
  http.cors = verdict != OriginPolicy::no_origin;
  if (http.cors && is_preflight(head)) {
    http.cors = false;  // the preflight's own headers hold them already
    return answer(204, {}, preflight_headers(head));
  }
  dispatch();
}

std::string_view Connection::peer_text() {
  if (http_->peer.empty()) http_->peer = peer_.text();
  return http_->peer;
}

// Finds who serves the path; on this lane or on another.
void Connection::dispatch() {
  Http &http = *http_;
  const HttpHead &head = http.parser.head();
  const MountPoint *point = server_->shared().mounts.find(listener_, head.path);
  if (!point) return answer_file();
  const unsigned here = server_->lane().index();
  mount_ = point->by_lane[here];
  if (mount_) return announce();
  for (unsigned lane = 0; lane < point->by_lane.size(); ++lane)
    if (point->by_lane[lane]) http.move_to = static_cast<int>(lane);
}

void Connection::announce() {
  Http &http = *http_;
  const HttpHead &head = http.parser.head();
  const std::span<sbx_attr> attrs = server_->attrs(head.headers.size());
  for (size_t i = 0; i < attrs.size(); ++i) attrs[i] = {raw(head.headers[i].name), raw(head.headers[i].value)};
  sbx_request request{};
  request.size = sizeof request;
  request.method = raw(head.method);
  request.path = raw(head.path);
  request.query = raw(head.query);
  const std::string peer = client_address(peer_text(), head, listener_.proxies());
  request.peer = raw(peer);
  request.host = raw(head.header("host"));
  request.origin = raw(head.header("origin"));
  request.headers = attrs.data();
  request.header_count = attrs.size();
  if (http.tls) request.flags |= SBX_REQ_TLS;
  if (head.has_body) request.flags |= SBX_REQ_BODY;
  if (ws_upgrade_asked(head)) {
    if (const Result<std::string> key = ws_accept_key(head); key.ok()) {
      request.flags |= SBX_REQ_WS;
    } else if (ws_tried(head)) {  // the plugin never hears of it
      mount_ = nullptr;
      listener_.count.bad_requests.add();
      if (!ws_version_wrong(head)) return answer(400, key.message());
      return answer(426, key.message(), {{"upgrade", "websocket"}, {"sec-websocket-version", std::string(kWsVersion)}});
    }
  }
  if (cross_site_without_origin(head, listener_.origins(), http.tls)) request.flags |= SBX_REQ_NO_CORS;

  const unsigned here = server_->lane().index();
  if (mount_->on.lane_of && !http.moved) {
    const int32_t lane = mount_->on.lane_of(mount_->user, &request);
    const size_t lanes = server_->shared().servers.size();
    if (lane >= 0 && static_cast<size_t>(lane) < lanes && static_cast<unsigned>(lane) != here) {
      mount_ = nullptr;
      http.move_to = lane;
      return;
    }
  }
  if (!mount_->alive || draining_) {
    mount_ = nullptr;
    return answer(503, "the server is shutting down", {{"retry-after", "1"}});
  }
  const uint64_t body_max = listener_.limits().body;
  const uint64_t fitting = mount_->body_max > 0 ? std::min(mount_->body_max, body_max) : body_max;
  http.parser.set_body_max(fitting);
  space_ = mount_->space;
  out_limits_ = mount_->outbox;
  if (!head.has_body) set_deadline_in(0);
  mount_->on.on_request(mount_->user, id_, &request);
  // Whoever announces too much is not asked to send it.
  const bool fits = head.content_length.value_or(0) <= fitting;
  if (http.continue_owed && fits && !http.responded && !closing_ && state_ == State::http)
    push(Frame::of_bytes(kContinue, Frame::kControl));
}

void Connection::body_part(std::string_view bytes, bool last) {
  if (mount_ && mount_->alive && mount_->on.on_body && !http_->response_complete)
    mount_->on.on_body(mount_->user, id_, raw(bytes), last ? 1 : 0);
}

// The rest of this request belongs to another lane: the whole connection goes there, with what was read of it.
void Connection::hand_over(unsigned lane) {
  SBX_ASSERT(out_.empty() && socket_.flushed());  // frames belong to their lane: see next_request()
  HttpServer &from = *server_;
  HttpServer &to = *from.shared().servers[lane];
  http_->move_to = -1;
  http_->moved = true;
  from.lane().unwatch(std::exchange(watch_, 0));
  from.fanout().remove(*this);
  auto moving = std::make_shared<std::unique_ptr<Connection>>(from.release(*this));
  to.lane().post([&to, moving] { to.adopt(std::move(*moving)); });
}

// The answer is written as a whole: a client that sends requests and takes no answers heaps up nothing here, and the
// next request may go to another lane.
void Connection::next_request() {
  if (state_ != State::http || closing_ || !http_->response_complete || !http_->request_complete) return;
  if (!out_.empty() || !socket_.flushed()) return;  // another answer meanwhile: drained() comes again
  if (draining_) return linger();
  Http &http = *http_;
  http.parser.reset({listener_.limits().headers, listener_.limits().body});
  http.head_done = http.request_complete = http.responded = http.response_complete = false;
  http.cors = http.continue_owed = http.moved = http.bodyless = false;
  set_deadline_in(limits::kKeepAliveNs);
  take_kept();
}

void Connection::take_kept() {
  if (state_ != State::http || !http_) return;
  read_paused_ = false;
  // Also with nothing kept: a request that was handed over may be complete with its head.
  const std::string kept = std::move(http_->kept);
  http_->kept.clear();
  if (!take_http(kept)) return;
  if (!read_paused_ && state_ == State::http) server_->lane().want_read(watch_);
}

}  // namespace signalbox::net
