#include "plugins/sources/webhook/source.hpp"

#include <algorithm>
#include <utility>

namespace webhook {
namespace {

using From = Source::From;

constexpr std::pair<std::string_view, From> kNamed[] = {
    {"header", From::kHeader},     {"query", From::kQuery}, {"form", From::kForm},
    {"xml", From::kXml},           {"json", From::kJson},   {"plain", From::kPlain},
    {"plainxml", From::kPlainXml}, {"item", From::kItem},   {"secret", From::kSecret}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<Source> read_source(std::string_view text) {
  if (text == "body") return Source{From::kBody, {}};
  if (text == "url") return Source{From::kUrl, {}};
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto found = std::find_if(std::begin(kNamed), std::end(kNamed),
                                  [&](const auto &known) { return known.first == text.substr(0, colon); });
  if (found == std::end(kNamed) || colon + 1 == text.size()) return std::nullopt;
  Source source{found->second, std::string(text.substr(colon + 1))};
  const bool pointer = source.from == From::kJson || source.from == From::kPlain;
  if (pointer && source.name.front() != '/') return std::nullopt;
  if (source.from == From::kHeader) std::transform(source.name.begin(), source.name.end(), source.name.begin(), lower);
  return source;
}

}  // namespace webhook
