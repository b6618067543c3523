#include "plugins/sources/webhook/xml_json.hpp"

#include <algorithm>
#include <sbx/json_text.hpp>
#include <set>

#include "plugins/sources/webhook/xml_scanner.hpp"

namespace webhook {
namespace {

constexpr int kDepthMax = 16;
constexpr size_t kElementsMax = 16'384;
// More digits are no number for whoever reads JSON with doubles.
constexpr size_t kDigitsMax = 15;

std::string quoted(std::string_view text) {
  std::string made;
  sbx::json::append_quoted(made, text);
  return made;
}

// RFC 8259 section 6, whole numbers only.
bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.size() > kDigitsMax || (text.size() > 1 && text.front() == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Writer {
 public:
  explicit Writer(std::string_view text) : scan_(text) {}

  std::optional<std::string> document() {
    scan_.blanks();
    if (scan_.take("<?xml") && !scan_.declaration()) return std::nullopt;
    scan_.blanks();
    std::string root, value;
    if (!element(0, root, value)) return std::nullopt;
    scan_.blanks();
    if (!scan_.empty()) return std::nullopt;
    return "{" + quoted(root) + ":" + value + "}";
  }

 private:
  enum class Type { kText, kArray, kInteger, kBoolean, kNil };

  bool element(int depth, std::string &name, std::string &json) {
    if (depth == kDepthMax || ++elements_ > kElementsMax) return false;
    Type type = Type::kText;
    if (!scan_.take("<") || !scan_.name(name) || !attributes(type)) return false;
    if (scan_.take("/>")) {
      json = value_of(type, {});
      return true;
    }
    if (!scan_.take(">")) return false;
    return content(depth, type, json) && scan_.take("</") && scan_.end_of(name);
  }

  bool attributes(Type &type) {
    bool typed = false, nil = false;
    for (scan_.blanks(); !scan_.next_is(">") && !scan_.next_is("/>"); scan_.blanks()) {
      std::string name, value;
      if (!scan_.name(name) || !scan_.take("=") || !scan_.quoted(value)) return false;
      bool &seen = name == "type" ? typed : nil;
      if ((name != "type" && name != "nil") || seen) return false;
      seen = true;
      if (name == "nil" && value == "true") type = Type::kNil;
      if (name == "type" && type != Type::kNil) type = type_of(value);
    }
    return true;
  }
  static Type type_of(std::string_view said) {
    if (said == "array") return Type::kArray;
    if (said == "integer") return Type::kInteger;
    return said == "boolean" ? Type::kBoolean : Type::kText;
  }

  // Text, or elements with nothing but blanks between them.
  bool content(int depth, Type type, std::string &json) {
    std::string text, members;
    std::set<std::string> names;
    bool elements = false;
    while (!scan_.next_is("</")) {
      if (scan_.empty()) return false;
      if (scan_.take("<![CDATA[")) {
        if (!scan_.cdata(text)) return false;
      } else if (scan_.next_is("<")) {
        std::string name, value;
        if (!element(depth + 1, name, value)) return false;
        if (type != Type::kArray && !names.insert(name).second) return false;
        members += (elements ? "," : "") + (type == Type::kArray ? value : quoted(name) + ":" + value);
        elements = true;
      } else if (!scan_.text(text)) {
        return false;
      }
    }
    const bool blank = std::all_of(text.begin(), text.end(), XmlScanner::blank);
    if ((elements || type == Type::kArray) && !blank) return false;
    if (elements)
      json = type == Type::kArray ? "[" + members + "]" : "{" + members + "}";
    else
      json = value_of(type, text);
    return true;
  }

  static std::string value_of(Type type, const std::string &text) {
    if (type == Type::kArray) return "[]";
    if (type == Type::kNil) return "null";
    const bool plain =
        (type == Type::kInteger && is_integer(text)) || (type == Type::kBoolean && (text == "true" || text == "false"));
    return plain ? text : quoted(text);
  }

  XmlScanner scan_;
  size_t elements_ = 0;
};

}  // namespace

std::optional<std::string> json_of_xml(std::string_view text) {
  if (!is_xml_text(text)) return std::nullopt;
  return Writer(text).document();
}

}  // namespace webhook
