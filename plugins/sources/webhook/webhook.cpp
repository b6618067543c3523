// The source `webhook`: what is posted to signalbox.  One instance, on one lane.
#include <optional>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <utility>

#include "plugins/sources/webhook/callback.hpp"
#include "plugins/sources/webhook/endpoint.hpp"
#include "plugins/sources/webhook/key_files.hpp"
#include "plugins/sources/webhook/options.hpp"
#include "plugins/sources/webhook/publish.hpp"

namespace webhook {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

Options options_or_throw(sbx::Host host, KeyFiles &files) {
  const auto config = files.read([&](const std::string &where, const std::string &what) { host.problem(where, what); });
  auto options = config ? read_options(host, *config) : std::nullopt;
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
  Webhook(sbx::Host host, std::string_view config) : Webhook(host, KeyFiles(host, config)) {}

  sbx_status start() {
    files_.watch([this](const std::string &config, const Complain &complain) { return renew(config, complain); });
    return endpoint_.mount(handler());
  }
  void on_ack(uint64_t token, const sbx_receipt &receipt) {
    if (callback_) return callback_->on_ack(token, receipt);
    publish_.on_ack(token, receipt);
  }
  // Only where something is kept: whoever asks is told so instead of finding nothing.
  const void *extension(const char *name) const {
    static constexpr sbx_judge kJudge{sizeof(sbx_judge), 0, judge};
    static constexpr sbx_replay kReplay{sizeof(sbx_replay), 0, replay};
    if (std::string_view(name) == SBX_JUDGE) return &kJudge;
    return callback_ && callback_->keeps() && std::string_view(name) == SBX_REPLAY ? &kReplay : nullptr;
  }
  void stop(int64_t) {
    endpoint_.stop([host = host_] { host.stopped(); });
  }

 private:
  static sbx_status judge(void *self, const sbx_request *request, sbx_str body, int64_t wall_ns,
                          void (*fn)(void *, sbx_str json) SBX_NX, void *user) noexcept;
  static int64_t replay(void *self, sbx_str kept, int64_t received_ns) noexcept;
  Webhook(sbx::Host host, KeyFiles files) : Webhook(host, options_or_throw(host, files), files) {}
  Webhook(sbx::Host host, Options options, KeyFiles &files)
      : host_(host),
        files_(std::move(files)),
        loop_(service_or_throw<sbx_loop>(host)),
        endpoint_(host, service_or_throw<sbx_http>(host), loop_, options.endpoint),
        publish_(host, loop_, endpoint_, std::move(options.publish)) {
    if (options.callback) callback_.emplace(host, loop_, endpoint_, *std::move(options.callback));
  }
  // Secrets are all that can have changed.
  bool renew(const std::string &config, const Complain &complain) {
    auto options = read_options(config, complain, [](const std::string &, const std::string &) {});
    if (!options) return false;
    if (callback_)
      callback_->renew(*std::move(options->callback));
    else
      publish_.renew(options->publish.keys);
    return true;
  }
  Handler &handler() {
    if (callback_) return *callback_;
    return publish_;
  }

  sbx::Host host_;
  KeyFiles files_;
  const sbx_loop &loop_;
  Endpoint endpoint_;
  Publish publish_;
  std::optional<Callback> callback_;  // of another preset than publish
};

sbx_status Webhook::judge(void *self, const sbx_request *request, sbx_str body, int64_t wall_ns,
                          void (*fn)(void *, sbx_str json) SBX_NX, void *user) noexcept {
  auto &box = sbx::Adapter<Webhook>::box(self);
  return sbx::guarded<sbx_status>(box.host, SBX_EINTERNAL, [&] {
    Webhook &w = box.plugin;
    const std::string json = json_of(w.endpoint_.rehearse(w.handler(), *request, sbx::view(body), wall_ns));
    fn(user, sbx::raw(json));
    return SBX_OK;
  });
}

int64_t Webhook::replay(void *self, sbx_str kept, int64_t received_ns) noexcept {
  auto &box = sbx::Adapter<Webhook>::box(self);
  return sbx::guarded<int64_t>(box.host, SBX_EINTERNAL,
                               [&] { return box.plugin.callback_->replay(sbx::view(kept), received_ns); });
}

const sbx_plugin kPlugin = sbx::table<Webhook>(
    SBX_SOURCE, "webhook", "1.0.0", "Events posted over HTTP: verified, and answered once they are safe.", kSchema);

}  // namespace
}  // namespace webhook

SBX_MODULE("webhook", "1.0.0", &webhook::kPlugin)
