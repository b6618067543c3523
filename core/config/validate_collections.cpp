// Lists and maps, for the walk in validate.cpp: how many, which keys, what is missing.
#include "core/base/limits.hpp"
#include "core/config/codes.hpp"
#include "core/config/suggest.hpp"
#include "core/config/text.hpp"
#include "core/config/validator.hpp"
#include "core/config/wording.hpp"

namespace signalbox::config {

std::string Validator::check_list(const Schema &schema, const Node &node, const Where &where) {
  static const Schema kAnything;
  size_t count = node.items.size();
  if (schema.min_items && count < *schema.min_items) {
    problem(codes::kLength, where.at.line ? where.at : node.at,
            where.name + (count == 0 ? " is empty; it" : " is too short; it") + " needs at least " +
                counted(*schema.min_items, "item"));
  }
  if (schema.max_items && count > *schema.max_items) {
    problem(codes::kLength, node.at,
            where.name + " is too long; it may have at most " + counted(*schema.max_items, "item"));
  }
  std::string out = "[";
  for (size_t i = 0; i < count; ++i) {
    std::string number = std::to_string(i + 1);
    Where item{where.pointer + '/' + std::to_string(i), "item " + number + " of " + where.name, node.items[i].at};
    if (i > 0) out += ',';
    out += check(schema.items ? *schema.items : kAnything, node.items[i], item);
  }
  return out + ']';
}

std::string Validator::default_json(const Schema &schema, const std::string &name, const Where &where) {
  return check(schema, *schema.fallback, {where.pointer + pointer_step(name), '"' + name + '"', where.at});
}

std::string Validator::check_map(const Schema &schema, const Node &node, const Where &where) {
  static const Schema kAnything;
  std::string out = "{";
  auto add = [&](const std::string &key, const std::string &json) {
    if (out.size() > 1) out += ',';
    out += json_quote(key) + ':' + json;
  };
  auto member = [&](const Entry &entry, const Schema &sub) {
    std::string name = '"' + printable(entry.key, limits::kConfigValueShownMax) + '"';
    add(entry.key,
        check(sub, entry.value, {where.pointer + pointer_step(entry.key), name, entry.at.line ? entry.at : where.at}));
  };
  std::map<std::string_view, const Entry *> entries;
  for (const Entry &entry : node.entries) entries.emplace(entry.key, &entry);
  for (const Property &property : schema.properties) {
    auto found = entries.find(property.name);
    if (found != entries.end()) {
      if (property.schema.deprecated) {
        std::string why = property.schema.description.empty() ? "" : ": " + property.schema.description;
        problem(codes::kDeprecated, found->second->at, '"' + property.name + "\" is deprecated" + why, {},
                Severity::warning);
      }
      member(*found->second, property.schema);
    } else if (property.schema.fallback) {
      add(property.name, default_json(property.schema, property.name, where));
    }
  }
  for (const Entry &entry : node.entries) {
    if (schema.property(entry.key)) continue;
    if (schema.closed)
      unknown_key(schema, entry, where);
    else
      member(entry, schema.additional ? *schema.additional : kAnything);
  }
  for (const std::string &name : schema.required) {
    if (entries.contains(name)) continue;
    const Schema *missing = schema.property(name);
    if (missing && missing->fallback) continue;
    std::string wanted = missing && (missing->types || !missing->allowed.empty() || missing->format != Format::none)
                             ? ": " + wanted_words(*missing)
                             : "";
    std::string message = where.name;
    message.append(" needs \"").append(name).append(1, '"').append(wanted);
    problem(codes::kMissing, where.at, message);
  }
  if (schema.min_properties && node.entries.size() < *schema.min_properties) {
    problem(codes::kLength, where.at, where.name + " needs at least " + counted(*schema.min_properties, "key"));
  }
  return out + '}';
}

void Validator::unknown_key(const Schema &schema, const Entry &entry, const Where &where) {
  if (findings_.problems.size() > limits::kConfigProblemsMax) return problem(codes::kUnknownKey, entry.at, "");
  std::vector<std::string> names;
  for (const Property &p : schema.properties) names.push_back(p.name);
  std::string suggestion = nearest(entry.key, names);
  const Schema *meant = schema.property(suggestion);
  if (secret_ || (meant && meant->secret)) hide(entry.value);
  std::string known;
  size_t colon = entry.key.find(':');
  if (colon != std::string::npos && schema.property(entry.key.substr(0, colon)))
    known = "; write a space after the \":\"";
  else if (names.empty())
    known = "; it takes no keys at all";
  else if (suggestion.empty())
    known = "; it knows " + listed(names.data(), names.data() + names.size(), 20);
  problem(codes::kUnknownKey, entry.at,
          "unknown key \"" + printable(entry.key, limits::kConfigValueShownMax) + "\" in " + where.name + known,
          suggestion);
}

}  // namespace signalbox::config
