// The sink `websocket`: channels over plain WebSockets, one JSON object a message (docs/WEBSOCKET.md).  One instance
// per lane; its clients stay with it.
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <utility>

#include "plugins/sinks/websocket/channels.hpp"
#include "plugins/sinks/websocket/connections.hpp"
#include "plugins/sinks/websocket/counters.hpp"
#include "plugins/sinks/websocket/endpoint.hpp"
#include "plugins/sinks/websocket/idle.hpp"
#include "plugins/sinks/websocket/options.hpp"
#include "plugins/sinks/websocket/services.hpp"

namespace websocket {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

Options options_or_throw(sbx::Host host, std::string_view config) {
  auto options = read_options(host, config);
  if (!options) throw sbx::Refused{};
  return *std::move(options);
}

Services services_or_throw(sbx::Host host) {
  const Services services(host);
  if (!services.complete()) throw std::runtime_error("this signalbox is too old for the websocket sink");
  return services;
}

class WebSocket {
 public:
  WebSocket(sbx::Host host, std::string_view config)
      : options_(options_or_throw(host, config)),
        services_(services_or_throw(host)),
        counters_(host),
        idle_(services_, options_.idle_ns, [this](sbx_id id) { end_idle(id); }),
        channels_(services_, counters_, connections_, idle_, options_.channels_max, options_.outbox.policy),
        endpoint_(options_, services_, counters_, connections_, channels_) {}

  sbx_status start() {
    if (const sbx_status s = services_.fanout->outbox(services_.host.get(), &options_.outbox); s < 0) return s;
    if (const sbx_status s = channels_.open(); s < 0) return s;
    return endpoint_.mount();
  }
  void stop(int64_t deadline_ns) {
    endpoint_.stop(deadline_ns, [host = services_.host] { host.stopped(); });
  }
  sbx_status on_event(const sbx_event &event) {
    channels_.publish(event);
    return SBX_OK;
  }

 private:
  void end_idle(sbx_id id) {
    Connection *connection = connections_.find(id);
    endpoint_.close(*connection, Close::kIdle, kPolicyViolation, "this connection is in no channel; subscribe sooner");
  }

  Options options_;
  Services services_;
  Counters counters_;
  Connections connections_;
  Idle idle_;
  Channels channels_;
  Endpoint endpoint_;
};

const sbx_plugin kPlugin =
    sbx::table<WebSocket>(SBX_SINK, "websocket", "1.0.0", "Channels over plain WebSockets, one JSON object a message.",
                          kSchema, SBX_CAP_SHARDED);

}  // namespace
}  // namespace websocket

SBX_MODULE("websocket", "1.0.0", &websocket::kPlugin)
