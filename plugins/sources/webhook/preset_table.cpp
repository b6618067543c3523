// The built-in presets, and entries that build upon them.
#include <nlohmann/json.hpp>

#include "plugins/sources/webhook/preset_fields_impl.hpp"
#include "plugins/sources/webhook/preset_reader.hpp"

namespace webhook {
namespace {

using Json = nlohmann::json;

constexpr const char kTable[] =
#include "presets.json.inc"
    ;

const Json &table() {
  static const Json parsed = Json::parse(kTable);
  return parsed;
}

// Lays an entry over the one it extends.  Nothing, after a complaint.
std::optional<Json> extended(Json entry, const std::string &where, const Complain &complain) {
  const auto extends = entry.find("extends");
  if (extends == entry.end()) return entry;
  const auto base = extends->is_string() ? table().find(extends->get<std::string>()) : table().end();
  if (base == table().end()) {
    complain(where + "/extends", "there is no such preset to build upon");
    return std::nullopt;
  }
  entry.erase("extends");
  auto whole = extended(*base, where, complain);
  if (whole)
    for (auto &[name, value] : entry.items()) (*whole)[name] = std::move(value);
  return whole;
}

}  // namespace

std::optional<Preset> read_preset(std::string_view json, const std::string &where, const Complain &complain) {
  Json entry = Json::parse(json);
  std::string name = "custom";
  if (entry.is_string()) {
    name = entry.get<std::string>();
    if (!table().contains(name)) {
      complain(where, "there is no preset of this name");
      return std::nullopt;
    }
    entry = table().at(name);
  }
  if (!entry.is_object()) {
    complain(where, "a preset is a name or a map");
    return std::nullopt;
  }
  const auto whole = extended(std::move(entry), where, complain);
  if (!whole) return std::nullopt;
  auto preset = parse_preset(*whole, where, complain);
  if (preset && preset->name.empty()) preset->name = name;
  return preset;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto &[name, entry] : table().items()) names.push_back(name);
  return names;
}

}  // namespace webhook
