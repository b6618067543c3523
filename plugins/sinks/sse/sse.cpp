// The sink `sse`: events for EventSource, and for whoever asks now and then.
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <string_view>

#include "plugins/sinks/sse/endpoint.hpp"
#include "plugins/sinks/sse/options.hpp"
#include "plugins/sinks/sse/services.hpp"

namespace sse {
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
  if (!services.complete()) throw std::runtime_error("this signalbox is too old for the sse sink");
  return services;
}

class Sse {
 public:
  Sse(sbx::Host host, std::string_view config)
      : host_(host), endpoint_(services_or_throw(host), options_or_throw(host, config)) {}

  sbx_status start() { return endpoint_.start(); }
  void stop(int64_t) {
    endpoint_.stop([host = host_] { host.stopped(); });
  }
  sbx_status on_event(const sbx_event &event) {
    endpoint_.on_event(event);
    return SBX_OK;
  }

 private:
  sbx::Host host_;
  Endpoint endpoint_;
};

const sbx_plugin kPlugin =
    sbx::table<Sse>(SBX_SINK, "sse", "1.0.0", "Server-sent events for browsers, and the same over HTTP polls.", kSchema,
                    SBX_CAP_SHARDED);

}  // namespace
}  // namespace sse

SBX_MODULE("sse", "1.0.0", &sse::kPlugin)
