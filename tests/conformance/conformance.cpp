// What the official protocol suites and an RFC 6455 suite ask of a server, built from the socketio sink's own protocol
// code; for tests only.  On one listener: /engine.io echoes every message, /socket.io answers as the suite of
// socket.io-protocol wants it, /echo is a plain WebSocket echo.  The times are the suites'.
#include <memory>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "plugins/sinks/socketio/engine.hpp"
#include "plugins/sinks/socketio/hub.hpp"
#include "tests/conformance/echo_mount.hpp"
#include "tests/conformance/options.hpp"
#include "tests/conformance/pacing.hpp"
#include "tests/conformance/suite_app.hpp"

namespace conformance {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

socketio::EngineOptions engine_options(const Options &options, const char *path) {
  socketio::EngineOptions o;
  o.listener = options.listener;
  o.path = path;
  o.ping_interval_ns = 300 * sbx::kMillisecondNs;
  o.ping_timeout_ns = 200 * sbx::kMillisecondNs;
  o.max_payload = 1'000'000;
  o.allow_eio3 = options.allow_eio3;
  return o;
}

socketio::Services services_or_throw(sbx::Host host) {
  const socketio::Services services(host);
  if (!services.complete())
    throw std::runtime_error("this signalbox lacks a service that the conformance server needs");
  return services;
}

// Sends every message back as it came.
class EngineEcho final : public socketio::SessionUser {
 public:
  explicit EngineEcho(socketio::Session &session) : session_(session) {}
  void on_open(const sbx_request &) override {}
  void on_message(std::string_view data, bool binary) override {
    if (!binary)
      session_.send({{false, "4" + std::string(data)}});
    else
      session_.send({{true, session_.version() == 4 ? std::string(data) : '\x04' + std::string(data)}});
  }

 private:
  socketio::Session &session_;
};

class Conformance {
 public:
  Conformance(sbx::Host host, std::string_view config)
      : options_(read_options(config)),
        services_(services_or_throw(host)),
        pacing_(services_),
        counters_(host),
        hub_(app_, sbx::kSecondNs),
        engine_echo_(pacing_.services(), engine_options(options_, "/engine.io"), counters_,
                     [](socketio::Session &s) { return std::make_unique<EngineEcho>(s); }),
        socket_io_(pacing_.services(), engine_options(options_, "/socket.io"), counters_,
                   [this](socketio::Session &s) { return hub_.make_client(s); }),
        echo_(services_, options_.listener) {
    hub_.attach(socket_io_);
  }

  sbx_status start() {
    for (const sbx_status status : {engine_echo_.mount(), socket_io_.mount(), echo_.mount()})
      if (status < 0) return status;
    return SBX_OK;
  }
  void stop(int64_t) {
    echo_.stop();
    engine_echo_.stop([this] { socket_io_.stop([this] { services_.host.stopped(); }); });
  }
  sbx_status on_event(const sbx_event &) { return SBX_OK; }

 private:
  Options options_;
  socketio::Services services_;
  Pacing pacing_;
  socketio::Counters counters_;
  SuiteApp app_;
  socketio::Hub hub_;
  socketio::Engine engine_echo_, socket_io_;
  EchoMount echo_;
};

// A sink stands in a pipeline, and a pipeline has a source: this one has nothing to say.
class Idle {
 public:
  Idle(sbx::Host, std::string_view) {}
};

const sbx_plugin kConformance = sbx::table<Conformance>(
    SBX_SINK, "conformance", "1.0.0", "What protocol suites ask of a server.", kSchema, SBX_CAP_SHARDED);
const sbx_plugin kIdle = sbx::table<Idle>(SBX_SOURCE, "conformance_idle", "1.0.0", "A source that never emits.",
                                          R"({"type":"object","additionalProperties":false})");

}  // namespace
}  // namespace conformance

SBX_MODULE("conformance", "1.0.0", &conformance::kConformance, &conformance::kIdle)
