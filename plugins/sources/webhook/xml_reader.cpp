#include "plugins/sources/webhook/xml_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plugins/sources/webhook/xml_scanner.hpp"

namespace webhook {
namespace {

constexpr int kDepthMax = 8;
constexpr size_t kElementsMax = 1024;

class Reader {
 public:
  explicit Reader(std::string_view text) : scan_(text) {}

  bool document(Fields &fields) {
    scan_.blanks();
    if (scan_.take("<?xml") && !scan_.declaration()) return false;
    scan_.blanks();
    std::string root, value;
    if (!element(0, root, value, fields)) return false;
    scan_.blanks();
    return scan_.empty();
  }

 private:
  bool element(int depth, std::string &name_of, std::string &value, Fields &fields) {
    if (depth == kDepthMax || ++elements_ > kElementsMax) return false;
    if (!scan_.take("<") || !scan_.name(name_of)) return false;
    scan_.blanks();
    if (scan_.take("/>")) return true;
    if (!scan_.take(">")) return false;
    return content(depth, value, fields) && scan_.take("</") && scan_.end_of(name_of);
  }
  // Text, or elements with nothing but blanks between them.
  bool content(int depth, std::string &value, Fields &fields) {
    bool elements = false;
    while (!scan_.next_is("</")) {
      if (scan_.empty()) return false;
      if (scan_.take("<![CDATA[")) {
        if (!scan_.cdata(value)) return false;
      } else if (scan_.next_is("<")) {
        std::string child, inner;
        if (!element(depth + 1, child, inner, fields)) return false;
        if (depth == 0 && !fields.add(std::move(child), std::move(inner))) return false;
        elements = true;
      } else if (!scan_.text(value)) {
        return false;
      }
    }
    if (!elements && depth > 0) return true;
    if (!std::all_of(value.begin(), value.end(), XmlScanner::blank)) return false;
    value.clear();
    return true;
  }

  XmlScanner scan_;
  size_t elements_ = 0;
};

}  // namespace

std::optional<Fields> read_xml(std::string_view text) {
  Fields fields;
  if (!is_xml_text(text) || !Reader(text).document(fields)) return std::nullopt;
  return fields;
}

}  // namespace webhook
