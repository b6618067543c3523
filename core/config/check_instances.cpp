// The plugins that a file names and what it says to them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/config/codes.hpp"
#include "core/config/draft.hpp"
#include "core/config/text.hpp"
#include "core/config/validate.hpp"

namespace signalbox::config {
namespace {

void unknown_plugin(Draft &draft, Kind kind, const std::string &pointer, const std::string &plugin) {
  std::vector<std::string> installed = draft.catalog.names(kind);
  for (Kind other : kKinds) {
    if (other == kind || !draft.catalog.schema(other, plugin)) continue;
    draft.complain(codes::kUnknownPlugin, pointer, "the plugin ",
                   std::string(" is a ") + kind_word(other) + ", not a " + kind_word(kind) + "; move this into \"" +
                       section(other) + '"');
    return;
  }
  std::string list = installed.empty() ? "; none is installed" : "; installed: ";
  for (size_t i = 0; i < installed.size(); ++i) list += (i > 0 ? ", " : "") + installed[i];
  draft.complain(codes::kUnknownPlugin, pointer, std::string("there is no ") + kind_word(kind) + " plugin ", list,
                 installed);
}

class Instances {
 public:
  explicit Instances(Draft &draft) : draft_(draft) {
    for (const Listener &l : draft.model.listeners) listeners_.push_back(l.name);
  }

  void check(Kind kind, Instance &instance);

 private:
  // The plugin's compiled schema; null = it has none that can be used.
  const Schema *schema(Kind kind, const Instance &instance, const std::string &pointer);

  Draft &draft_;
  std::vector<std::string> listeners_;
  std::map<std::pair<Kind, std::string>, std::optional<Schema>> schemas_;
};

const Schema *Instances::schema(Kind kind, const Instance &instance, const std::string &pointer) {
  auto [known, fresh] = schemas_.try_emplace({kind, instance.plugin});
  if (!fresh) return known->second ? &*known->second : nullptr;
  std::optional<std::string> json = draft_.catalog.schema(kind, instance.plugin);
  if (!json) {
    schemas_.erase(known);  // said of each instance: each of them has to be changed
    unknown_plugin(draft_, kind, pointer + "/plugin", instance.plugin);
    return nullptr;
  }
  Result<Schema> compiled = compile(*json);
  if (!compiled.ok()) {
    draft_.complain(codes::kBadSchema, pointer + "/plugin", "the plugin ",
                    " is broken: its schema cannot be used (" + compiled.message() +
                        "); tell its author, or install another version");
    return nullptr;
  }
  known->second = compiled.take();
  return &*known->second;
}

void Instances::check(Kind kind, Instance &instance) {
  std::string pointer = std::string("/") + section(kind) + pointer_step(instance.name);
  if (instance.plugin.empty()) return;
  const Schema *wanted = schema(kind, instance, pointer);
  if (!wanted) return;
  Node nothing;
  nothing.kind = Node::Kind::map;
  const Node *part = &draft_.at(pointer);
  const Node *with = part->find("with");
  Position at = instance.position;
  for (const Entry &entry : part->entries) {
    if (entry.key == "with") at = entry.at;
  }
  std::string subject = "the \"with\" of " + std::string(kind_word(kind)) + " \"" + printable(instance.name, 64) + '"';
  Checked checked = validate(*wanted, with && with->kind != Node::Kind::null ? *with : nothing, subject, at,
                             {draft_.model.file, &listeners_}, draft_.diagnostics);
  instance.with_json = std::move(checked.json);
  instance.positions = std::move(checked.positions);
  draft_.used_listeners.merge(checked.listeners);
}

// Two instances that want the same path of the same listener.  By convention both options are called so.
void check_mounts(Draft &draft) {
  std::map<std::pair<std::string, std::string>, std::string> mounts;
  for (const Listener &l : draft.model.listeners) {
    for (const auto &[path, file] : l.files) mounts[{l.name, path}] = "\"files\"";
  }
  for (Kind kind : kKinds) {
    for (const Instance &instance : draft.instances(kind)) {
      auto with = nlohmann::json::parse(instance.with_json, nullptr, false);
      bool mounted = with.is_object() && with.contains("listener") && with.contains("path") &&
                     with["listener"].is_string() && with["path"].is_string();
      if (!mounted) continue;
      std::string owner = std::string(kind_word(kind)) + " \"" + instance.name + '"';
      auto [known, fresh] = mounts.try_emplace({with["listener"], with["path"]}, owner);
      if (fresh) continue;
      draft.diagnostics.error(
          codes::kSameMount, locate(instance, "/path"),
          owner + " wants the same path of the same listener as " + known->second + "; give one of them another path");
    }
  }
}

}  // namespace

void check_instances(Draft &draft) {
  Instances instances(draft);
  for (Kind kind : kKinds) {
    for (Instance &instance : draft.instances(kind)) instances.check(kind, instance);
  }
  check_mounts(draft);
}

}  // namespace signalbox::config
