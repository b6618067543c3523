#include "plugins/sources/webhook/xml_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <sbx/json_text.hpp>
#include <utility>

namespace webhook {
namespace {

constexpr size_t kNameMax = 128;
constexpr size_t kReferenceMax = 10;

bool in_name(char c, bool first) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return true;
  return !first && ((c >= '0' && c <= '9') || c == '-' || c == '.');
}

// XML 1.0 section 2.2, without the surrogates that no UTF-8 holds.
bool character(uint32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

bool reference(std::string_view word, std::string &to) {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto &[known, plain] : kNamed)
    if (word == known) return to += plain, true;
  if (!word.starts_with('#')) return false;
  word.remove_prefix(1);
  const int base = word.starts_with('x') ? 16 : 10;
  if (base == 16) word.remove_prefix(1);
  uint32_t code = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), code, base);
  if (word.empty() || fault != std::errc() || end != word.data() + word.size() || !character(code)) return false;
  char bytes[4];
  to.append(bytes, sbx::json::detail::encode(code, bytes));
  return true;
}

}  // namespace

bool XmlScanner::take(std::string_view word) {
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

void XmlScanner::blanks() {
  while (!rest_.empty() && blank(rest_.front())) rest_.remove_prefix(1);
}

bool XmlScanner::declaration() {
  const size_t end = rest_.find("?>");
  if (end == std::string_view::npos || rest_.substr(0, end).find_first_of("<>") != std::string_view::npos) return false;
  rest_.remove_prefix(end + 2);
  return true;
}

bool XmlScanner::name(std::string &to) {
  size_t length = 0;
  while (length < rest_.size() && in_name(rest_[length], length == 0)) ++length;
  if (length == 0 || length > kNameMax) return false;
  to = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

bool XmlScanner::text(std::string &to) {
  const size_t end = std::min(rest_.find('<'), rest_.size());
  const std::string_view said = rest_.substr(0, end);
  if (said.find("]]>") != std::string_view::npos) return false;
  rest_.remove_prefix(end);
  for (size_t i = 0; i < said.size(); ++i) {
    if (said[i] != '&') {
      to += said[i];
      continue;
    }
    const std::string_view word = said.substr(i + 1, said.substr(i + 1, kReferenceMax + 1).find(';'));
    if (word.size() > kReferenceMax || i + 1 + word.size() >= said.size() || !reference(word, to)) return false;
    i += word.size() + 1;
  }
  return true;
}

bool XmlScanner::cdata(std::string &to) {
  const size_t end = rest_.find("]]>");
  if (end == std::string_view::npos) return false;
  to += rest_.substr(0, end);
  rest_.remove_prefix(end + 3);
  return true;
}

bool XmlScanner::quoted(std::string &to) {
  if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return false;
  const size_t end = rest_.find(rest_.front(), 1);
  if (end == std::string_view::npos) return false;
  to = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  return to.find_first_of("<&") == std::string::npos;
}

bool XmlScanner::end_of(std::string_view name_of) {
  std::string said;
  if (!name(said) || said != name_of) return false;
  blanks();
  return take(">");
}

bool is_xml_text(std::string_view text) {
  return sbx::json::valid_utf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 || XmlScanner::blank(c);
         });
}

}  // namespace webhook
