#include "core/config/quote.hpp"

#include <algorithm>

#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

const Position *hiding(const std::vector<Position> &hidden, size_t offset) {
  for (const Position &h : hidden) {
    size_t begin = static_cast<size_t>(h.column - 1);
    if (offset >= begin && offset - begin < static_cast<size_t>(h.length)) return &h;
  }
  return nullptr;
}

// What one character of the line became: its text and how many columns that takes.
struct Cell {
  std::string text;
  bool marked;
  size_t width() const {
    size_t n = 0;
    for (size_t i = 0; i < text.size(); i += utf8_step(std::string_view(text).substr(i))) ++n;
    return n;
  }
};

}  // namespace

std::vector<Position> url_passwords(std::string_view line) {
  std::vector<Position> found;
  for (size_t i = line.find("://"); i != std::string_view::npos; i = line.find("://", i + 3)) {
    size_t begin = i + 3;
    size_t end = std::min(line.find_first_of(" \t\"'", begin), line.size());
    std::string_view rest = line.substr(begin, end - begin);
    size_t at = rest.rfind('@');
    size_t colon = rest.find(':');
    if (at == std::string_view::npos || colon >= at || rest.substr(colon + 1).starts_with("${")) continue;
    found.push_back({0, static_cast<int>(begin + colon + 2), static_cast<int>(at - colon - 1)});
  }
  return found;
}

std::string quote_line(std::string_view line, Position at, const std::vector<Position> &hidden) {
  size_t caret = std::min(static_cast<size_t>(at.column - 1), line.size());
  constexpr size_t kReach = kQuoteReach;
  size_t first = caret > kReach ? caret - kReach : 0;
  while (first > 0 && (static_cast<unsigned char>(line[first]) & 0xC0) == 0x80) --first;
  size_t last = std::min(line.size(), caret + kReach);
  std::vector<Cell> cells;
  size_t caret_cell = 0;
  bool reached = false;
  for (size_t i = first; i < last;) {
    const Position *h = hiding(hidden, i);
    size_t step = h ? static_cast<size_t>(h->column - 1 + h->length) - i : utf8_step(line.substr(i));
    if (!reached && caret < i + step) {
      reached = true;
      caret_cell = cells.size();
    }
    bool marked = i + step > caret && i < caret + static_cast<size_t>(std::max(at.length, 1));
    cells.push_back({h ? "***" : printable_character(line.substr(i, step)), marked});
    i += step;
  }
  if (!reached) caret_cell = cells.size();

  // The window: as much as fits, with the caret in its first two thirds.
  size_t before = 0;
  size_t begin = caret_cell;
  while (begin > 0 && before + cells[begin - 1].width() <= limits::kConfigLineShownMax * 2 / 3) {
    before += cells[--begin].width();
  }
  std::string shown = begin > 0 || first > 0 ? "..." : "";
  std::string marks(shown.size(), ' ');
  size_t width = 0;
  size_t end = begin;
  for (; end < cells.size() && width + cells[end].width() <= limits::kConfigLineShownMax; ++end) {
    shown += cells[end].text;
    size_t w = cells[end].width();
    width += w;
    if (end >= caret_cell && (cells[end].marked || end == caret_cell)) {
      marks += end == caret_cell ? "^" + std::string(w - 1, '~') : std::string(w, '~');
    } else if (end < caret_cell) {
      marks.append(w, ' ');
    }
  }
  if (caret_cell == cells.size()) marks += '^';
  if (end < cells.size() || last < line.size()) shown += "...";
  while (!shown.empty() && shown.back() == ' ') shown.pop_back();
  return "  " + shown + "\n  " + marks + "\n";
}

}  // namespace signalbox::config
