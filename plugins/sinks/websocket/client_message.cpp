#include "plugins/sinks/websocket/client_message.hpp"

#include <array>
#include <optional>
#include <sbx/json_scan.hpp>
#include <sbx/sbx.hpp>

namespace websocket {
namespace {

namespace json = sbx::json;
using Type = ClientMessage::Type;

enum Member : size_t { kType, kChannel, kSince, kAuth, kEvent, kData, kRef, kMembers };
constexpr std::array<std::string_view, kMembers> kNames = {"type", "channel", "since", "auth", "event", "data", "ref"};

// The raw values of the members that are known; empty = not given.
using Values = std::array<std::string_view, kMembers>;

// Why not, in words; nothing = all well.
std::optional<std::string_view> read_members(std::string_view text, Values &values) {
  json::Reader r(text, kMessageDepthMax);
  if (r.kind() != json::Kind::kObject) return "a message is one JSON object";
  r.enter();
  bool twice = false;
  for (std::string_view key; r.member(key);) {
    const std::string_view value = r.skip();
    for (size_t m = 0; m < kMembers; ++m) {
      if (!json::equals(key, kNames[m])) continue;
      twice |= !values[m].empty();
      values[m] = value;
    }
  }
  if (!r.finish()) return r.fault() == json::Fault::kDepth ? "the message is nested too deeply" : "this is not JSON";
  if (twice) return "a member is given twice";
  for (std::string_view &value : values)
    if (value == "null") value = {};
  return std::nullopt;
}

bool is_string(std::string_view raw) { return !raw.empty() && raw[0] == '"'; }
bool is_number(std::string_view raw) { return !raw.empty() && (raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9')); }

Type type_of(std::string_view raw) {
  if (json::equals(raw, "subscribe")) return Type::kSubscribe;
  if (json::equals(raw, "unsubscribe")) return Type::kUnsubscribe;
  if (json::equals(raw, "event")) return Type::kEvent;
  return json::equals(raw, "ping") ? Type::kPing : Type::kBad;
}

// Why not, in words; nothing = all well.
std::optional<std::string_view> read_event(const Values &values, ClientMessage &m) {
  if (is_string(values[kEvent])) json::append_decoded(m.event, values[kEvent]);
  if (m.event.empty()) return "event is the name of what is said, a string";
  m.data = values[kData].empty() ? "null" : values[kData];
  return std::nullopt;
}

ClientMessage bad(ClientMessage m, Error error, std::string_view why) {
  m.type = Type::kBad;
  m.error = error;
  m.why = why;
  return m;
}

}  // namespace

ClientMessage read_client_message(std::string_view text) {
  Values values{};
  ClientMessage m;
  if (const auto why = read_members(text, values)) return bad(m, Error::kBadMessage, *why);
  const std::string_view ref = values[kRef];
  if (!ref.empty() && ((!is_string(ref) && !is_number(ref)) || ref.size() > kRefMax))
    return bad(m, Error::kBadMessage, "ref is a number or a short string");
  m.ref = ref;
  if (!is_string(values[kType])) return bad(m, Error::kBadMessage, "a message has a type, which is a string");
  m.type = type_of(values[kType]);
  if (m.type == Type::kBad)
    return bad(m, Error::kUnknownType, "this type is not known here; subscribe, unsubscribe, event and ping are");
  if (m.type == Type::kPing) return m;
  if (!is_string(values[kChannel])) return bad(m, Error::kBadChannel, "channel is the name of one channel, a string");
  json::append_decoded(m.channel, values[kChannel]);
  if (m.channel.empty() || m.channel.size() > kChannelMax)
    return bad(m, Error::kBadChannel, "the name of a channel has 1 to 1024 bytes");
  if (m.type == Type::kEvent)
    if (const auto why = read_event(values, m)) return bad(m, Error::kBadMessage, *why);
  if (values[kAuth].size() > SBX_AUTH_MAX) return bad(m, Error::kBadMessage, "auth is longer than 16 KiB");
  m.auth = values[kAuth];
  // What is no cursor is not an error but a gap, and that is for the log to say.
  if (is_string(values[kSince]))
    json::append_decoded(m.since, values[kSince]);
  else
    m.since = values[kSince];
  return m;
}

}  // namespace websocket
