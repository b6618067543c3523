// A plugin's JSON Schema (the subset of draft 2020-12 that sdk/README.md documents), read once and ready to check trees
// with. Immutable after compile(), so it may be shared.  Also what documentation of a plugin's options is made from.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/config/node.hpp"

namespace signalbox::config {

// Formats of strings.  duration and size come out as integers (milliseconds, bytes), file as a resolved path.
enum class Format { none, duration, size, url, listener, channel_pattern, json_pointer, path, file };

struct Property;

struct Schema {
  unsigned types = 0;  // set of Type; 0 = any
  std::vector<Property> properties;
  std::vector<std::string> required;
  bool closed = false;                       // additionalProperties: false
  std::shared_ptr<const Schema> additional;  // of keys that are not in properties; null = anything
  std::vector<std::string> allowed;          // enum or const, each as JSON text; empty = anything
  std::shared_ptr<const Schema> items;       // null = anything
  std::optional<size_t> min_items, max_items, min_properties, min_length, max_length;
  std::optional<double> minimum, maximum;
  std::string pattern;
  std::shared_ptr<const void> matcher;  // the compiled pattern; matches() reads it
  Format format = Format::none;
  std::optional<Node> fallback;  // default, with positions of nowhere
  std::vector<Schema> one_of;
  bool secret = false;
  bool deprecated = false;
  std::string title, description;
  std::vector<std::string> examples;  // as JSON text

  bool allows(Type type) const { return types == 0 || (types & static_cast<unsigned>(type)) != 0; }
  const Schema *property(std::string_view name) const;
};

struct Property {
  std::string name;
  Schema schema;
};

// The message of a failure names the place in the schema as a JSON pointer.
Result<Schema> compile(std::string_view schema_json);

// Whether `text` has the schema's pattern somewhere.  REQUIRES: schema.matcher, text.size() <=
// limits::kConfigPatternTextMax
bool matches(const Schema &schema, const std::string &text);

}  // namespace signalbox::config
