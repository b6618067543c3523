// Metrics: the program's counters and gauges, shown in Prometheus' text format 0.0.4.  One registry for the process,
// owned by whoever assembles it.  make() takes a lock; add() and set() are one atomic operation on any thread.  A
// series stays for ever: a counter that goes back to nothing when an instance is replaced would look like a restart.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"

namespace signalbox {

enum class MetricKind : uint8_t { counter, gauge };
using MetricLabels = std::vector<std::pair<std::string, std::string>>;
using MetricId = uint64_t;  // 0 = none: add() and set() do nothing

// A value on a cache line of its own.  Whole steps and the rest are kept apart, so that counting is a plain fetch_add.
struct alignas(64) MetricCell {
  MetricKind kind = MetricKind::counter;  // written before anybody has the id
  std::atomic<uint64_t> whole = 0;
  std::atomic<double> rest = 0;
  double value() const { return static_cast<double>(whole.load(std::memory_order_relaxed)) + rest.load(); }
};

// A handle for hot paths; valid as long as the registry.  Counts nowhere when made of nothing.
class Counter {
 public:
  Counter() = default;
  explicit Counter(MetricCell *cell) : cell_(cell) {}
  void add(uint64_t n = 1) {
    if (cell_) cell_->whole.fetch_add(n, std::memory_order_relaxed);
  }

 private:
  MetricCell *cell_ = nullptr;
};

class Metrics {
 public:
  explicit Metrics(size_t series_max = limits::kMetricSeriesMax);
  Metrics(const Metrics &) = delete;
  Metrics &operator=(const Metrics &) = delete;

  // The same words give the same id.  0 when refused: a name or label that Prometheus does not allow, a name that
  // already is of the other kind, or too many series; refusals are counted in signalbox_metrics_refused_total.
  MetricId make(MetricKind kind, std::string_view name, std::string_view help, MetricLabels labels = {});
  Counter counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  // `read` is called while rendering, on that thread; it must not call the registry.  Made again, the new one counts.
  MetricId make_gauge(std::string_view name, std::string_view help, MetricLabels labels, std::function<double()> read);
  // Before what `read` looks at dies: the gauge keeps its last value.
  void retire(MetricId id);

  // Ids that are none are ignored; so are negative or infinite steps of a counter and set() on one.
  void add(MetricId id, double n = 1);
  void set(MetricId id, double value);
  double value(MetricId id) const;

  // Appends every series, sorted by name and labels.
  void render(std::string &out) const;

 private:
  static constexpr size_t kCellsPerBlock = 256;
  using Block = std::array<MetricCell, kCellsPerBlock>;
  struct Family {
    MetricKind kind;
    std::string help;
    std::map<std::string, MetricId> series;  // by their labels' text
  };

  MetricCell *cell(MetricId id) const;
  // REQUIRES: mutex_ is held
  MetricId find_or_make(MetricKind kind, std::string_view name, std::string_view help, std::string labels);
  MetricId new_series(MetricKind kind);

  const size_t series_max_;
  mutable std::mutex mutex_;  // guards what follows, but not the cells
  std::map<std::string, Family, std::less<>> families_;
  std::map<MetricId, std::function<double()>> reads_;
  std::vector<std::unique_ptr<Block>> owned_;
  // Blocks appear one by one and stay, and a count is raised after its cell is there: readers need no lock.
  std::vector<std::atomic<Block *>> blocks_;
  std::atomic<size_t> series_ = 0;
  Counter refused_;
};

}  // namespace signalbox
