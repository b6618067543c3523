// FakeHttp: sbx.http/1 without sockets.  The test is the browser: it sends requests, bodies and WebSocket messages,
// reads what came back, and goes away.  Every one of these ends with a turn of the host, and the answer to a finished
// exchange (on_close) comes in a later turn, as from the real one.
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_host.hpp"

namespace sbx::testing {

// What a browser sends.  Header names in lower case.
struct Request {
  std::string method = "GET", path = "/", query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<std::string> body = {};
  bool ws = false, no_cors = false;
  std::string peer = "192.0.2.1", host = "localhost", origin = {};
};

class FakeHttp {
 public:
  struct Message {
    std::string data;
    bool binary = false;
    bool operator==(const Message &) const = default;
  };
  struct Exchange {
    uint32_t status = 0;  // 0 = not answered yet
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::vector<Message> received;  // WebSocket messages, or pieces of a streaming response that fan-out wrote
    std::string subprotocol;
    uint64_t message_max = 0;
    int64_t ping_ns = 0, pong_ns = 0;
    uint32_t ws_flags = 0;  // SBX_WS_*
    enum State { kRequested, kStreaming, kWebSocket, kFinishing, kClosed } state = kRequested;
    uint32_t close_code = 0;  // with which the plugin closed a WebSocket
    std::string close_reason;
    int32_t lane = -1;  // what lane_of said
    bool full = false;  // write() and send() answer FULL until drain()

    std::string header(std::string_view name) const {
      for (const auto &[key, value] : headers)
        if (key == name) return value;
      return {};
    }
    bool answered() const { return state == kFinishing || state == kClosed; }
    bool open() const { return state < kFinishing; }
  };
  struct Mount {
    std::string listener, path;
    uint64_t body_max = 0;
    int64_t unacked_ns = 0;
    sbx_http_events on{};
    void *user = nullptr;
  };

  std::vector<Mount> mounts;
  sbx_status mount_answer = SBX_OK;     // e.g. SBX_ENOENT
  std::function<void(sbx_id)> on_gone;  // for other parts: an exchange has ended

  explicit FakeHttp(FakeHost &host) : host_(host) { host.provide(SBX_HTTP, table()); }

  // REQUIRES: the id of a request that was sent
  Exchange &operator[](sbx_id id) {
    if (id == 0 || id > exchanges_.size()) fault("no such request was sent");
    return exchanges_[id - 1];
  }
  Exchange *find(sbx_id id) { return id > 0 && id <= exchanges_.size() ? &exchanges_[id - 1] : nullptr; }
  size_t requests() const { return exchanges_.size(); }

  // Sends a request with its whole body.  One that lane_of gives to another lane is not announced: see Exchange::lane.
  sbx_id request(const Request &r) {
    const sbx_id id = begin(r);
    if (r.body && (*this)[id].open() && (*this)[id].lane < 0) body(id, *r.body, true);
    return id;
  }
  // Sends the head only; `r.body` says whether body() follows.
  sbx_id begin(const Request &r) {
    const sbx_id id = exchanges_.size() + 1;
    exchanges_.emplace_back();
    mount_of_.push_back(mount_for(r.path));
    Exchange &x = (*this)[id];
    const Mount *m = mount_of(id);
    if (!m || (r.body && m->body_max && r.body->size() > m->body_max)) {
      x.status = m ? 413 : 404;
      x.state = Exchange::kClosed;
      return id;
    }
    announce(id, *m, r);
    host_.turn();
    return id;
  }
  void body(sbx_id id, std::string_view chunk, bool last) {
    const Mount *m = mount_of(id);
    if (!(*this)[id].open() || !m->on.on_body) return;
    Lent lent(chunk);
    host_.call([&] { m->on.on_body(m->user, id, lent.str(), last ? 1 : 0); });
    host_.turn();
  }
  // A WebSocket message from the browser; lost when the WebSocket is closed.
  void message(sbx_id id, std::string_view data, bool binary = false) {
    const Mount *m = mount_of(id);
    if ((*this)[id].state != Exchange::kWebSocket || !m->on.on_message) return;
    Lent lent(data);
    host_.call([&] { m->on.on_message(m->user, id, lent.str(), binary ? 1 : 0); });
    host_.turn();
  }
  // The browser goes away, or the host gives up on it.
  void drop(sbx_id id, sbx_status why = SBX_ECLOSED, uint32_t ws_code = 1006) {
    if ((*this)[id].open()) finish(id, why, ws_code);
    host_.turn();
  }
  void drain(sbx_id id) {
    const Mount *m = mount_of(id);
    Exchange &x = (*this)[id];
    if (!std::exchange(x.full, false)) return;
    if (x.open() && m->on.on_drain) host_.call([&] { m->on.on_drain(m->user, id); });
    host_.turn();
  }

 private:
  static FakeHttp &at(const sbx_host *h) { return FakeHost::at(h).part<FakeHttp>(); }
  static Exchange *alive(const sbx_host *h, sbx_id id) {
    Exchange *x = at(h).find(id);
    return x && x->open() ? x : nullptr;
  }
  int mount_for(std::string_view path) const {
    for (size_t i = 0; i < mounts.size(); ++i) {
      const std::string &m = mounts[i].path;
      if (path == m || (path.substr(0, m.size()) == m && path.substr(m.size(), 1) == "/")) return static_cast<int>(i);
    }
    return -1;
  }
  const Mount *mount_of(sbx_id id) const {
    const int m = mount_of_[id - 1];
    return m < 0 ? nullptr : &mounts[static_cast<size_t>(m)];
  }
  void announce(sbx_id id, const Mount &m, const Request &r) {
    std::deque<Lent> kept;
    auto lend = [&](std::string_view s) { return kept.emplace_back(s).str(); };
    sbx_request q{};
    q.size = sizeof q;
    q.flags = (r.ws ? uint32_t{SBX_REQ_WS} : 0u) | (r.body ? uint32_t{SBX_REQ_BODY} : 0u) |
              (r.no_cors ? uint32_t{SBX_REQ_NO_CORS} : 0u);
    q.method = lend(r.method);
    q.path = lend(r.path);
    q.query = lend(r.query);
    q.peer = lend(r.peer);
    q.host = lend(r.host);
    q.origin = lend(r.origin);
    std::vector<sbx_attr> headers;
    for (const auto &[key, value] : r.headers) headers.push_back({lend(key), lend(value)});
    q.headers = headers.data();
    q.header_count = headers.size();
    if (m.on.lane_of) {
      const int32_t lane = m.on.lane_of(m.user, &q);
      if (lane >= 0 && static_cast<uint32_t>(lane) != host_.lane) {
        (*this)[id].lane = lane;
        return;
      }
    }
    host_.call([&] { m.on.on_request(m.user, id, &q); });
  }
  void finish(sbx_id id, sbx_status why, uint32_t ws_code) {
    Exchange &x = (*this)[id];
    if (x.state == Exchange::kClosed) return;
    x.state = Exchange::kClosed;
    if (on_gone) on_gone(id);
    const Mount *m = mount_of(id);
    if (m->on.on_close) host_.call([&] { m->on.on_close(m->user, id, why, ws_code); });
  }
  void finish_later(sbx_id id, uint32_t ws_code) {
    (*this)[id].state = Exchange::kFinishing;
    host_.later([this, id, ws_code] { finish(id, SBX_OK, ws_code); });
  }
  sbx_status respond(sbx_id id, uint32_t status, const sbx_attr *headers, size_t n, sbx_str body, bool more) {
    Exchange &x = (*this)[id];
    if (x.state != Exchange::kRequested) return SBX_ESTATE;
    x.status = status;
    for (size_t i = 0; i < n; ++i) x.headers.emplace_back(view(headers[i].key), view(headers[i].value));
    x.body = view(body);
    x.state = Exchange::kStreaming;
    if (!more) finish_later(id, 0);
    return SBX_OK;
  }
  static const sbx_http *table();

  FakeHost &host_;
  std::deque<Exchange> exchanges_;
  std::vector<int> mount_of_;
};

inline const sbx_http *FakeHttp::table() {
  static const sbx_http t{
      sizeof(sbx_http),
      0,
      [](const sbx_host *h, const sbx_mount *m, const sbx_http_events *on, void *user) noexcept -> sbx_status {
        if (m->size < sizeof(sbx_mount)) fault("R5: a mount without its size");
        FakeHttp &f = at(h);
        if (f.mount_answer != SBX_OK) return f.mount_answer;
        Mount &made = f.mounts.emplace_back();
        made.listener = view(m->listener);
        made.path = view(m->path);
        made.body_max = m->body_max;
        made.unacked_ns = m->unacked_ns;
        std::memcpy(&made.on, on, std::min<size_t>(on->size, sizeof made.on));  // R1: the table is only lent
        made.user = user;
        return SBX_OK;
      },
      [](const sbx_host *h, sbx_id id, uint32_t status, const sbx_attr *headers, size_t n, sbx_str body,
         int32_t more) noexcept -> sbx_status {
        return alive(h, id) ? at(h).respond(id, status, headers, n, body, more != 0) : sbx_status{SBX_ESTALE};
      },
      [](const sbx_host *h, sbx_id id, sbx_str chunk, int32_t more) noexcept -> sbx_status {
        Exchange *x = alive(h, id);
        if (!x) return SBX_ESTALE;
        if (x->state != Exchange::kStreaming) return SBX_ESTATE;
        x->body += view(chunk);
        if (!more) at(h).finish_later(id, 0);
        return x->full ? SBX_FULL : SBX_OK;
      },
      [](const sbx_host *h, sbx_id id, const sbx_ws_accept *a) noexcept -> sbx_status {
        Exchange *x = alive(h, id);
        if (!x) return SBX_ESTALE;
        if (x->state != Exchange::kRequested) return SBX_ESTATE;
        if (a->size < sizeof(sbx_ws_accept)) fault("R5: an accept without its size");
        x->state = Exchange::kWebSocket;
        x->status = 101;
        x->subprotocol = view(a->subprotocol);
        x->message_max = a->message_max;
        x->ping_ns = a->ping_ns;
        x->pong_ns = a->pong_ns;
        x->ws_flags = a->flags;
        return SBX_OK;
      },
      [](const sbx_host *h, sbx_id id, sbx_str data, int32_t binary) noexcept -> sbx_status {
        Exchange *x = alive(h, id);
        if (!x) return SBX_ESTALE;
        if (x->state != Exchange::kWebSocket) return SBX_ESTATE;
        x->received.push_back({std::string(view(data)), binary != 0});
        return x->full ? SBX_FULL : SBX_OK;
      },
      [](const sbx_host *h, sbx_id id, uint32_t ws_code, sbx_str reason) noexcept {
        Exchange *x = alive(h, id);
        if (!x) return;
        x->close_code = x->state == Exchange::kWebSocket ? ws_code : 0;
        x->close_reason = view(reason);
        at(h).finish_later(id, x->close_code);
      }};
  return &t;
}

}  // namespace sbx::testing
