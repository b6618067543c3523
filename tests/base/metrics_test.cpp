#include "core/base/metrics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <thread>

using namespace signalbox;

namespace {

constexpr auto kCounter = MetricKind::counter;
constexpr auto kGauge = MetricKind::gauge;

// The rendered text without the registry's own series.
std::string shown(const Metrics &metrics) {
  std::string text;
  metrics.render(text);
  const size_t own = text.find("# HELP signalbox_metrics_refused_total");
  const size_t value = text.find("\nsignalbox_metrics_refused_total", own);
  return text.erase(own, text.find('\n', value + 1) + 1 - own);
}

bool has(const Metrics &metrics, std::string_view line) {
  return ("\n" + shown(metrics)).find("\n" + std::string(line) + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("metrics are rendered sorted, with help and type once a name") {
  Metrics metrics;
  const MetricId b = metrics.make(kCounter, "b_total", "Second.", {{"reason", "x"}});
  const MetricId c = metrics.make(kCounter, "b_total", "Second.", {{"reason", "a"}});
  const MetricId a = metrics.make(kGauge, "a", "First.");
  metrics.add(b, 2);
  metrics.add(c);
  metrics.set(a, 1.5);
  CHECK(shown(metrics) ==
        "# HELP a First.\n# TYPE a gauge\na 1.5\n"
        "# HELP b_total Second.\n# TYPE b_total counter\nb_total{reason=\"a\"} 1\nb_total{reason=\"x\"} 2\n");
}

TEST_CASE("the same words give the same series, whatever the order of labels") {
  Metrics metrics;
  const MetricId id = metrics.make(kCounter, "n_total", "Help.", {{"a", "1"}, {"b", "2"}});
  CHECK(id != 0);
  CHECK(metrics.make(kCounter, "n_total", "Help.", {{"b", "2"}, {"a", "1"}}) == id);
  CHECK(metrics.make(kCounter, "n_total", "Help.", {{"b", "2"}, {"a", "3"}}) != id);
  CHECK(metrics.make(kCounter, "n_total", "Help.") != id);
}

TEST_CASE("help and label values are escaped") {
  Metrics metrics;
  metrics.make(kCounter, "n_total", "A \\ and\na \"line\".", {{"l", "q\" b\\ n\n"}});
  CHECK(has(metrics, "# HELP n_total A \\\\ and\\na \"line\"."));
  CHECK(has(metrics, "n_total{l=\"q\\\" b\\\\ n\\n\"} 0"));
}

TEST_CASE("what Prometheus would not take is refused and counted") {
  Metrics metrics;
  CHECK(metrics.make(kCounter, "", "h") == 0);
  CHECK(metrics.make(kCounter, "1st", "h") == 0);
  CHECK(metrics.make(kCounter, "with-dash", "h") == 0);
  CHECK(metrics.make(kCounter, "__mine", "h") == 0);
  CHECK(metrics.make(kCounter, "n", "h", {{"a:b", "1"}}) == 0);
  CHECK(metrics.make(kCounter, "n", "h", {{"a", "1"}, {"a", "2"}}) == 0);
  CHECK(metrics.make(kCounter, "n", "h", {{"a", "\xff"}}) == 0);
  CHECK(metrics.make(kCounter, "n", "\xff") == 0);
  CHECK(metrics.make(kCounter, "n", "h", {{"a", std::string(limits::kMetricLabelMax + 1, 'x')}}) == 0);
  CHECK(metrics.make(kGauge, "kind", "h") != 0);
  CHECK(metrics.make(kCounter, "kind", "h", {{"a", "1"}}) == 0);
  CHECK(metrics.make(kCounter, "rule:ok_total", "h", {{"a", std::string(limits::kMetricLabelMax, 'x')}}) != 0);
  std::string text;
  metrics.render(text);
  CHECK(text.find("\nsignalbox_metrics_refused_total 10\n") != std::string::npos);
}

TEST_CASE("series end at the limit and what is there goes on") {
  Metrics metrics(300);  // the registry's own is one of them
  MetricId last = 0;
  for (int i = 0; i < 299; ++i) {
    last = metrics.make(kCounter, "n_total", "h", {{"i", std::to_string(i)}});
    REQUIRE(last != 0);
  }
  CHECK(metrics.make(kCounter, "n_total", "h", {{"i", "299"}}) == 0);
  CHECK(metrics.make(kCounter, "new_total", "h") == 0);
  CHECK(metrics.make(kCounter, "n_total", "h", {{"i", "298"}}) == last);
  metrics.add(last, 7);
  CHECK(has(metrics, "n_total{i=\"298\"} 7"));
  CHECK(shown(metrics).find("new_total") == std::string::npos);
}

TEST_CASE("counters only grow and gauges move") {
  Metrics metrics;
  const MetricId counter = metrics.make(kCounter, "c_total", "h");
  const MetricId gauge = metrics.make(kGauge, "g", "h");
  metrics.add(counter, 0.5);
  metrics.add(counter, 3);
  metrics.add(counter, -1);
  metrics.add(counter, NAN);
  metrics.add(counter, INFINITY);
  metrics.set(counter, 99);
  CHECK(metrics.value(counter) == 3.5);
  metrics.set(gauge, 4);
  metrics.add(gauge, -6);
  CHECK(metrics.value(gauge) == -2);
}

TEST_CASE("ids that are none do nothing") {
  Metrics metrics;
  for (MetricId id : {MetricId{0}, MetricId{99}, ~MetricId{0}}) {
    metrics.add(id);
    metrics.set(id, 1);
    CHECK(metrics.value(id) == 0);
  }
  Counter nowhere;
  nowhere.add();
}

TEST_CASE("a gauge that is read keeps its last value when it is retired") {
  Metrics metrics;
  int depth = 3;
  const MetricId id = metrics.make_gauge("depth", "h", {{"lane", "0"}}, [&] { return depth; });
  CHECK(has(metrics, "depth{lane=\"0\"} 3"));
  depth = 5;
  CHECK(has(metrics, "depth{lane=\"0\"} 5"));
  metrics.retire(id);
  depth = 8;
  CHECK(has(metrics, "depth{lane=\"0\"} 5"));
  CHECK(metrics.make_gauge("depth", "h", {{"lane", "0"}}, [&] { return depth * 10; }) == id);
  CHECK(has(metrics, "depth{lane=\"0\"} 80"));
}

TEST_CASE("threads count without losing anything while others make and render") {
  Metrics metrics;
  const MetricId id = metrics.make(kCounter, "n_total", "h");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      Counter counter = metrics.counter("n_total", "h");
      std::string text;
      for (int i = 0; i < 2000; ++i) {
        counter.add();
        metrics.add(id, 0.5);
        if (i % 20 == 0)
          metrics.add(metrics.make(kCounter, "m_total", "h", {{"i", std::to_string(i)}, {"t", std::to_string(t)}}));
        if (i % 500 == 0) metrics.render(text);
      }
    });
  for (std::thread &thread : threads) thread.join();
  CHECK(metrics.value(id) == 4 * 2000 * 1.5);
  CHECK(has(metrics, "m_total{i=\"1980\",t=\"3\"} 1"));
}
