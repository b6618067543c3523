// The source `echo_api`: laravel-echo-server's HTTP API, for what publishes to that and reads from it today.  One
// instance, on one lane.
#include <optional>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <utility>

#include "plugins/sources/echo_api/front.hpp"
#include "plugins/sources/echo_api/options.hpp"
#include "plugins/sources/echo_api/publisher.hpp"
#include "plugins/sources/echo_api/reader.hpp"

namespace echo_api {
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
  if (!table) throw std::runtime_error("this signalbox is too old for the echo_api source");
  return *table;
}

class EchoApi final : public Back {
 public:
  EchoApi(sbx::Host host, std::string_view config)
      : host_(host),
        loop_(service_or_throw<sbx_loop>(host)),
        front_(host, service_or_throw<sbx_http>(host), options_or_throw(host, config)),
        publisher_(host, loop_, front_),
        reader_(host, loop_, front_) {}

  sbx_status start() {
    reader_.start();
    return front_.mount(*this);
  }
  void on_ack(uint64_t token, const sbx_receipt &receipt) { publisher_.on_ack(token, receipt); }
  void stop(int64_t) {
    front_.stop([host = host_] { host.stopped(); });
  }

  std::optional<Reply> publish(sbx_id request, std::string_view app_id, std::string_view body) override {
    return publisher_.take(request, app_id, body);
  }
  std::optional<Reply> read(sbx_id request, const Route &route, std::string_view prefix) override {
    return reader_.take(request, route, prefix);
  }
  void forget(sbx_id request) override {
    publisher_.forget(request);
    reader_.forget(request);
  }

 private:
  sbx::Host host_;
  const sbx_loop &loop_;
  Front front_;
  Publisher publisher_;
  Reader reader_;
};

const sbx_plugin kPlugin =
    sbx::table<EchoApi>(SBX_SOURCE, "echo_api", "1.0.0",
                        "Events posted, and channels read, as laravel-echo-server's HTTP API has it.", kSchema);

}  // namespace
}  // namespace echo_api

SBX_MODULE("echo_api", "1.0.0", &echo_api::kPlugin)
