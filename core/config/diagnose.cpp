#include "core/config/diagnose.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/limits.hpp"
#include "core/config/quote.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {

void Diagnostics::open(std::string_view file, std::string_view text) {
  *this = Diagnostics();
  file_ = file;
  text_ = text;
  line_starts_ = {0};
  for (size_t i = text_.find('\n'); i != std::string::npos; i = text_.find('\n', i + 1)) line_starts_.push_back(i + 1);
}

void Diagnostics::error(const char *code, Position at, std::string message, std::string suggestion) {
  ++errors_;
  add(Severity::error, code, at, std::move(message), std::move(suggestion));
}

void Diagnostics::warning(const char *code, Position at, std::string message, std::string suggestion) {
  add(Severity::warning, code, at, std::move(message), std::move(suggestion));
}

bool Diagnostics::full() const { return problems_.size() >= limits::kConfigProblemsMax; }

void Diagnostics::add(Severity severity, const char *code, Position at, std::string message, std::string suggestion) {
  if (full()) {
    ++untold_;
    return;
  }
  // A name out of the file or out of a schema may be in a message as it is.
  message = printable(message, limits::kConfigMessageShownMax);
  problems_.push_back(
      {severity, code, file_, at.line, at.column, at.length, std::move(message), std::move(suggestion)});
}

std::vector<Problem> Diagnostics::problems() const {
  std::vector<Problem> sorted = problems_;
  auto place = [](const Problem &p) { return std::tie(p.line, p.column); };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto &a, const auto &b) { return place(a) < place(b); });
  auto same = [&](const Problem &a, const Problem &b) {
    return place(a) == place(b) && a.code == b.code && a.message == b.message;
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

std::string_view Diagnostics::line_text(int line) const {
  size_t index = static_cast<size_t>(line) - 1;
  if (line < 1 || index >= line_starts_.size()) return {};
  size_t begin = line_starts_[index];
  size_t end = index + 1 < line_starts_.size() ? line_starts_[index + 1] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::string Diagnostics::quote(const Problem &problem) const {
  std::string_view line = line_text(problem.line);
  if (line.empty() || problem.column < 1) return {};
  std::vector<Position> hidden = url_passwords(line);
  for (const Position &h : hidden_) {
    if (h.line == problem.line) hidden.push_back(h);
  }
  std::erase_if(hidden, [&](const Position &h) {
    return h.column > problem.column + kQuoteReach || h.column + h.length < problem.column - kQuoteReach;
  });
  return quote_line(line, {problem.line, problem.column, problem.length}, hidden);
}

int Diagnostics::column_in_characters(const Problem &problem) const {
  std::string_view line = line_text(problem.line);
  size_t bytes = std::min(line.size(), static_cast<size_t>(std::max(problem.column - 1, 0)));
  int characters = problem.column > 0 ? 1 + problem.column - 1 - static_cast<int>(bytes) : 0;
  for (size_t i = 0; i < bytes; i += utf8_step(line.substr(i))) ++characters;
  return characters;
}

std::string Diagnostics::text() const {
  std::string out;
  size_t errors = 0;
  size_t warnings = 0;
  for (const Problem &p : problems()) {
    ++(p.severity == Severity::error ? errors : warnings);
    out += p.file;
    if (p.line > 0) out += ':' + std::to_string(p.line) + ':' + std::to_string(column_in_characters(p));
    out += p.severity == Severity::warning ? ": warning: " : ": ";
    out += p.message;
    if (!p.suggestion.empty())
      out += "; did you mean \"" + printable(p.suggestion, limits::kConfigValueShownMax) + "\"?";
    out += " [" + p.code + "]\n" + quote(p);
  }
  auto count = [](size_t n, const char *noun) { return std::to_string(n) + ' ' + noun + (n == 1 ? "" : "s"); };
  if (untold_ > 0) out += "... and " + count(untold_, "more problem") + ", not shown\n";
  if (errors > 0)
    out += count(errors + untold_, "problem") + (warnings > 0 ? ", " + count(warnings, "warning") : "") + '\n';
  else if (warnings > 0)
    out += count(warnings, "warning") + '\n';
  return out;
}

std::string Diagnostics::json() const {
  std::string out;
  for (const Problem &p : problems()) {
    out += out.empty() ? "[\n " : ",\n ";
    out += "{\"file\":" + json_quote(p.file) + ",\"line\":" + std::to_string(p.line) +
           ",\"column\":" + std::to_string(column_in_characters(p)) + ",\"code\":" + json_quote(p.code) +
           ",\"severity\":" + (p.severity == Severity::error ? "\"error\"" : "\"warning\"") +
           ",\"message\":" + json_quote(p.message) +
           ",\"suggestion\":" + (p.suggestion.empty() ? "null" : json_quote(p.suggestion)) + "}";
  }
  return out.empty() ? "[]\n" : out + "\n]\n";
}

}  // namespace signalbox::config
