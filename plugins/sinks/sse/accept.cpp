#include "plugins/sinks/sse/accept.hpp"

#include <algorithm>
#include <optional>

namespace sse {
namespace {

// Ranges of one header that are looked at.
constexpr int kRangesMax = 64;

std::string_view trimmed(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// Takes what stands before the next separator off the text; one in a quoted string separates nothing.
std::string_view take_until(std::string_view &text, char separator) {
  bool quoted = false;
  size_t i = 0;
  for (; i < text.size() && (quoted || text[i] != separator); ++i) {
    if (quoted && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
  }
  const std::string_view taken = text.substr(0, std::min(i, text.size()));
  text.remove_prefix(std::min(i + 1, text.size()));
  return trimmed(taken);
}

// A weight in thousandths: "0", "0.7", "1.000" (section 12.4.2).
std::optional<int> weight(std::string_view q) {
  if (q.empty() || q.size() > 5 || (q[0] != '0' && q[0] != '1') || (q.size() > 1 && q[1] != '.')) return std::nullopt;
  int value = (q[0] - '0') * 1000, unit = 100;
  for (const char c : q.substr(std::min<size_t>(2, q.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    value += (c - '0') * unit;
    unit /= 10;
  }
  return value <= 1000 ? std::optional(value) : std::nullopt;
}

struct Range {
  std::string_view type, subtype;
  int q = 1000;
};

std::optional<Range> parse_range(std::string_view text) {
  const std::string_view media = take_until(text, ';');
  const size_t slash = media.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  Range range{media.substr(0, slash), media.substr(slash + 1)};
  if (range.type.empty() || range.subtype.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::string_view parameter = take_until(text, ';');
    if (parameter.size() < 2 || !same_word(parameter.substr(0, 2), "q=")) continue;
    const std::optional<int> q = weight(parameter.substr(2));
    if (!q) return std::nullopt;
    range.q = *q;
  }
  return range;
}

// How one form fares: the most exact range that it falls under decides.
struct Match {
  std::string_view type, subtype;
  int exactness = 0, q = 0;

  void see(const Range &range) {
    int found = 0;
    if (range.type == "*" && range.subtype == "*") found = 1;
    if (same_word(range.type, type)) found = range.subtype == "*" ? 2 : same_word(range.subtype, subtype) ? 3 : 0;
    if (found == 0 || found < exactness) return;
    q = found > exactness ? range.q : std::max(q, range.q);
    exactness = found;
  }
};

}  // namespace

Form choose_form(std::string_view accept) {
  Match stream{"text", "event-stream"}, json{"application", "json"};
  bool any = false;
  for (int i = 0; i < kRangesMax && !accept.empty(); ++i)
    if (const auto range = parse_range(take_until(accept, ','))) {
      any = true;
      stream.see(*range);
      json.see(*range);
    }
  if (!any) return Form::kStream;
  if (stream.q == 0 && json.q == 0) return Form::kNeither;
  if (stream.q != json.q) return stream.q > json.q ? Form::kStream : Form::kJson;
  return json.exactness > stream.exactness ? Form::kJson : Form::kStream;
}

}  // namespace sse
