#include "plugins/sources/webhook/preset_fields_impl.hpp"

#include <nlohmann/json.hpp>

namespace webhook {

using Json = nlohmann::json;

PresetFields::PresetFields(const Json &object, std::string where, const Complain &complain, bool &fine)
    : object_(object), where_(std::move(where)), complain_(complain), fine_(fine) {}

std::string pointer_step(std::string_view name) {
  std::string step;
  for (const char c : name) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

std::string PresetFields::at(const std::string &field) const { return where_ + "/" + pointer_step(field); }

void PresetFields::problem(const std::string &field, const std::string &what) {
  complain_(at(field), what);
  fine_ = false;
}

const Json *PresetFields::find(const char *name) {
  asked_.insert(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

std::optional<std::string> PresetFields::text(const char *name) {
  const Json *value = find(name);
  if (!value) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  problem(name, "this must be a text");
  return std::nullopt;
}

std::vector<std::string> PresetFields::texts(const char *name) {
  const Json *value = find(name);
  std::vector<std::string> all;
  if (!value) return all;
  for (const Json &item : value->is_array() ? *value : Json::array({*value})) {
    if (item.is_string())
      all.push_back(item);
    else
      problem(name, "this must be a text or a list of texts");
  }
  return all;
}

std::optional<bool> PresetFields::flag(const char *name) {
  const Json *value = find(name);
  if (!value) return std::nullopt;
  // The host hands on what its schema does not describe as it stands in the file: as text.
  if (value->is_boolean()) return value->get<bool>();
  if (*value == "true" || *value == "false") return *value == "true";
  problem(name, "this must be true or false");
  return std::nullopt;
}

std::optional<int64_t> PresetFields::number(const char *name, int64_t min, int64_t max) {
  const Json *value = find(name);
  if (!value) return std::nullopt;
  Json number = *value;
  if (number.is_string()) number = Json::parse(number.get<std::string>(), nullptr, false);
  if (number.is_number_integer() && number.get<int64_t>() >= min && number.get<int64_t>() <= max)
    return number.get<int64_t>();
  problem(name, "this must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<Source> PresetFields::source_of(const Json &value, const std::string &field) {
  auto source = value.is_string() ? read_source(value.get<std::string>()) : std::nullopt;
  if (!source)
    problem(field,
            "this is no source; there are body, url, header:NAME, query:NAME, form:NAME, xml:NAME, "
            "json:/POINTER, plain:/POINTER, plainxml:NAME, item:KEY and secret:NAME");
  return source;
}

std::optional<Source> PresetFields::source(const char *name) {
  const Json *value = find(name);
  return value ? source_of(*value, name) : std::nullopt;
}

Source PresetFields::needed_source(const char *name) {
  if (!find(name)) problem(name, "this is missing");
  return source(name).value_or(Source{});
}

std::vector<Source> PresetFields::sources(const char *name) {
  const Json *value = find(name);
  std::vector<Source> all;
  if (!value) return all;
  for (const Json &item : value->is_array() ? *value : Json::array({*value}))
    if (auto source = source_of(item, name)) all.push_back(*std::move(source));
  return all;
}

std::optional<PresetFields> PresetFields::inner(const char *name) {
  const Json *value = find(name);
  if (!value) return std::nullopt;
  if (value->is_object()) return PresetFields(*value, at(name), complain_, fine_);
  problem(name, "this must be a map");
  return std::nullopt;
}

void PresetFields::finish() {
  for (const auto &[name, value] : object_.items())
    if (!asked_.contains(name)) problem(name, "a preset has no such field");
}

}  // namespace webhook
