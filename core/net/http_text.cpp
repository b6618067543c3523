#include "core/net/http_text.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"

namespace signalbox::net {

namespace {

constexpr std::array<bool, 256> kTokenChars = [] {
  std::array<bool, 256> is{};
  for (unsigned c = 0; c < 256; ++c) is[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  for (const unsigned char c : std::string_view("!#$%&'*+-.^_`|~")) is[c] = true;
  return is;
}();

}  // namespace

bool is_token_char(unsigned char c) { return kTokenChars[c]; }

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return is_token_char(c); });
}

bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

std::optional<std::string_view> next_in_list(std::string_view &rest) {
  if (rest.data() == nullptr) return std::nullopt;
  const size_t comma = rest.find(',');
  const std::string_view element = trim(rest.substr(0, comma));
  // A view without data marks the end; an empty view with data is an empty last element.
  rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  return element;
}

bool list_has(std::string_view list, std::string_view word) {
  while (const auto element = next_in_list(list))
    if (equal_ignoring_case(*element, word)) return true;
  return false;
}

}  // namespace signalbox::net
