#include "core/config/node.hpp"

#include "core/config/text.hpp"

namespace signalbox::config {

const Node *Node::find(std::string_view key) const {
  for (const Entry &entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Type plain_type(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return Type::null;
  for (const char *word : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
    if (text == word) return Type::boolean;
  }
  if (json_number(text).empty()) return Type::string;
  bool whole = text.starts_with("0x") || text.find_first_of(".eE") == std::string_view::npos;
  return whole ? Type::integer : Type::number;
}

Type type_of(const Node &node) {
  switch (node.kind) {
    case Node::Kind::null:
      return Type::null;
    case Node::Kind::sequence:
      return Type::array;
    case Node::Kind::map:
      return Type::object;
    case Node::Kind::scalar:
      break;
  }
  return node.quoted || node.interpolated ? Type::string : plain_type(node.text);
}

std::string to_json(const Node &node) {
  std::string out;
  switch (type_of(node)) {
    case Type::null:
      return "null";
    case Type::boolean:
      return node.text[0] == 't' || node.text[0] == 'T' ? "true" : "false";
    case Type::integer:
    case Type::number:
      return json_number(node.text);
    case Type::string:
      return json_quote(node.text);
    case Type::array:
      for (const Node &item : node.items) out += (out.empty() ? "" : ",") + to_json(item);
      return "[" + out + "]";
    case Type::object:
      for (const Entry &entry : node.entries) {
        out += (out.empty() ? "" : ",") + json_quote(entry.key) + ":" + to_json(entry.value);
      }
      return "{" + out + "}";
  }
  return out;
}

}  // namespace signalbox::config
