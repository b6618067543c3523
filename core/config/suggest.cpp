#include "core/config/suggest.hpp"

#include <algorithm>
#include <array>

#include "core/base/limits.hpp"

namespace signalbox::config {
namespace {

constexpr int kEditsMax = 2;
constexpr size_t kNameMax = 64;

char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '-' ? '_' : c;
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > kNameMax || b.size() > kNameMax) return kEditsMax + 1;
  size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > kEditsMax) return kEditsMax + 1;
  std::array<std::array<int, kNameMax + 1>, 3> rows{};
  auto row = [&](size_t i) -> auto & { return rows[i % 3]; };
  for (size_t j = 0; j <= b.size(); ++j) row(0)[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row(i)[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      int differs = folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1;
      int best = std::min({row(i - 1)[j] + 1, row(i)[j - 1] + 1, row(i - 1)[j - 1] + differs});
      bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
      if (swapped) best = std::min(best, row(i - 2)[j - 2] + 1);
      row(i)[j] = best;
    }
  }
  return std::min(row(a.size())[b.size()], kEditsMax + 1);
}

std::string nearest(std::string_view name, const std::vector<std::string> &candidates) {
  const std::string *best = nullptr;
  int best_edits = kEditsMax + 1;
  size_t looked_at = 0;
  for (const std::string &candidate : candidates) {
    if (++looked_at > limits::kConfigSuggestionsMax) break;
    int edits = edit_distance(name, candidate);
    if (edits < best_edits && static_cast<size_t>(edits) * 2 < std::max(name.size(), candidate.size())) {
      best = &candidate;
      best_edits = edits;
    }
  }
  return best ? *best : std::string();
}

}  // namespace signalbox::config
