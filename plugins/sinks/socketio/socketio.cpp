// The sink `socketio`: Socket.IO for browsers, clients of versions 2, 3 and 4 on one path.  One instance per lane; its
// clients stay with it.
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "plugins/sinks/socketio/broadcast.hpp"
#include "plugins/sinks/socketio/client_files.hpp"
#include "plugins/sinks/socketio/engine.hpp"
#include "plugins/sinks/socketio/hub.hpp"
#include "plugins/sinks/socketio/options.hpp"

namespace socketio {
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
  if (!services.complete()) throw std::runtime_error("this signalbox is too old for the socketio sink");
  return services;
}

class SocketIo {
 public:
  SocketIo(sbx::Host host, std::string_view config)
      : options_(options_or_throw(host, config)),
        services_(services_or_throw(host)),
        counters_(host),
        files_(services_, options_.client),
        broadcast_(host, counters_),
        hub_(broadcast_, options_.connect_timeout_ns),
        engine_(
            services_, options_.engine, counters_, [this](Session &session) { return hub_.make_client(session); },
            [this](sbx_id id, const sbx_request &r, std::string_view below) { return files_.serve(id, r, below); }) {
    hub_.attach(engine_);
  }

  sbx_status start() {
    const sbx_status outbox = services_.fanout->outbox(services_.host.get(), &options_.outbox);
    return outbox < 0 ? outbox : engine_.mount();
  }
  void stop(int64_t) {
    engine_.stop([host = services_.host] { host.stopped(); });
  }
  sbx_status on_event(const sbx_event &event) {
    broadcast_.publish(hub_, event);
    return SBX_OK;
  }

 private:
  Options options_;
  Services services_;
  Counters counters_;
  ClientFiles files_;
  Broadcast broadcast_;
  Hub hub_;
  Engine engine_;
};

const sbx_plugin kPlugin = sbx::table<SocketIo>(SBX_SINK, "socketio", "1.0.0",
                                                "Socket.IO for browsers: clients of versions 2, 3 and 4 on one path.",
                                                kSchema, SBX_CAP_SHARDED);

}  // namespace
}  // namespace socketio

SBX_MODULE("socketio", "1.0.0", &socketio::kPlugin)
