// The event log's metrics.  The gauges are read through functions that take the log's lock; they are retired with this.
#pragma once
#include <functional>

#include "core/base/metrics.hpp"

namespace signalbox {

class LogCounters {
 public:
  struct Gauges {
    std::function<double()> events, bytes, waiting;
  };
  LogCounters(Metrics &metrics, Gauges gauges);
  ~LogCounters();
  LogCounters(const LogCounters &) = delete;
  LogCounters &operator=(const LogCounters &) = delete;

  Counter durable, commits, duplicates, store_errors, refused, reads;
  void commit_took(int64_t ns) { metrics_.add(commit_seconds_, static_cast<double>(ns) / 1e9); }

 private:
  Metrics &metrics_;
  MetricId commit_seconds_, events_, bytes_, waiting_;
};

}  // namespace signalbox
