#include "core/config/source_text.hpp"

#include <algorithm>

#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

// A word of this length on a line of its own is a key or a certificate.
constexpr size_t kSecretWordMin = 40;

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string folded(std::string_view text) {
  std::string out(text);
  for (char &c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text), line_starts_{0} {
  for (size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1))
    line_starts_.push_back(i + 1);
}

size_t SourceText::offset(Position at) const {
  size_t index = static_cast<size_t>(at.line) - 1;
  if (at.line < 1 || index >= line_starts_.size()) return text_.size();
  return std::min(text_.size(), line_starts_[index] + static_cast<size_t>(at.column - 1));
}

std::string_view SourceText::line(int number) const {
  size_t index = static_cast<size_t>(number) - 1;
  if (number < 1 || index >= line_starts_.size()) return {};
  size_t begin = line_starts_[index];
  size_t end = index + 1 < line_starts_.size() ? line_starts_[index + 1] - 1 : text_.size();
  return text_.substr(begin, end - begin);
}

std::optional<SourceText::Fault> SourceText::fault() const {
  size_t good = utf8_prefix(text_);
  size_t control = 0;
  while (control < good) {
    unsigned char c = static_cast<unsigned char>(text_[control]);
    bool allowed = c >= 0x20
                       ? c != 0x7F
                       : c == '\n' || c == '\t' || (c == '\r' && control + 1 < good && text_[control + 1] == '\n');
    if (!allowed) break;
    ++control;
  }
  if (control == text_.size()) return std::nullopt;
  auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), control);
  Position at{static_cast<int>(next - line_starts_.begin()), static_cast<int>(control - *(next - 1)) + 1, 1};
  std::string what = printable(text_.substr(control, 1), 1);
  if (text_[control] == '\r') what = "\\r alone (a line end of old Macs)";
  if (control < good)
    return Fault{at, "a control character (" + what + ") does not belong into a configuration; remove it"};
  return Fault{at, "the byte " + what + " is not UTF-8 text; save the file as UTF-8"};
}

size_t SourceText::flow_marks() const {
  return static_cast<size_t>(
      std::count_if(text_.begin(), text_.end(), [](char c) { return c == '[' || c == '{' || c == ','; }));
}

std::optional<int> SourceText::scalar_length(Position at, std::string_view value, bool quoted) const {
  size_t begin = offset(at);
  if (!quoted) {
    bool whole = text_.substr(begin, value.size()) == value;
    return whole ? static_cast<int>(std::min(value.find('\n'), value.size())) : 1;
  }
  size_t i = begin;
  while (i < text_.size() && (text_[i] == '!' || text_[i] == '&')) {
    i = std::min(text_.find_first_of(" \t\n", i), text_.size());
    i = std::min(text_.find_first_not_of(" \t\n\r", i), text_.size());
  }
  if (i == text_.size() || (text_[i] != '"' && text_[i] != '\'')) return 1;
  char quote = text_[i++];
  for (; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      if (quote == '"' || i + 1 == text_.size() || text_[i + 1] != quote) break;
      ++i;
    }
  }
  if (i >= text_.size()) return std::nullopt;
  size_t line_end = std::min(text_.find('\n', begin), text_.size());
  return static_cast<int>(std::min(i + 1, line_end) - begin);
}

int SourceText::tab_in_indentation(int number) const {
  std::string_view l = line(number);
  size_t content = std::min(l.find_first_not_of(" \t"), l.size());
  size_t tab = l.substr(0, content).find('\t');
  return tab == std::string_view::npos ? 0 : static_cast<int>(tab) + 1;
}

std::vector<Position> SourceText::suspected_secrets(int number) const {
  std::string_view l = line(number);
  size_t first = std::min(l.find_first_not_of(" \t"), l.size());
  size_t last = std::min(l.find_last_not_of(" \t\r"), l.size());
  std::string_view word = l.substr(first, last - first + 1);
  if (word.size() >= kSecretWordMin && std::none_of(word.begin(), word.end(), blank)) {
    return {{number, static_cast<int>(first) + 1, static_cast<int>(word.size())}};
  }
  std::string lower = folded(l);
  size_t begin = std::string::npos;
  for (const char *name : {"passw", "secret", "token", "key", "credential", "auth"}) {
    size_t found = lower.find(name);
    if (found != std::string::npos) begin = std::min(begin, lower.find(':', found));
  }
  if (begin == std::string::npos) return {};
  begin = std::min(lower.find_first_not_of(" \t", begin + 1), lower.size());
  if (begin >= lower.size()) return {};
  return {{number, static_cast<int>(begin) + 1, static_cast<int>(lower.size() - begin)}};
}

}  // namespace signalbox::config
