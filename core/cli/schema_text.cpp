#include "core/cli/schema_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/limits.hpp"

namespace signalbox {
namespace {

using Json = nlohmann::ordered_json;  // the schema's author chose the order

// Member `key` if it is there and of a kind, else an empty value of that kind.
const Json &member(const Json &schema, const char *key, Json::value_t kind) {
  static const Json object = Json::object(), array = Json::array(), string = "", nothing;
  if (schema.is_object()) {
    auto found = schema.find(key);
    if (found != schema.end() && found->type() == kind) return *found;
  }
  switch (kind) {
    case Json::value_t::object:
      return object;
    case Json::value_t::array:
      return array;
    case Json::value_t::string:
      return string;
    default:
      return nothing;
  }
}
const Json &object_of(const Json &schema, const char *key) { return member(schema, key, Json::value_t::object); }
const Json &array_of(const Json &schema, const char *key) { return member(schema, key, Json::value_t::array); }
std::string string_of(const Json &schema, const char *key) {
  return member(schema, key, Json::value_t::string).get<std::string>();
}
bool flag_of(const Json &schema, const char *key) {
  const Json &value = member(schema, key, Json::value_t::boolean);
  return value.is_boolean() && value.get<bool>();
}

std::string show(const Json &value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string word(const Json &value) { return value.is_string() ? value.get<std::string>() : show(value); }

void append_choice(std::string &all, const std::string &one) {
  if (all == one || all.ends_with(" | " + one)) return;  // two forms of one type
  all += (all.empty() ? "" : " | ") + one;
}

std::string type_text(const Json &schema, int depth) {
  if (depth > limits::kConfigDepthMax) return "anything";
  std::string text;
  for (const Json &choice : array_of(schema, "enum")) append_choice(text, word(choice));
  if (!text.empty()) return text;
  if (schema.is_object() && schema.contains("const")) return word(schema["const"]);
  for (const char *key : {"oneOf", "anyOf"}) {
    for (const Json &choice : array_of(schema, key)) append_choice(text, type_text(choice, depth + 1));
  }
  if (!text.empty()) return text;
  for (const Json &choice : array_of(schema, "type")) append_choice(text, word(choice));
  if (!text.empty()) return text;
  const std::string type = string_of(schema, "type");
  std::string format = string_of(schema, "format");
  if (!format.empty()) return format;
  if (type == "array" && schema.contains("items")) return "list of " + type_text(schema["items"], depth + 1);
  if (type == "array") return "list";
  return type.empty() ? "anything" : type;
}

std::vector<std::string> notes_of(const Json &schema) {
  struct Bound {
    const char *key, *before, *after;
  };
  std::vector<std::string> notes;
  for (auto [key, before, after] : {Bound{"minimum", "at least ", ""},
                                    {"maximum", "at most ", ""},
                                    {"minItems", "at least ", " of them"},
                                    {"maxItems", "at most ", " of them"},
                                    {"minLength", "at least ", " characters"},
                                    {"maxLength", "at most ", " characters"},
                                    {"pattern", "matches ", ""}}) {
    auto found = schema.find(key);
    if (found != schema.end()) notes.push_back(before + word(*found) + after);
  }
  if (flag_of(schema, "x-secret")) notes.emplace_back("secret");
  if (flag_of(schema, "deprecated")) notes.emplace_back("deprecated");
  return notes;
}

bool requires_member(const Json &schema, const std::string &name) {
  const Json &required = array_of(schema, "required");
  return std::find(required.begin(), required.end(), name) != required.end();
}

void add_members(const Json &schema, const std::string &path, int depth, std::vector<SchemaOption> &options);

// What lies below an option: an object's members, a list's entries, the forms it may have.
void add_below(const Json &schema, const std::string &path, int depth, std::vector<SchemaOption> &options) {
  if (!schema.is_object() || depth > limits::kConfigDepthMax) return;
  add_members(schema, path.empty() ? "" : path + ".", depth, options);
  if (schema.contains("items")) add_below(schema["items"], path + "[]", depth + 1, options);
  for (const char *key : {"oneOf", "anyOf"}) {
    for (const Json &form : array_of(schema, key)) add_below(form, path, depth + 1, options);
  }
}

void add_members(const Json &schema, const std::string &path, int depth, std::vector<SchemaOption> &options) {
  auto add = [&](const std::string &name, const Json &option, bool required) {
    SchemaOption entry{path + name, type_text(option, depth), "", string_of(option, "description"), {}, required};
    if (option.is_object() && option.contains("default")) entry.default_value = show(option["default"]);
    if (option.is_object()) entry.notes = notes_of(option);
    const std::string below = entry.name;
    options.push_back(std::move(entry));
    add_below(option, below, depth + 1, options);
  };
  for (const auto &[name, option] : object_of(schema, "properties").items()) {
    add(name, option, requires_member(schema, name));
  }
  const Json &others = object_of(schema, "additionalProperties");
  if (!others.empty()) add("*", others, false);
}

}  // namespace

std::vector<SchemaOption> schema_options(std::string_view schema_json) {
  std::vector<SchemaOption> options;
  const Json schema = Json::parse(schema_json, nullptr, false);
  add_below(schema, "", 0, options);
  return options;
}

}  // namespace signalbox
