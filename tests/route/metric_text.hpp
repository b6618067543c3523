// One value out of the text that /metrics answers.
#pragma once
#include <string>

#include "core/base/metrics.hpp"

namespace signalbox {

// Of the line that begins with `name_and_labels`; "none" if there is none.
inline std::string metric_text(const Metrics &metrics, const std::string &name_and_labels) {
  std::string all;
  metrics.render(all);
  const size_t at = all.find(name_and_labels + " ");
  if (at == all.npos) return "none";
  const size_t value = at + name_and_labels.size() + 1;
  return all.substr(value, all.find('\n', at) - value);
}

}  // namespace signalbox
