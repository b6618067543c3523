#include "core/config/wording.hpp"

#include <vector>

#include "core/base/limits.hpp"
#include "core/config/format.hpp"
#include "core/config/quote.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

constexpr unsigned bit(Type t) { return static_cast<unsigned>(t); }
constexpr unsigned kNumber = bit(Type::number) | bit(Type::integer);

std::string without_passwords(std::string text) {
  std::vector<Position> found = url_passwords(text);
  for (auto p = found.rbegin(); p != found.rend(); ++p) {
    text.replace(static_cast<size_t>(p->column - 1), static_cast<size_t>(p->length), "***");
  }
  return text;
}

}  // namespace

std::string type_words(unsigned types) {
  std::vector<std::string> words;
  if (types & bit(Type::string)) words.emplace_back("text");
  if ((types & kNumber) == kNumber)
    words.emplace_back("a number");
  else if (types & kNumber)
    words.emplace_back("a whole number");
  if (types & bit(Type::boolean)) words.emplace_back("true or false");
  if (types & bit(Type::array)) words.emplace_back("a list");
  if (types & bit(Type::object)) words.emplace_back("a map (key: value)");
  if (types & bit(Type::null)) words.emplace_back("null");
  return words.empty() ? "a value" : listed(words.data(), words.data() + words.size());
}

std::string counted(size_t n, const char *noun) { return std::to_string(n) + ' ' + noun + (n == 1 ? "" : "s"); }

std::string kind_of_value(const Node &node) {
  switch (type_of(node)) {
    case Type::null:
      return "nothing";
    case Type::boolean:
      return "a boolean";
    case Type::integer:
    case Type::number:
      return "a number";
    case Type::string:
      return "text";
    case Type::array:
      return "a list";
    case Type::object:
      return "a map";
  }
  return "a value";
}

std::string wanted_words(const Schema &schema) {
  if (!schema.allowed.empty()) return listed(schema.allowed.data(), schema.allowed.data() + schema.allowed.size());
  if (schema.format != Format::none) return format_words(schema.format);
  return type_words(schema.types);
}

std::string shown(const Node &node, bool secret) {
  if (secret) return "this value";
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  std::string text =
      printable(without_passwords(node.interpolated ? node.written : node.text), limits::kConfigValueShownMax);
  bool bare = type_of(node) != Type::string;
  return bare ? text : '"' + text + '"';
}

std::string type_hint(const Schema &schema, const Node &node, bool secret) {
  Type type = type_of(node);
  bool scalar = node.kind == Node::Kind::scalar;
  if (!schema.examples.empty()) return "; write something like " + schema.examples[0];
  if (schema.format != Format::none) return {};
  if (schema.allows(Type::string) && scalar && type != Type::string && !secret) {
    return "; write \"" + printable(node.text, limits::kConfigValueShownMax) + "\", with the quotes";
  }
  if (schema.allows(Type::string) && scalar && type != Type::string) return "; put it into quotes";
  if (schema.allows(Type::boolean) && type == Type::string && !secret) {
    for (const char *word : {"yes", "Yes", "on", "On"}) {
      if (node.text == word && !node.interpolated) return "; write true (yes and on are plain text in YAML 1.2)";
    }
    for (const char *word : {"no", "No", "off", "Off"}) {
      if (node.text == word && !node.interpolated) return "; write false (no and off are plain text in YAML 1.2)";
    }
  }
  bool number_in_quotes = type == Type::string && !node.interpolated && !json_number(node.text).empty();
  if ((schema.allows(Type::integer) || schema.allows(Type::number)) && number_in_quotes && node.quoted)
    return "; remove the quotes";
  if (schema.allows(Type::array) && scalar) {
    return secret ? "; put it into brackets" : "; write [" + shown(node) + "]";
  }
  return {};
}

}  // namespace signalbox::config
