// sbx.stream/1: outbound byte streams.
#include "core/event/event.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/outbound_stream.hpp"

namespace signalbox {
namespace {

sbx_status status_of(io::StreamEnd why) {
  switch (why) {
    case io::StreamEnd::closed_by_us:
      return SBX_OK;
    case io::StreamEnd::closed_by_peer:
    case io::StreamEnd::broken:
      return SBX_ECLOSED;
    case io::StreamEnd::refused:
      return SBX_EREFUSED;
    case io::StreamEnd::timed_out:
      return SBX_ETIMEOUT;
    case io::StreamEnd::protocol:
      return SBX_EPROTO;
    case io::StreamEnd::overflow:
      return SBX_ETOOBIG;
  }
  return SBX_EINTERNAL;
}

}  // namespace

OutboundStream::OutboundStream(Instance &owner, io::DialOptions options, const sbx_stream_events &events, void *user,
                               std::function<void(uint64_t)> forget)
    : events_(read_table(events)),
      user_(user),
      forget_(std::move(forget)),
      stream_(owner.lane().lane, std::move(options), *this) {}

void OutboundStream::on_open() {
  if (events_.on_open) events_.on_open(user_, id_);
}

void OutboundStream::on_data(std::string_view bytes) {
  if (events_.on_data) events_.on_data(user_, id_, {bytes.data(), bytes.size()});
}

void OutboundStream::on_drain() {
  if (events_.on_drain) events_.on_drain(user_, id_);
}

void OutboundStream::on_close(io::StreamEnd why, const std::string &words) {
  forget_(id_);  // stale from here on, also inside the plugin's own on_close
  if (events_.on_close) events_.on_close(user_, id_, status_of(why), {words.data(), words.size()});
}

struct HostStream {
  static sbx_id dial(const sbx_host *host, const sbx_dial *given, const sbx_stream_events *events,
                     void *user) noexcept {
    if (!given || !events) return 0;
    Instance &self = Instance::of(host);
    const sbx_dial dial = read_table(*given);
    io::DialOptions options;
    options.url = text(dial.url);
    options.timeout_ns = dial.timeout_ns;
    options.ca = text(dial.ca);
    options.certificate = text(dial.certificate);
    options.key = text(dial.key);
    options.server_name = text(dial.server_name);
    options.insecure = dial.flags & SBX_DIAL_INSECURE;
    auto stream = std::make_unique<OutboundStream>(self, std::move(options), *events, user, [&self](uint64_t id) {
      self.stream_ids_.remove(id);
      auto it = self.streams_.find(id);
      if (it == self.streams_.end()) return;
      // We are inside the stream's own event: it goes when nobody stands on it any more.
      self.lane_.lane.defer([gone = std::shared_ptr<OutboundStream>(std::move(it->second))] {});
      self.streams_.erase(it);
    });
    const uint64_t id = self.stream_ids_.add(stream.get());
    stream->begin(id);
    self.streams_.emplace(id, std::move(stream));
    return id;
  }

  static sbx_status send(const sbx_host *host, sbx_id id, sbx_str bytes) noexcept {
    OutboundStream *stream = Instance::of(host).stream_ids_.find(id);
    if (!stream) return SBX_ESTALE;
    switch (stream->stream().send(text(bytes))) {
      case io::Stream::Sent::ok:
        return SBX_OK;
      case io::Stream::Sent::full:
        return SBX_FULL;
      case io::Stream::Sent::not_open:
        return SBX_ESTATE;
    }
    return SBX_EINTERNAL;
  }

  static sbx_status set_reading(const sbx_host *host, sbx_id id, int32_t on) noexcept {
    OutboundStream *stream = Instance::of(host).stream_ids_.find(id);
    if (!stream) return SBX_ESTALE;
    stream->stream().set_reading(on != 0);
    return SBX_OK;
  }

  static void close(const sbx_host *host, sbx_id id) noexcept {
    if (OutboundStream *stream = Instance::of(host).stream_ids_.find(id)) stream->stream().close();
  }
};

const sbx_stream kHostStream{sizeof(sbx_stream), 0, HostStream::dial, HostStream::send, HostStream::set_reading,
                             HostStream::close};

}  // namespace signalbox
