#include "core/plugin/module_check.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/limits.hpp"

namespace signalbox {
namespace {

Status unfit(std::string why) { return Status::error(std::move(why)); }

bool is_type_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kPluginTypeMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_json_object(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '{' && nlohmann::json::accept(text);
}

// How a message names plugin `i` of the module, as far as it can be named.
std::string label(const sbx_plugin &plugin) { return std::string(kind_name(plugin.kind)) + " '" + plugin.type + "'"; }

Status check_plugin(const sbx_plugin *plugin, size_t index) {
  const std::string number = "its plugin number " + std::to_string(index + 1);
  if (!plugin) return unfit(number + " is missing from its list");
  if (!SBX_HAS(plugin, destroy)) return unfit(number + " has a table that is too small");
  if (kind_name(plugin->kind).empty()) {
    return unfit(number + " is neither source, filter nor sink (kind " + std::to_string(plugin->kind) + ")");
  }
  if (!plugin->type) return unfit(number + " has no type name");
  if (!is_type_name(plugin->type)) {
    return unfit(number + " has the type name '" + std::string(plugin->type).substr(0, limits::kPluginTypeMax) +
                 "'; only lower-case letters, digits and '_' may be in it, 64 at most");
  }
  const std::string name = "its " + label(*plugin);
  if (!plugin->schema_json) return unfit(name + " has no schema");
  if (!is_json_object(plugin->schema_json)) return unfit(name + " has a schema that is not a JSON object");
  if (!plugin->create) return unfit(name + " has no create function");
  if (!plugin->destroy) return unfit(name + " has no destroy function");
  return {};
}

}  // namespace

std::string_view kind_name(uint32_t kind) {
  switch (kind) {
    case SBX_SOURCE:
      return "source";
    case SBX_FILTER:
      return "filter";
    case SBX_SINK:
      return "sink";
    default:
      return {};
  }
}

Status check_module(const sbx_module *module) {
  if (!module) {
    return unfit("its entry refused plugin ABI 1." + std::to_string(SBX_ABI_MINOR) + "; it may need a newer signalbox");
  }
  if (module->magic != SBX_MAGIC) return unfit("its entry returned something that is not a signalbox module");
  if (!SBX_HAS(module, plugin_count)) return unfit("its entry returned a module that is too small");
  if (!module->plugins || module->plugin_count == 0) return unfit("there is no plugin in it");
  if (module->plugin_count > limits::kModulePluginsMax) {
    return unfit("it claims to hold " + std::to_string(module->plugin_count) + " plugins");
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < module->plugin_count; ++i) {
    if (Status status = check_plugin(module->plugins[i], i); !status.ok()) return status;
    std::string name = label(*module->plugins[i]);
    if (!seen.insert(name).second) return unfit("it holds the " + name + " twice");
  }
  return {};
}

Status check_sanitizers(uint32_t plugin_flags, uint32_t own_flags) {
  struct Sanitizer {
    uint32_t flag;
    const char *name;
  };
  for (auto [flag, name] : {Sanitizer{SBX_BUILD_ASAN, "AddressSanitizer"}, {SBX_BUILD_TSAN, "ThreadSanitizer"}}) {
    const bool plugin_has = plugin_flags & flag;
    const bool own_has = own_flags & flag;
    if (plugin_has == own_has) continue;
    return unfit(std::string("it is built ") + (plugin_has ? "with " : "without ") + name + ", this signalbox " +
                 (own_has ? "with" : "without") + " it; build both alike");
  }
  return {};
}

}  // namespace signalbox
