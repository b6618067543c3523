#include "core/log/log_counters.hpp"

#include <utility>

namespace signalbox {

LogCounters::LogCounters(Metrics &metrics, Gauges gauges)
    : durable(metrics.counter("signalbox_log_durable_total", "Events that were committed to the store.")),
      commits(metrics.counter("signalbox_log_commits_total", "Transactions of the store.")),
      duplicates(metrics.counter("signalbox_log_duplicates_total", "Emissions whose dedupe key was known.")),
      store_errors(metrics.counter("signalbox_log_store_errors_total", "Failed reads and transactions of the store.")),
      refused(metrics.counter("signalbox_log_refused_total", "Emissions for which the log's queue had no room.")),
      reads(metrics.counter("signalbox_log_disk_reads_total", "Replays that had to ask the disk.")),
      metrics_(metrics),
      commit_seconds_(
          metrics.make(MetricKind::counter, "signalbox_log_commit_seconds_total", "Time spent in transactions.")),
      events_(metrics.make_gauge("signalbox_log_events", "Events retained in memory.", {}, std::move(gauges.events))),
      bytes_(metrics.make_gauge("signalbox_log_bytes", "Bytes of events retained in memory.", {},
                                std::move(gauges.bytes))),
      waiting_(metrics.make_gauge("signalbox_log_waiting", "Events that wait for the store.", {},
                                  std::move(gauges.waiting))) {}

LogCounters::~LogCounters() {
  for (MetricId id : {events_, bytes_, waiting_}) metrics_.retire(id);
}

}  // namespace signalbox
