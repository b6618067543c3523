// FakeStream: sbx.stream/1 without sockets.  The test is the network and the peer: it accepts or refuses what the
// plugin dials, feeds bytes, reads what was sent, makes the send queue full and lets it drain, and cuts the line.
// Every one of these ends with a turn of the host.
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

#include "fake_host.hpp"

namespace sbx::testing {

class FakeStream {
 public:
  struct Stream {
    std::string url, ca, certificate, key, server_name;
    int64_t timeout_ns = 0;
    bool insecure = false;
    std::string sent;  // everything the plugin sent; tests may clear it
    enum State { kDialling, kOpen, kClosing, kClosed } state = kDialling;
    bool reading = true;
    bool full = false;  // send() answers FULL until drain()

   private:
    friend class FakeStream;
    sbx_stream_events on{};
    void *user = nullptr;
    std::string held;  // fed while the plugin was not reading
    sbx_id timeout = 0;
  };

  explicit FakeStream(FakeHost &host) : host_(host) { host.provide(SBX_STREAM, table()); }

  size_t dialled() const { return streams_.size(); }
  sbx_id newest() const { return streams_.size(); }  // 0 = nothing was dialled yet
  // REQUIRES: the id of a stream that was dialled, alive or not
  Stream &operator[](sbx_id id) {
    if (id == 0 || id > streams_.size()) fault("no such stream was dialled");
    return streams_[id - 1];
  }
  bool open_or_dialling(sbx_id id) const {
    return id > 0 && id <= streams_.size() && streams_[id - 1].state <= Stream::kOpen;
  }

  // The peer accepts.
  void open(sbx_id id) {
    Stream &s = (*this)[id];
    if (s.state != Stream::kDialling) fault("open() of a stream that is not being dialled");
    host_.cancel_timer(s.timeout);
    s.state = Stream::kOpen;
    if (s.on.on_open) host_.call([&] { s.on.on_open(s.user, id); });
    host_.turn();
  }
  // Dialling fails, or the line is cut: the same call for the plugin.
  void drop(sbx_id id, sbx_status why = SBX_ECLOSED, std::string_view text = "the peer closed the connection") {
    Stream &s = (*this)[id];
    if (s.state >= Stream::kClosing) return;
    s.state = Stream::kClosing;
    finish(id, why, text);
    host_.turn();
  }
  // Bytes from the peer; kept back while the plugin does not read, lost when the stream is closed.
  void feed(sbx_id id, std::string_view bytes) {
    Stream &s = (*this)[id];
    if (s.state != Stream::kOpen) return;
    s.held += bytes;
    hand_over(id);
    host_.turn();
  }
  // There is room again.
  void drain(sbx_id id) {
    Stream &s = (*this)[id];
    if (!s.full) return;
    s.full = false;
    if (s.state == Stream::kOpen && s.on.on_drain) host_.call([&] { s.on.on_drain(s.user, id); });
    host_.turn();
  }

 private:
  static FakeStream &at(const sbx_host *h) { return FakeHost::at(h).part<FakeStream>(); }
  static Stream *alive(const sbx_host *h, sbx_id id) {
    FakeStream &f = at(h);
    return f.open_or_dialling(id) ? &f.streams_[id - 1] : nullptr;
  }
  void hand_over(sbx_id id) {
    Stream &s = (*this)[id];
    if (s.state != Stream::kOpen || !s.reading || s.held.empty() || !s.on.on_data) return;
    Lent bytes(s.held);
    s.held.clear();
    host_.call([&] { s.on.on_data(s.user, id, bytes.str()); });
  }
  void finish(sbx_id id, sbx_status why, std::string_view text) {
    Stream &s = (*this)[id];
    if (s.state == Stream::kClosed) return;
    s.state = Stream::kClosed;
    host_.cancel_timer(s.timeout);
    Lent lent(text);
    if (s.on.on_close) host_.call([&] { s.on.on_close(s.user, id, why, lent.str()); });
  }
  sbx_id dial(const sbx_dial &d, const sbx_stream_events *on, void *user) {
    sbx_id id = streams_.size() + 1;
    Stream &s = streams_.emplace_back();
    s.url = view(d.url);
    s.ca = view(d.ca);
    s.certificate = view(d.certificate);
    s.key = view(d.key);
    s.server_name = view(d.server_name);
    s.timeout_ns = d.timeout_ns > 0 ? d.timeout_ns : 10 * kSecondNs;
    s.insecure = (d.flags & SBX_DIAL_INSECURE) != 0;
    std::memcpy(&s.on, on, std::min<size_t>(on->size, sizeof s.on));  // R1: the table is only lent
    s.user = user;
    s.timeout = host_.after(s.timeout_ns, [this, id] {
      if ((*this)[id].state == Stream::kDialling) drop(id, SBX_ETIMEOUT, "timed out while connecting");
    });
    return id;
  }
  static const sbx_stream *table() {
    static const sbx_stream t{
        sizeof(sbx_stream),
        0,
        [](const sbx_host *h, const sbx_dial *d, const sbx_stream_events *on, void *user) noexcept {
          if (d->size < sizeof(sbx_dial)) fault("R5: a dial without its size");
          return at(h).dial(*d, on, user);
        },
        [](const sbx_host *h, sbx_id id, sbx_str bytes) noexcept -> sbx_status {
          Stream *s = alive(h, id);
          if (!s) return SBX_ESTALE;
          if (s->state == Stream::kDialling) return SBX_ESTATE;
          s->sent += view(bytes);
          return s->full ? SBX_FULL : SBX_OK;
        },
        [](const sbx_host *h, sbx_id id, int32_t on) noexcept -> sbx_status {
          Stream *s = alive(h, id);
          if (!s) return SBX_ESTALE;
          s->reading = on != 0;
          FakeStream &f = at(h);
          if (s->reading && !s->held.empty()) f.host_.later([&f, id] { f.hand_over(id); });
          return SBX_OK;
        },
        [](const sbx_host *h, sbx_id id) noexcept {
          Stream *s = alive(h, id);
          if (!s) return;
          s->state = Stream::kClosing;
          FakeStream &f = at(h);
          f.host_.later([&f, id] { f.finish(id, SBX_OK, "closed"); });
        }};
    return &t;
  }

  FakeHost &host_;
  std::deque<Stream> streams_;
};

}  // namespace sbx::testing
