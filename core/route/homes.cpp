#include "core/route/homes.hpp"

#include <functional>

namespace signalbox {

std::map<std::string, unsigned> assign_homes(const config::Model &model, unsigned lanes) {
  // Union-find over names: a parent that is itself is a root.
  std::map<std::string, std::string> parent;
  for (const auto *list : {&model.sources, &model.filters})
    for (const config::Instance &i : *list) parent[i.name] = i.name;
  const std::function<std::string(const std::string &)> root = [&](const std::string &name) {
    std::string at = name;
    while (parent[at] != at) at = parent[at];
    return at;
  };
  for (const config::Pipeline &pipeline : model.pipelines) {
    const std::string first = root(pipeline.from.front());
    for (const std::string &name : pipeline.from) parent[root(name)] = first;
    for (const std::string &name : pipeline.through) parent[root(name)] = first;
  }
  std::map<std::string, unsigned> lane_of_root, homes;
  unsigned next = 0;
  for (const auto *list : {&model.sources, &model.filters})
    for (const config::Instance &i : *list) {
      auto [it, fresh] = lane_of_root.emplace(root(i.name), next % lanes);
      if (fresh) ++next;
      homes[i.name] = it->second;
    }
  return homes;
}

}  // namespace signalbox
