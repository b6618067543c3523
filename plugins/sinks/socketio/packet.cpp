#include "plugins/sinks/socketio/packet.hpp"

#include <algorithm>
#include <array>
#include <sbx/json_scan.hpp>

namespace socketio {
namespace {

// Of servers and clients of all versions; an application's event never has one of these names.
constexpr std::array<std::string_view, 16> kReserved = {
    "connect",         "connect_error",     "disconnect",       "disconnecting", "newListener", "removeListener",
    "error",           "connect_timeout",   "connecting",       "reconnect",     "ping",        "pong",
    "reconnect_error", "reconnect_attempt", "reconnect_failed", "reconnecting"};

// What a client may not send: the names of revision 5's reference parser.  A revision 4 application may well send
// "error" or "ping" itself.
constexpr size_t kReservedForClients = 6;

bool has_attachments(PacketType t) { return t == PacketType::kBinaryEvent || t == PacketType::kBinaryAck; }

// Takes a number of at most `digits_max` digits off the text; nothing when there is none or it is longer.
std::optional<uint64_t> take_number(std::string_view &text, size_t digits_max) {
  uint64_t value = 0;
  size_t n = 0;
  for (; n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n) {
    if (n == digits_max) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(text[n] - '0');
  }
  if (n == 0) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

bool take_attachments(std::string_view &text, Packet &p) {
  const auto count = take_number(text, 4);
  if (!count || *count > kAttachmentsMax || text.empty() || text[0] != '-') return false;
  text.remove_prefix(1);
  p.attachments = *count;
  return true;
}

bool take_namespace(std::string_view &text, Packet &p) {
  if (text.empty() || text[0] != '/') return true;
  const size_t comma = text.find(',');
  p.nsp = text.substr(0, comma);
  text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  if (p.nsp.size() > kNamespaceMax) return false;
  const size_t mark = p.nsp.find('?');
  if (mark != std::string_view::npos) {
    p.query = p.nsp.substr(mark + 1);
    p.nsp = p.nsp.substr(0, mark);
  }
  return true;
}

bool take_ack(std::string_view &text, Packet &p) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return true;
  p.ack = take_number(text, kAckDigitsMax);
  return p.ack.has_value();
}

// The name of an event is a string that is not reserved, or (clients allow it) a number.
bool take_name(Packet &p) {
  if (p.args.empty()) return false;
  p.name = p.args.front();
  p.args.erase(p.args.begin());
  const char first = p.name[0];
  if (first != '"') return first == '-' || (first >= '0' && first <= '9');
  const std::string_view bare = p.name.substr(1, p.name.size() - 2);
  const auto end = kReserved.begin() + kReservedForClients;
  return std::find(kReserved.begin(), end, bare) == end;
}

// Cuts an array into its elements, without changing a byte.
bool take_elements(std::string_view text, std::vector<std::string_view> &out) {
  sbx::json::Reader r(text);
  if (r.kind() != sbx::json::Kind::kArray) return false;
  r.enter();
  while (r.element()) out.push_back(r.skip());
  return r.finish();
}

bool check_json(Packet &p) {
  switch (p.type) {
    case PacketType::kConnect:
      return p.json.empty() || (p.json[0] == '{' && sbx::json::valid(p.json));
    case PacketType::kDisconnect:
      return p.json.empty();
    case PacketType::kConnectError:
      return p.json.empty() || sbx::json::valid(p.json);
    case PacketType::kEvent:
    case PacketType::kBinaryEvent:
      return take_elements(p.json, p.args) && take_name(p);
    case PacketType::kAck:
    case PacketType::kBinaryAck:
      return p.ack && take_elements(p.json, p.args);
  }
  return false;
}

}  // namespace

std::optional<Packet> decode_packet(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6') return std::nullopt;
  Packet p;
  p.type = static_cast<PacketType>(text[0] - '0');
  text.remove_prefix(1);
  if (has_attachments(p.type) && !take_attachments(text, p)) return std::nullopt;
  if (!take_namespace(text, p) || !take_ack(text, p)) return std::nullopt;
  p.json = text;
  if (!check_json(p)) return std::nullopt;
  return p;
}

std::string encode_packet(PacketType type, std::string_view nsp, std::string_view json, std::optional<uint64_t> ack,
                          size_t attachments) {
  std::string out = "4";
  out.reserve(json.size() + nsp.size() + 32);
  out += static_cast<char>('0' + static_cast<int>(type));
  if (has_attachments(type)) out += std::to_string(attachments) + '-';
  if (nsp != "/") {
    out += nsp;
    out += ',';
  }
  if (ack) out += std::to_string(*ack);
  out += json;
  return out;
}

bool reserved_event(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

}  // namespace socketio
