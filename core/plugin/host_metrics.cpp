// sbx.metrics/1: counters and gauges of an instance.
#include "core/base/limits.hpp"
#include "core/event/event.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostMetrics {
  static sbx_id make(const sbx_host *host, char kind, sbx_str name, sbx_str help, sbx_attr label) noexcept {
    Instance &self = Instance::of(host);
    if ((kind != 'c' && kind != 'g') || self.metric_series_ >= limits::kMetricSeriesPerInstanceMax) return 0;
    MetricLabels labels{{"instance", self.name_}};
    if (label.key.len > 0) labels.emplace_back(text(label.key), text(label.value));
    const MetricId id = self.world_.metrics.make(kind == 'c' ? MetricKind::counter : MetricKind::gauge, text(name),
                                                 text(help), std::move(labels));
    if (id) ++self.metric_series_;
    return id;
  }

  static void add(const sbx_host *host, sbx_id id, double n) noexcept { Instance::of(host).world_.metrics.add(id, n); }
  static void set(const sbx_host *host, sbx_id id, double v) noexcept { Instance::of(host).world_.metrics.set(id, v); }
};

const sbx_metrics kHostMetrics{sizeof(sbx_metrics), 0, HostMetrics::make, HostMetrics::add, HostMetrics::set};

}  // namespace signalbox
