#include "core/config/format.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "core/base/limits.hpp"
#include "core/config/address.hpp"

namespace signalbox::config {
namespace {

using Units = std::initializer_list<std::pair<const char *, int64_t>>;

// A whole number and its unit, as it is multiplied out; nothing when it does not fit into 2^53 (JSON readers'
// integers).
std::optional<int64_t> measured(std::string_view text, Units units) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || text.starts_with('-')) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  for (auto [name, factor] : units) {
    constexpr int64_t kMax = int64_t{1} << 53;
    if (unit == name) return value <= kMax / factor ? std::optional(value * factor) : std::nullopt;
  }
  return std::nullopt;
}

bool no_control(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// RFC 6901: a ~ is ~0 or ~1.
bool json_pointer(std::string_view text) {
  if (!text.empty() && text[0] != '/') return false;
  for (size_t i = text.find('~'); i != std::string_view::npos; i = text.find('~', i + 1)) {
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

bool url_path(std::string_view text) {
  if (!text.starts_with('/') || text.find_first_of(" ?#\\") != std::string_view::npos || !no_control(text))
    return false;
  std::string ended = std::string(text) + "/";
  return ended.find("/../") == std::string::npos && ended.find("/./") == std::string::npos &&
         ended.find("//", 0) >= text.size() - 1;
}

}  // namespace

std::optional<int64_t> duration_ms(std::string_view text) {
  if (text == "0") return 0;
  return measured(text, {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}});
}

std::optional<int64_t> size_bytes(std::string_view text) {
  return measured(text, {{"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}});
}

const char *format_words(Format format) {
  switch (format) {
    case Format::none:
      return "text";
    case Format::duration:
      return "a duration such as 500ms, 10s, 5m, 2h or 7d";
    case Format::size:
      return "a size such as 512, 64KiB or 1MiB";
    case Format::url:
      return "a URL such as redis://127.0.0.1:6379/0";
    case Format::listener:
      return "the name of a listener";
    case Format::channel_pattern:
      return "a channel or a pattern such as orders.*";
    case Format::json_pointer:
      return "a JSON pointer such as /user/name";
    case Format::path:
      return "a URL path such as /socket.io";
    case Format::file:
      return "the path of a file";
  }
  return "text";
}

bool fits(Format format, std::string_view text) {
  switch (format) {
    case Format::url:
      return parse_url(text).has_value();
    case Format::channel_pattern:
      return !text.empty() && text.size() <= limits::kChannelMax && no_control(text);
    case Format::json_pointer:
      return json_pointer(text);
    case Format::path:
      return url_path(text);
    case Format::file:
      return !text.empty() && no_control(text);
    default:
      return true;
  }
}

}  // namespace signalbox::config
