#include "plugins/sources/webhook/publish_body.hpp"

#include <algorithm>
#include <array>
#include <sbx/json_scan.hpp>
#include <utility>

namespace webhook {
namespace {

namespace json = sbx::json;
using json::Kind;

// The host's limits of an event's parts.
constexpr size_t kNameMax = 1024;
constexpr size_t kDataMax = size_t{16} << 20;
// An id is the key for dedupe as well and is said back; a UUID has 36.
constexpr size_t kIdMax = 200;
// Of a key that the caller wrote, in our answer.
constexpr size_t kKeyShownMax = 64;

constexpr std::array<std::string_view, 4> kFields = {"channel", "event", "data", "id"};
enum Field { kChannel, kEvent, kData, kId, kUnknown };

using Problem = std::optional<std::string>;

Field field_of(std::string_view raw_key) {
  const auto found =
      std::find_if(kFields.begin(), kFields.end(), [&](std::string_view name) { return json::equals(raw_key, name); });
  return static_cast<Field>(found - kFields.begin());
}

std::string broken(const json::Reader &reader) {
  if (reader.fault() == json::Fault::kDepth) return "the body is nested too deep; at most 512 levels are read";
  return "the body is not valid JSON in UTF-8, at byte " + std::to_string(reader.offset());
}

// `raw_key` is checked JSON; a long one is cut between characters.
std::string unknown_key(std::string_view raw_key) {
  std::string key;
  json::append_decoded(key, raw_key);
  if (key.size() > kKeyShownMax) {
    size_t end = kKeyShownMax;
    while ((static_cast<unsigned char>(key[end]) & 0xC0u) == 0x80u) --end;
    key.resize(end);
    key += "…";
  }
  return "the key \"" + key + "\" is not known; there are channel, event, data and id";
}

Problem read_text(std::string_view raw_string, std::string_view name, size_t max, std::string &to) {
  json::append_decoded(to, raw_string);
  const std::string what(name);
  if (to.empty()) return what + " is empty";
  if (to.size() > max) return what + " is longer than " + std::to_string(max) + " bytes";
  for (const char c : to)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return what + " has a control character in it";
  return std::nullopt;
}

// The value of one of the four keys, which comes next.  A syntax error is left to the reader.
Problem read_field(json::Reader &reader, Field field, PublishEvent &event) {
  const Kind kind = reader.kind();
  const std::string_view raw = reader.skip();
  if (reader.fault() != json::Fault::kNone) return std::nullopt;
  if (field == kData) {
    event.data = raw;
    if (raw.size() > kDataMax) return "data is longer than " + std::to_string(kDataMax) + " bytes";
    return std::nullopt;
  }
  if (field == kId && raw == "null") return std::nullopt;
  if (kind != Kind::kString) return std::string(kFields[field]) + " must be a string";
  if (field == kId) return read_text(raw, kFields[field], kIdMax, event.id);
  return read_text(raw, kFields[field], kNameMax, field == kChannel ? event.channel : event.event);
}

Problem read_event(json::Reader &reader, PublishEvent &event) {
  if (reader.kind() != Kind::kObject) {
    reader.skip();  // what is no JSON at all is an error of the text
    if (reader.fault() != json::Fault::kNone) return std::nullopt;
    return "an event must be an object with channel, event and data";
  }
  std::array<bool, kFields.size()> seen{};
  event.data = "null";
  reader.enter();
  for (std::string_view key; reader.member(key);) {
    const Field field = field_of(key);
    if (field == kUnknown) return unknown_key(key);
    if (std::exchange(seen[field], true)) return "the key " + std::string(kFields[field]) + " is there twice";
    if (auto problem = read_field(reader, field, event)) return problem;
  }
  if (reader.fault() != json::Fault::kNone) return std::nullopt;
  if (!seen[kChannel]) return "channel is missing";
  if (!seen[kEvent]) return "event is missing";
  return std::nullopt;
}

Problem read_array(json::Reader &reader, size_t events_max, std::vector<PublishEvent> &out) {
  reader.enter();
  while (reader.element()) {
    if (out.size() == events_max)
      return "more than " + std::to_string(events_max) + " events in one request; send them in several";
    if (auto problem = read_event(reader, out.emplace_back()))
      return "event " + std::to_string(out.size()) + " of the array: " + *problem;
    if (reader.fault() != json::Fault::kNone) return std::nullopt;
  }
  if (out.empty() && reader.fault() == json::Fault::kNone) return "the array is empty; it needs at least one event";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_publish_body(std::string_view body, size_t events_max, std::vector<PublishEvent> &out) {
  out.clear();
  json::Reader reader(body);
  auto problem =
      reader.kind() == Kind::kArray ? read_array(reader, events_max, out) : read_event(reader, out.emplace_back());
  if (!problem && !reader.finish()) problem = broken(reader);
  if (problem) out.clear();
  return problem;
}

}  // namespace webhook
