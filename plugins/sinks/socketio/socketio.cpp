// The sink `socketio`: Socket.IO for browsers, clients of versions 2, 3 and 4 on one path.  One instance per lane; its
// clients stay with it.
#include <memory>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "plugins/sinks/socketio/broadcast.hpp"
#include "plugins/sinks/socketio/client_files.hpp"
#include "plugins/sinks/socketio/echo.hpp"
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

Services services_or_throw(sbx::Host host, bool echo) {
  const Services services(host);
  if (!services.complete() || (echo && !services.log))
    throw std::runtime_error("this signalbox is too old for the socketio sink");
  return services;
}

class SocketIo {
 public:
  SocketIo(sbx::Host host, std::string_view config)
      : options_(options_or_throw(host, config)),
        services_(services_or_throw(host, options_.echo)),
        counters_(host),
        files_(services_, options_.client),
        broadcast_(host, counters_),
        echo_(options_.echo ? std::make_unique<Echo>(services_, counters_, options_.channels) : nullptr),
        hub_(app(), options_.connect_timeout_ns),
        engine_(
            services_, options_.engine, counters_, [this](Session &session) { return hub_.make_client(session); },
            [this](sbx_id id, const sbx_request &r, std::string_view below) { return files_.serve(id, r, below); }) {
    hub_.attach(engine_);
    if (echo_) echo_->attach(hub_);
  }

  sbx_status start() {
    if (const sbx_status s = services_.fanout->outbox(services_.host.get(), &options_.outbox); s < 0) return s;
    if (const sbx_status s = echo_ ? echo_->start() : SBX_OK; s < 0) return s;
    return engine_.mount();
  }
  void stop(int64_t) {
    engine_.stop([host = services_.host] { host.stopped(); });
  }
  // Whoever connects in mode broadcast hears everything.
  const void *extension(std::string_view name) const {
    static constexpr sbx_open kOpen{sizeof(sbx_open), 0};
    return !echo_ && name == SBX_OPEN ? &kOpen : nullptr;
  }
  sbx_status on_event(const sbx_event &event) {
    if (echo_)
      echo_->publish(event);
    else
      broadcast_.publish(hub_, event);
    return SBX_OK;
  }

 private:
  App &app() {
    if (echo_) return *echo_;
    return broadcast_;
  }

  Options options_;
  Services services_;
  Counters counters_;
  ClientFiles files_;
  Broadcast broadcast_;
  std::unique_ptr<Echo> echo_;  // in that mode
  Hub hub_;
  Engine engine_;
};

const sbx_plugin kPlugin = sbx::table<SocketIo>(SBX_SINK, "socketio", "1.0.0",
                                                "Socket.IO for browsers: clients of versions 2, 3 and 4 on one path.",
                                                kSchema, SBX_CAP_SHARDED);

}  // namespace
}  // namespace socketio

SBX_MODULE("socketio", "1.0.0", &socketio::kPlugin)
