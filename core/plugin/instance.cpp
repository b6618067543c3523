#include "core/plugin/instance.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/net/http_client.hpp"
#include "core/net/named_files.hpp"
#include "core/plugin/outbound_stream.hpp"

namespace signalbox {
namespace {

net::FanoutCounters fanout_counters(Metrics &metrics, const std::string &name) {
  const MetricLabels labels{{"instance", name}};
  return {
      metrics.counter("signalbox_deliveries_total", "Frames queued for one connection each.", labels),
      metrics.counter("signalbox_outbox_dropped_total", "Frames that a full outbox lost by its policy.", labels),
      metrics.counter("signalbox_outbox_overflow_total", "Connections cut off because they read too slowly.", labels)};
}

}  // namespace

Instance::Instance(World &world, LaneWorld &lane, EmitTarget &router, const sbx_plugin &plugin, std::string name)
    : world_(world),
      lane_(lane),
      router_(router),
      plugin_(plugin),
      name_(std::move(name)),
      component_(std::string(plugin.type) + "/" + name_),
      host_(host_core_table()),
      groups_(lane.fanout, fanout_counters(world.metrics, name_)),
      subscriptions_(world, lane, groups_),
      outbox_{limits::kOutboxDefault, net::OutboxPolicy::disconnect} {
  host_.ctx = this;
  host_.instance = name_.c_str();
  const auto rates = world.rate_limits.find(name_);
  if (plugin.kind == SBX_SINK && rates != world.rate_limits.end()) subscriptions_.limit(rates->second.get());
}

Instance::~Instance() {
  alive_->store(false);
  for (io::TimerId id : timers_) lane_.lane.cancel(id);
  for (auto &mount : mounts_) mount->alive = false;
  streams_.clear();
  http_client_.reset();
  files_.reset();
  members_.clear();
  if (self_) plugin_.destroy(self_);
}

bool Instance::create(std::string_view config_json) {
  self_ = plugin_.create(&host_, {config_json.data(), config_json.size()});
  const bool fatal = std::any_of(complaints_.begin(), complaints_.end(), [](const Complaint &c) { return c.fatal; });
  if (self_ && !fatal) return true;
  if (!fatal) complaints_.push_back({"", "the plugin refused this configuration without saying why", true});
  return false;
}

sbx_status Instance::start() { return plugin_.start ? plugin_.start(self_) : sbx_status{SBX_OK}; }

void Instance::stop(int64_t deadline_ns) {
  if (plugin_.stop)
    plugin_.stop(self_, deadline_ns);
  else
    stopped_.store(true);
}

sbx_status Instance::on_event(const sbx_event &event) {
  return plugin_.on_event ? plugin_.on_event(self_, &event) : sbx_status{SBX_OK};
}

void Instance::on_turn_end() {
  if (plugin_.on_turn_end) plugin_.on_turn_end(self_);
}

void Instance::on_ack(uint64_t ack, const sbx_receipt &receipt) {
  if (plugin_.on_ack) plugin_.on_ack(self_, ack, &receipt);
}

const sbx_replay *Instance::replayer() const {
  const auto *found = static_cast<const sbx_replay *>(extension(SBX_REPLAY));
  return found && SBX_HAS(found, replay) && found->replay ? found : nullptr;
}

int64_t Instance::replay(std::string_view raw, int64_t received_ns) {
  return replayer()->replay(self_, {raw.data(), raw.size()}, received_ns);
}

bool Instance::judges() const {
  const auto *table = static_cast<const sbx_judge *>(extension(SBX_JUDGE));
  return table && SBX_HAS(table, judge) && table->judge;
}

Result<std::string> Instance::judge(const sbx_request &request, std::string_view body, int64_t wall_ns) const {
  const auto *table = static_cast<const sbx_judge *>(extension(SBX_JUDGE));
  std::string said;
  const sbx_status status = table->judge(
      self_, &request, {body.data(), body.size()}, wall_ns,
      [](void *into, sbx_str json) noexcept { *static_cast<std::string *>(into) = text(json); }, &said);
  if (status != SBX_OK || said.empty()) return Status::error("\"" + name_ + "\" could not judge the request");
  return said;
}

void Instance::complain(std::string_view text) {
  log_limited(log_limiter_, world_.clock.mono_ns(), Level::warn, component_, text);
}

}  // namespace signalbox
