// The pieces that XML is made of (XML 1.0), read strictly: names, text with the five entities and character references,
// CDATA.  What may stand where is its readers' business.  Borrows the text.  Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace webhook {

class XmlScanner {
 public:
  explicit XmlScanner(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  bool next_is(std::string_view word) const { return rest_.starts_with(word); }
  bool take(std::string_view word);
  void blanks();
  // Each false: what comes next is none.
  bool declaration();  // what follows "<?xml"
  bool name(std::string &to);
  bool text(std::string &to);             // up to the next '<'
  bool cdata(std::string &to);            // what follows "<![CDATA["
  bool quoted(std::string &to);           // an attribute's value, without references
  bool end_of(std::string_view name_of);  // what follows "</"

  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

 private:
  std::string_view rest_;
};

// Is it UTF-8 without control characters?
bool is_xml_text(std::string_view text);

}  // namespace webhook
