#include <doctest/doctest.h>

#include "core/route/homes.hpp"

namespace signalbox {
namespace {

config::Model model(std::vector<std::string> sources, std::vector<std::string> filters,
                    std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> pipelines) {
  config::Model m;
  auto instance = [](const std::string &name) {
    config::Instance i;
    i.name = name;
    return i;
  };
  for (const std::string &name : sources) m.sources.push_back(instance(name));
  for (const std::string &name : filters) m.filters.push_back(instance(name));
  for (auto &[from, through] : pipelines) {
    config::Pipeline p;
    p.from = from;
    p.through = through;
    m.pipelines.push_back(p);
  }
  return m;
}

}  // namespace

TEST_CASE("what pipelines join lives on one lane, what nothing joins is spread") {
  auto homes = assign_homes(model({"a", "b", "c"}, {"f", "g"}, {{{"a"}, {"f"}}, {{"b"}, {"g"}}, {{"c"}, {}}}), 4);
  CHECK(homes["a"] == homes["f"]);
  CHECK(homes["b"] == homes["g"]);
  CHECK(homes["a"] != homes["b"]);
  CHECK(homes["c"] != homes["a"]);
  CHECK(homes["c"] != homes["b"]);
}

TEST_CASE("a filter that two pipelines share brings both to one lane") {
  auto homes = assign_homes(model({"a", "b"}, {"f"}, {{{"a"}, {"f"}}, {{"b"}, {"f"}}}), 8);
  CHECK(homes["a"] == homes["f"]);
  CHECK(homes["b"] == homes["f"]);
}

TEST_CASE("more groups than lanes go round") {
  auto homes = assign_homes(model({"a", "b", "c"}, {}, {{{"a"}, {}}, {{"b"}, {}}, {{"c"}, {}}}), 2);
  CHECK(homes["a"] == 0);
  CHECK(homes["b"] == 1);
  CHECK(homes["c"] == 0);
}

}  // namespace signalbox
