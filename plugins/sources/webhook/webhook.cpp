// The source `webhook`: what is posted to signalbox.  One instance, on one lane.
#include <optional>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <utility>

#include "plugins/sources/webhook/callback.hpp"
#include "plugins/sources/webhook/endpoint.hpp"
#include "plugins/sources/webhook/options.hpp"
#include "plugins/sources/webhook/publish.hpp"

namespace webhook {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

Options options_or_throw(sbx::Host host, std::string_view config) {
  auto options = read_options(host, config);
  if (!options) throw sbx::Refused{};
  return *std::move(options);
}

template <class Service>
const Service &service_or_throw(sbx::Host host) {
  const auto *table = host.service<Service>();
  if (!table) throw std::runtime_error("this signalbox is too old for the webhook source");
  return *table;
}

class Webhook {
 public:
  Webhook(sbx::Host host, std::string_view config) : Webhook(host, options_or_throw(host, config)) {}

  sbx_status start() { return endpoint_.mount(handler()); }
  void on_ack(uint64_t token, const sbx_receipt &receipt) {
    if (callback_) return callback_->on_ack(token, receipt);
    publish_.on_ack(token, receipt);
  }
  void stop(int64_t) {
    endpoint_.stop([host = host_] { host.stopped(); });
  }

 private:
  Webhook(sbx::Host host, Options options)
      : host_(host),
        loop_(service_or_throw<sbx_loop>(host)),
        endpoint_(host, service_or_throw<sbx_http>(host), loop_, options.endpoint),
        publish_(host, loop_, endpoint_, std::move(options.publish)) {
    if (options.callback) callback_.emplace(host, loop_, endpoint_, *std::move(options.callback));
  }
  Handler &handler() {
    if (callback_) return *callback_;
    return publish_;
  }

  sbx::Host host_;
  const sbx_loop &loop_;
  Endpoint endpoint_;
  Publish publish_;
  std::optional<Callback> callback_;  // of another preset than publish
};

const sbx_plugin kPlugin = sbx::table<Webhook>(
    SBX_SOURCE, "webhook", "1.0.0", "Events posted over HTTP: verified, and answered once they are safe.", kSchema);

}  // namespace
}  // namespace webhook

SBX_MODULE("webhook", "1.0.0", &webhook::kPlugin)
