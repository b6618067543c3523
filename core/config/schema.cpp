#include "core/config/schema.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/text.hpp"
#include "core/config/validate.hpp"

namespace signalbox::config {
namespace {

using Json = nlohmann::ordered_json;

struct Word {
  const char *text;
  unsigned value;
};
constexpr unsigned bit(Type t) { return static_cast<unsigned>(t); }
constexpr Word kTypes[] = {{"null", bit(Type::null)},       {"boolean", bit(Type::boolean)},
                           {"integer", bit(Type::integer)}, {"number", bit(Type::number) | bit(Type::integer)},
                           {"string", bit(Type::string)},   {"array", bit(Type::array)},
                           {"object", bit(Type::object)}};
constexpr Word kFormats[] = {{"duration", static_cast<unsigned>(Format::duration)},
                             {"size", static_cast<unsigned>(Format::size)},
                             {"url", static_cast<unsigned>(Format::url)},
                             {"listener", static_cast<unsigned>(Format::listener)},
                             {"channel_pattern", static_cast<unsigned>(Format::channel_pattern)},
                             {"json_pointer", static_cast<unsigned>(Format::json_pointer)},
                             {"path", static_cast<unsigned>(Format::path)},
                             {"file", static_cast<unsigned>(Format::file)}};

// A quantified group that has a quantifier inside, as (a+)+: the matcher may need for ever on a short text.
bool nested_quantifier(std::string_view pattern) {
  auto quantifier = [&](size_t i) {
    return i < pattern.size() && std::string_view("*+{").find(pattern[i]) != std::string_view::npos;
  };
  std::vector<bool> groups{false};
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      groups.push_back(false);
    } else if (c == ')' && groups.size() > 1) {
      bool inner = groups.back();
      groups.pop_back();
      if (inner && quantifier(i + 1)) return true;
      if (inner) groups.back() = true;
    } else if (quantifier(i)) {
      groups.back() = true;
    }
  }
  return false;
}

Node from_json(const Json &json) {
  Node node;
  if (json.is_array()) {
    node.kind = Node::Kind::sequence;
    for (const Json &item : json) node.items.push_back(from_json(item));
  } else if (json.is_object()) {
    node.kind = Node::Kind::map;
    for (const auto &[key, value] : json.items()) node.entries.push_back({key, {}, from_json(value)});
  } else if (!json.is_null()) {
    node.kind = Node::Kind::scalar;
    node.quoted = json.is_string();
    node.text = json.is_string() ? json.get<std::string>() : json.dump();
  }
  return node;
}

class Compiler {
 public:
  // Fills `out`; false = fault_ says why not.
  bool schema(const Json &json, const std::string &where, int depth, Schema &out);
  const std::string &fault() const { return fault_; }

 private:
  bool refuse(const std::string &where, const std::string &what) {
    fault_ = what + " at " + (where.empty() ? "its root" : where);
    return false;
  }
  bool keyword(const std::string &name, const Json &value, const std::string &where, int depth, Schema &out);
  // Nothing = a keyword of another kind.
  std::optional<bool> structure(const std::string &name, const Json &value, const std::string &where, int depth,
                                Schema &out);
  std::optional<bool> limit(const std::string &name, const Json &value, const std::string &where, Schema &out);
  bool types(const Json &value, const std::string &where, Schema &out);
  bool pattern(const Json &value, const std::string &where, Schema &out);
  bool fallback(const std::string &where, Schema &out);
  bool text(const Json &value, const std::string &where, std::string &out) {
    if (!value.is_string()) return refuse(where, "a text is wanted");
    out = value.get<std::string>();
    return true;
  }

  std::string fault_;
};

bool Compiler::types(const Json &value, const std::string &where, Schema &out) {
  for (const Json &name : value.is_array() ? value : Json::array({value})) {
    auto known = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Word &w) { return name == w.text; });
    if (known == std::end(kTypes)) return refuse(where, "an unknown type stands");
    out.types |= known->value;
  }
  return true;
}

bool Compiler::pattern(const Json &value, const std::string &where, Schema &out) {
  if (!text(value, where, out.pattern)) return false;
  if (out.pattern.size() > limits::kConfigPatternMax) return refuse(where, "the pattern is too long");
  if (nested_quantifier(out.pattern))
    return refuse(where, "a pattern that repeats a repetition, which may take for ever, stands");
  try {
    out.matcher = std::make_shared<const std::regex>(out.pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error &) {
    return refuse(where, "the pattern is no regular expression");
  }
  return true;
}

std::optional<bool> Compiler::limit(const std::string &name, const Json &value, const std::string &where, Schema &out) {
  for (auto [word, slot] : {std::pair{"minimum", &out.minimum}, std::pair{"maximum", &out.maximum}}) {
    if (name != word) continue;
    if (!value.is_number()) return refuse(where, "a number is wanted");
    *slot = value.get<double>();
    return true;
  }
  for (auto [word, slot] : {std::pair{"minItems", &out.min_items}, std::pair{"maxItems", &out.max_items},
                            std::pair{"minProperties", &out.min_properties}, std::pair{"minLength", &out.min_length},
                            std::pair{"maxLength", &out.max_length}}) {
    if (name != word) continue;
    if (!value.is_number_unsigned()) return refuse(where, "a whole number is wanted");
    *slot = value.get<size_t>();
    return true;
  }
  return std::nullopt;
}

std::optional<bool> Compiler::structure(const std::string &name, const Json &value, const std::string &where, int depth,
                                        Schema &out) {
  if (name == "properties") {
    if (!value.is_object()) return refuse(where, "a map is wanted");
    for (const auto &[key, sub] : value.items()) {
      out.properties.push_back({key, {}});
      if (!schema(sub, where + pointer_step(key), depth + 1, out.properties.back().schema)) return false;
    }
    return true;
  }
  if (name == "additionalProperties" && value.is_boolean()) {
    out.closed = !value.get<bool>();
    return true;
  }
  if (name == "additionalProperties" || name == "items") {
    auto sub = std::make_shared<Schema>();
    if (!schema(value, where, depth + 1, *sub)) return false;
    (name == "items" ? out.items : out.additional) = std::move(sub);
    return true;
  }
  if (name == "oneOf") {
    if (!value.is_array() || value.empty()) return refuse(where, "a list of schemas is wanted");
    for (size_t i = 0; i < value.size(); ++i) {
      out.one_of.emplace_back();
      if (!schema(value[i], where + "/" + std::to_string(i), depth + 1, out.one_of.back())) return false;
    }
    return true;
  }
  return std::nullopt;
}

bool Compiler::keyword(const std::string &name, const Json &value, const std::string &where, int depth, Schema &out) {
  if (auto done = limit(name, value, where, out)) return *done;
  if (auto done = structure(name, value, where, depth, out)) return *done;
  if (name == "type") return types(value, where, out);
  if (name == "pattern") return pattern(value, where, out);
  if (name == "title") return text(value, where, out.title);
  if (name == "description") return text(value, where, out.description);
  if (name == "default") {
    out.fallback = from_json(value);
    return true;
  }
  if (name == "const" || name == "enum" || name == "examples") {
    if (name != "const" && (!value.is_array() || value.empty())) return refuse(where, "a list is wanted");
    std::vector<std::string> &list = name == "examples" ? out.examples : out.allowed;
    for (const Json &item : name == "const" ? Json::array({value}) : value) list.push_back(to_json(from_json(item)));
    return true;
  }
  if (name == "required") {
    if (!value.is_array()) return refuse(where, "a list of names is wanted");
    for (const Json &item : value) {
      out.required.emplace_back();
      if (!text(item, where, out.required.back())) return false;
    }
    return true;
  }
  if (name == "format") {
    auto known = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const Word &w) { return value == w.text; });
    if (known == std::end(kFormats)) return refuse(where, "an unknown format stands");
    out.format = static_cast<Format>(known->value);
    return true;
  }
  if (name == "x-secret" || name == "deprecated") {
    if (!value.is_boolean()) return refuse(where, "true or false is wanted");
    (name == "deprecated" ? out.deprecated : out.secret) = value.get<bool>();
    return true;
  }
  if (name.starts_with("x-") || name == "$schema" || name == "$id" || name == "$comment") return true;
  return refuse(where, "a keyword that is not in the documented subset stands");
}

// A default is a value like any other: it must pass its own schema.
bool Compiler::fallback(const std::string &where, Schema &out) {
  if (!out.fallback) return true;
  Diagnostics unread;
  validate(out, *out.fallback, "the default", {}, {}, unread);
  return !unread.failed() || refuse(where, "the default does not pass its own schema: " + unread.problems()[0].message);
}

bool Compiler::schema(const Json &json, const std::string &where, int depth, Schema &out) {
  if (depth > limits::kConfigDepthMax) return refuse(where, "it is nested too deep");
  if (json.is_boolean() && json.get<bool>()) return true;
  if (!json.is_object()) return refuse(where, "a schema is wanted");
  for (const auto &[name, value] : json.items()) {
    if (!keyword(name, value, where + pointer_step(name), depth, out)) return false;
  }
  if (!out.one_of.empty() && (!out.properties.empty() || out.items || out.format != Format::none)) {
    return refuse(where, "oneOf stands beside properties, items or format, which belong into its branches,");
  }
  return fallback(where, out);
}

}  // namespace

const Schema *Schema::property(std::string_view name) const {
  auto found = std::find_if(properties.begin(), properties.end(), [&](const Property &p) { return p.name == name; });
  return found == properties.end() ? nullptr : &found->schema;
}

Result<Schema> compile(std::string_view schema_json) {
  if (schema_json.size() > limits::kConfigFileMax) return Status::error("it is too large");
  int depth = 0;
  bool too_deep = false;
  // The reader itself does not recurse, but copying and destroying what it made does.
  auto watch = [&](int level, Json::parse_event_t, Json &) {
    depth = level;
    too_deep = too_deep || depth > 2 * limits::kConfigDepthMax;
    return !too_deep;
  };
  Json json = Json::parse(schema_json, watch, false);
  if (too_deep) return Status::error("it is nested too deep");
  if (json.is_discarded()) return Status::error("it is not valid JSON");
  Compiler compiler;
  Schema schema;
  if (!compiler.schema(json, "", 0, schema)) return Status::error(compiler.fault());
  return schema;
}

bool matches(const Schema &schema, const std::string &text) {
  try {
    return std::regex_search(text, *static_cast<const std::regex *>(schema.matcher.get()));
  } catch (const std::regex_error &) {
    return false;  // the matcher gave up: too complex
  }
}

}  // namespace signalbox::config
