#include "core/base/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/text.hpp"

namespace signalbox {
namespace {

// [a-zA-Z_][a-zA-Z0-9_]*, and colons where `colon` says so.  "__" in front is Prometheus' own.
bool valid_word(std::string_view word, bool colon) {
  if (word.empty() || (word[0] >= '0' && word[0] <= '9') || word.substr(0, 2) == "__") return false;
  return std::all_of(word.begin(), word.end(), [colon](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || (colon && c == ':');
  });
}

void append_escaped(std::string &out, std::string_view text, bool quotes) {
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || (quotes && c == '"')) out += '\\';
    out += c;
  }
}

// {a="b",c="d"}, sorted by name; nothing when Prometheus would not take it.
std::optional<std::string> label_text(MetricLabels labels) {
  std::sort(labels.begin(), labels.end());
  std::string out;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto &[name, value] = labels[i];
    if (!valid_word(name, false) || (i > 0 && labels[i - 1].first == name)) return std::nullopt;
    if (value.size() > limits::kMetricLabelMax || !valid_utf8(value)) return std::nullopt;
    out += out.empty() ? '{' : ',';
    out += name + "=\"";
    append_escaped(out, value, true);
    out += '"';
  }
  if (!out.empty()) out += '}';
  return out;
}

}  // namespace

Metrics::Metrics(size_t series_max)
    : series_max_(series_max), blocks_((series_max + kCellsPerBlock - 1) / kCellsPerBlock) {
  refused_ = counter("signalbox_metrics_refused_total", "Series that were not made: bad words, or too many of them.");
}

MetricCell *Metrics::cell(MetricId id) const {
  if (id == 0 || id > series_.load(std::memory_order_acquire)) return nullptr;
  Block *block = blocks_[(id - 1) / kCellsPerBlock].load(std::memory_order_acquire);
  return &(*block)[(id - 1) % kCellsPerBlock];
}

MetricId Metrics::new_series(MetricKind kind) {
  const size_t index = series_.load(std::memory_order_relaxed);
  if (index >= series_max_) return 0;
  if (index % kCellsPerBlock == 0) {
    owned_.push_back(std::make_unique<Block>());
    blocks_[index / kCellsPerBlock].store(owned_.back().get(), std::memory_order_release);
  }
  (*owned_.back())[index % kCellsPerBlock].kind = kind;
  series_.store(index + 1, std::memory_order_release);
  return index + 1;
}

MetricId Metrics::find_or_make(MetricKind kind, std::string_view name, std::string_view help, std::string labels) {
  const auto family = families_.find(name);
  if (family != families_.end()) {
    if (family->second.kind != kind) return 0;
    const auto series = family->second.series.find(labels);
    if (series != family->second.series.end()) return series->second;
  }
  const MetricId id = new_series(kind);
  if (id == 0) return 0;
  auto &home = family != families_.end()
                   ? family->second
                   : families_.emplace(std::string(name), Family{kind, std::string(help), {}}).first->second;
  home.series.emplace(std::move(labels), id);
  return id;
}

MetricId Metrics::make(MetricKind kind, std::string_view name, std::string_view help, MetricLabels labels) {
  std::optional<std::string> text = label_text(std::move(labels));
  MetricId id = 0;
  if (text && valid_word(name, true) && valid_utf8(help)) {
    const std::lock_guard lock(mutex_);
    id = find_or_make(kind, name, help, std::move(*text));
  }
  if (id == 0) refused_.add();
  return id;
}

Counter Metrics::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return Counter(cell(make(MetricKind::counter, name, help, std::move(labels))));
}

MetricId Metrics::make_gauge(std::string_view name, std::string_view help, MetricLabels labels,
                             std::function<double()> read) {
  const MetricId id = make(MetricKind::gauge, name, help, std::move(labels));
  const std::lock_guard lock(mutex_);
  if (id != 0) reads_[id] = std::move(read);
  return id;
}

void Metrics::retire(MetricId id) {
  const std::lock_guard lock(mutex_);
  const auto read = reads_.find(id);
  if (read == reads_.end()) return;
  cell(id)->rest = read->second();
  reads_.erase(read);
}

void Metrics::add(MetricId id, double n) {
  MetricCell *at = cell(id);
  if (!at) return;
  const bool counter = at->kind == MetricKind::counter;
  if (counter && (!(n >= 0) || std::isinf(n))) return;
  constexpr double kWholeMax = 9007199254740992.0;  // 2^53
  if (counter && n == std::trunc(n) && n <= kWholeMax)
    at->whole.fetch_add(static_cast<uint64_t>(n), std::memory_order_relaxed);
  else
    at->rest.fetch_add(n, std::memory_order_relaxed);
}

void Metrics::set(MetricId id, double value) {
  MetricCell *at = cell(id);
  if (at && at->kind == MetricKind::gauge) at->rest.store(value, std::memory_order_relaxed);
}

double Metrics::value(MetricId id) const {
  const MetricCell *at = cell(id);
  return at ? at->value() : 0;
}

void Metrics::render(std::string &out) const {
  const std::lock_guard lock(mutex_);
  for (const auto &[name, family] : families_) {
    out += "# HELP " + name + ' ';
    append_escaped(out, family.help, false);
    out += "\n# TYPE " + name + (family.kind == MetricKind::counter ? " counter\n" : " gauge\n");
    for (const auto &[labels, id] : family.series) {
      const auto read = reads_.find(id);
      out += name + labels + ' ' + format_number(read != reads_.end() ? read->second() : cell(id)->value()) + '\n';
    }
  }
}

}  // namespace signalbox
