#include "plugins/sources/echo_api/route.hpp"

#include <array>
#include <optional>
#include <sbx/json_text.hpp>
#include <sbx/web_text.hpp>
#include <utility>

namespace echo_api {
namespace {

constexpr size_t kSegmentsMax = 4;

// In a path '+' is itself (RFC 3986 section 3.3), other than in a query.
std::optional<std::string> decode_segment(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int byte = sbx::web_text::escape_at(text, i);
    if (byte < 0) return std::nullopt;
    out += static_cast<char>(static_cast<unsigned char>(byte));
    i += 2;
  }
  if (!sbx::json::valid_utf8(out)) return std::nullopt;
  return out;
}

Route::Kind kind_of(const std::array<std::string_view, kSegmentsMax> &part, size_t count) {
  if (count == 2 && part[1] == "events") return Route::Kind::kEvents;
  if (count == 2 && part[1] == "status") return Route::Kind::kStatus;
  if (count == 2 && part[1] == "channels") return Route::Kind::kChannels;
  if (count == 3 && part[1] == "channels") return Route::Kind::kChannel;
  if (count == 4 && part[1] == "channels" && part[3] == "users") return Route::Kind::kUsers;
  return Route::Kind::kNone;
}

}  // namespace

Route read_route(std::string_view below) {
  if (below.ends_with('/')) below.remove_suffix(1);
  std::array<std::string_view, kSegmentsMax> part;
  size_t count = 0;
  while (!below.empty()) {
    if (below.front() != '/' || count == kSegmentsMax) return {};
    below.remove_prefix(1);
    part[count] = below.substr(0, below.find('/'));
    if (part[count].empty()) return {};
    below.remove_prefix(part[count++].size());
  }
  const Route::Kind kind = kind_of(part, count);
  if (kind == Route::Kind::kNone) return {};
  auto app_id = decode_segment(part[0]);
  auto channel = decode_segment(count > 2 ? part[2] : std::string_view());
  if (!app_id || !channel) return {Route::Kind::kBroken, {}, {}};
  return {kind, *std::move(app_id), *std::move(channel)};
}

}  // namespace echo_api
