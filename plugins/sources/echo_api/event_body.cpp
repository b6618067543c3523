#include "plugins/sources/echo_api/event_body.hpp"

#include <algorithm>
#include <array>
#include <sbx/json_scan.hpp>
#include <utility>

namespace echo_api {
namespace {

namespace json = sbx::json;
using json::Kind;
using Problem = std::optional<std::string>;

// The host's limits of an event's parts.
constexpr size_t kNameMax = 1024;
constexpr size_t kSocketIdMax = 512;
constexpr size_t kDataMax = size_t{16} << 20;

constexpr std::array<std::string_view, 5> kFields = {"channel", "channels", "name", "data", "socket_id"};
enum Field { kChannel, kChannels, kName, kData, kSocketId, kUnknown };

// laravel-echo-server's own words.
constexpr const char *kMissing = "Event must include channel, event name and data";

Field field_of(std::string_view raw_key) {
  const auto found =
      std::find_if(kFields.begin(), kFields.end(), [&](std::string_view name) { return json::equals(raw_key, name); });
  return static_cast<Field>(found - kFields.begin());
}

Problem read_text(std::string_view raw, std::string_view what, size_t max, std::string &to) {
  if (!raw.starts_with('"')) return std::string(what) + " must be a string";
  json::append_decoded(to, raw);
  if (to.size() > max) return std::string(what) + " is longer than " + std::to_string(max) + " bytes";
  for (const char c : to)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::string(what) + " has a control character in it";
  return std::nullopt;
}

Problem read_name(std::string_view raw, std::string_view what, std::string &to) {
  auto problem = read_text(raw, what, kNameMax, to);
  if (!problem && to.empty()) problem = std::string(what) + " is empty";
  return problem;
}

// REQUIRES: `raw` is checked JSON
Problem read_channels(std::string_view raw, std::vector<std::string> &to) {
  if (raw == "null") return std::nullopt;
  json::Reader reader(raw);
  if (reader.kind() != Kind::kArray) return "channels must be an array of strings";
  reader.enter();
  size_t count = 0;
  while (reader.element()) {
    if (++count > kChannelsMax) return "channels has more than 100 in it; send the event in several requests";
    std::string channel;
    if (auto problem = read_name(reader.skip(), "a name in channels", channel)) return problem;
    if (std::find(to.begin(), to.end(), channel) == to.end()) to.push_back(std::move(channel));
  }
  if (to.empty()) return "channels is empty; it needs at least one";
  return std::nullopt;
}

// As JSON.parse there: a text that is JSON stands for it, any other for itself.
Problem read_data(std::string_view raw, std::string &to) {
  if (raw == "null") return kMissing;
  to = raw;
  if (raw.starts_with('"')) {
    std::string text;
    json::append_decoded(text, raw);
    json::Reader inner(text);
    const std::string_view value = inner.skip();
    if (inner.finish()) to = value;
  }
  if (to.size() > kDataMax) return "data is longer than " + std::to_string(kDataMax) + " bytes";
  return std::nullopt;
}

Problem judge(const std::array<std::string_view, kFields.size()> &raw, EventBody &out) {
  if ((raw[kChannel].empty() && raw[kChannels].empty()) || raw[kName].empty() || raw[kData].empty()) return kMissing;
  if (auto problem = read_channels(raw[kChannels].empty() ? "null" : raw[kChannels], out.channels)) return problem;
  if (out.channels.empty()) {
    if (raw[kChannel].empty()) return kMissing;
    if (auto problem = read_name(raw[kChannel], "channel", out.channels.emplace_back())) return problem;
  }
  if (auto problem = read_name(raw[kName], "name", out.name)) return problem;
  if (auto problem = read_data(raw[kData], out.data)) return problem;
  if (raw[kSocketId].empty() || raw[kSocketId] == "null") return std::nullopt;
  return read_text(raw[kSocketId], "socket_id", kSocketIdMax, out.socket_id);
}

Problem broken(const json::Reader &reader) {
  if (reader.fault() == json::Fault::kDepth) return "the body is nested too deep; at most 512 levels are read";
  return "the body is not valid JSON in UTF-8, at byte " + std::to_string(reader.offset());
}

}  // namespace

std::optional<std::string> read_event_body(std::string_view body, EventBody &out) {
  out = {};
  json::Reader reader(body);
  if (reader.kind() != Kind::kObject) {
    reader.skip();
    return reader.finish() ? Problem(kMissing) : broken(reader);
  }
  std::array<std::string_view, kFields.size()> raw;
  Problem problem;
  reader.enter();
  for (std::string_view key; reader.member(key);) {
    const Field field = field_of(key);
    const std::string_view value = reader.skip();
    if (field == kUnknown) continue;
    if (!problem && !raw[field].empty()) problem = "the key " + std::string(kFields[field]) + " is there twice";
    raw[field] = value;
  }
  if (!reader.finish()) return broken(reader);
  if (!problem) problem = judge(raw, out);
  if (problem) out = {};
  return problem;
}

}  // namespace echo_api
