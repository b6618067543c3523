// How the parts are joined: names, pipelines, tests, and what nobody uses.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/draft.hpp"
#include "core/config/suggest.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

constexpr size_t kNameMax = 64;

bool good_name(std::string_view name) {
  auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kNameMax && std::all_of(name.begin(), name.end(), fine);
}

std::string quoted(std::string_view name) { return '"' + printable(name, kNameMax) + '"'; }

class Wiring {
 public:
  explicit Wiring(Draft &draft) : draft_(draft) {
    for (Kind kind : kKinds) {
      for (const Instance &instance : draft.instances(kind)) {
        names_[kind].push_back(instance.name);
        kinds_.try_emplace(instance.name, kind);
      }
    }
  }

  void names();
  void pipelines();
  void tests();
  void not_available();

 private:
  void name(const std::string &name, Position at);
  void references(const Pipeline &pipeline, const char *list, Kind kind, const std::vector<std::string> &parts);
  void unknown_part(const std::string &pointer, const char *list, Kind kind, const std::string &name);

  Draft &draft_;
  std::map<Kind, std::vector<std::string>> names_;
  std::map<std::string, Kind> kinds_;
};

void Wiring::name(const std::string &name, Position at) {
  if (good_name(name)) return;
  draft_.diagnostics.error(codes::kBadName, at,
                           "the name " + quoted(name) + " is not allowed; use 1 to 64 of a-z, 0-9, _ and -");
}

void Wiring::names() {
  for (const Listener &l : draft_.model.listeners) name(l.name, l.position);
  for (const Pipeline &p : draft_.model.pipelines) name(p.name, p.position);
  for (Kind kind : kKinds) {
    for (const Instance &instance : draft_.instances(kind)) {
      name(instance.name, instance.position);
      Kind first = kinds_.at(instance.name);
      if (first == kind) continue;
      draft_.diagnostics.error(codes::kDuplicateName, instance.position,
                               std::string("the ") + kind_word(kind) + ' ' + quoted(instance.name) +
                                   " has the name of a " + kind_word(first) +
                                   "; a name is used once among sources, filters and sinks");
    }
  }
}

void Wiring::unknown_part(const std::string &pointer, const char *list, Kind kind, const std::string &name) {
  auto other = kinds_.find(name);
  if (other != kinds_.end()) {
    const char *right = other->second == Kind::source ? "from" : other->second == Kind::filter ? "through" : "to";
    draft_.complain(codes::kUnknownPart, pointer, "",
                    std::string(" is a ") + kind_word(other->second) + "; it belongs into \"" + right +
                        "\", not into \"" + list + '"');
    return;
  }
  const std::vector<std::string> &known = names_[kind];
  std::string hint;
  if (known.empty())
    hint = std::string("; none is defined under \"") + section(kind) + '"';
  else if (nearest(name, known).empty())
    hint = "; defined: " + listed(known.data(), known.data() + known.size());
  draft_.complain(codes::kUnknownPart, pointer, std::string("there is no ") + kind_word(kind) + ' ', hint, known);
}

void Wiring::references(const Pipeline &pipeline, const char *list, Kind kind, const std::vector<std::string> &parts) {
  std::string pointer = "/pipelines" + pointer_step(pipeline.name) + '/' + list + '/';
  std::set<std::string> seen;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string &part = parts[i];
    std::string here = pointer + std::to_string(i);
    if (draft_.at(here).broken || draft_.at(here).kind != Node::Kind::scalar) continue;
    if (!seen.insert(part).second) {
      draft_.complain(codes::kRepeated, here, "", std::string(" is twice in this \"") + list + "\"; remove one");
      continue;
    }
    auto known = kinds_.find(part);
    if (known == kinds_.end() || known->second != kind) unknown_part(here, list, kind, part);
  }
}

void Wiring::pipelines() {
  for (const Pipeline &p : draft_.model.pipelines) {
    references(p, "from", Kind::source, p.from);
    references(p, "through", Kind::filter, p.through);
    references(p, "to", Kind::sink, p.to);
  }
}

void Wiring::tests() {
  std::vector<std::string> names;
  for (const Pipeline &p : draft_.model.pipelines) names.push_back(p.name);
  for (size_t i = 0; i < draft_.model.tests.size(); ++i) {
    const Test &test = draft_.model.tests[i];
    std::string pointer = "/tests/" + std::to_string(i);
    if (test.pipeline.empty()) continue;
    auto p = std::find_if(draft_.model.pipelines.begin(), draft_.model.pipelines.end(),
                          [&](const Pipeline &x) { return x.name == test.pipeline; });
    if (p == draft_.model.pipelines.end()) {
      draft_.complain(codes::kUnknownPart, pointer + "/pipeline", "there is no pipeline ", "", names);
    } else if (!test.dropped_by.empty() &&
               std::find(p->through.begin(), p->through.end(), test.dropped_by) == p->through.end()) {
      draft_.complain(codes::kUnknownPart, pointer + "/expect/dropped_by",
                      "the pipeline " + quoted(p->name) + " does not go through a filter ", "", p->through);
    }
  }
}

// The word is known, but what it asks for is not there yet.
void Wiring::not_available() {
  for (const Pipeline &p : draft_.model.pipelines) {
    const Node &node = draft_.at("/pipelines" + pointer_step(p.name) + "/on_error");
    if (node.text != "dead_letter") continue;
    draft_.diagnostics.error(codes::kNotAvailable, node.at,
                             "\"on_error: dead_letter\" is not available in this version: it comes with the providers' "
                             "callbacks; use drop or "
                             "pass");
  }
}

}  // namespace

void check_wiring(Draft &draft) {
  Wiring wiring(draft);
  wiring.names();
  wiring.pipelines();
  wiring.tests();
  wiring.not_available();
}

void warn_of_unused(Draft &draft) {
  std::set<std::string> used;
  for (const Pipeline &p : draft.model.pipelines) {
    for (const auto *list : {&p.from, &p.through, &p.to}) used.insert(list->begin(), list->end());
  }
  for (Kind kind : kKinds) {
    for (const Instance &instance : draft.instances(kind)) {
      if (used.contains(instance.name)) continue;
      draft.diagnostics.warning(
          codes::kUnused, instance.position,
          std::string("the ") + kind_word(kind) + ' ' + quoted(instance.name) + " is in no pipeline");
    }
  }
  for (const Listener &l : draft.model.listeners) {
    if (draft.used_listeners.contains(l.name) ||
        !draft.at("/listeners" + pointer_step(l.name) + "/files").entries.empty())
      continue;
    draft.diagnostics.warning(codes::kUnused, l.position,
                              "the listener " + quoted(l.name) + " is used by no source and no sink");
  }
}

}  // namespace signalbox::config
