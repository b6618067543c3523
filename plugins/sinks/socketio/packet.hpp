// Socket.IO packets inside Engine.IO messages (socket.io-protocol revisions 5 and 4; they differ in what a CONNECT
// says, not in how a packet is written): `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`.  JSON is checked and
// then kept as text, so what passes through leaves as it came.  Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace socketio {

enum class PacketType : uint8_t {
  kConnect = 0,
  kDisconnect = 1,
  kEvent = 2,
  kAck = 3,
  kConnectError = 4,
  kBinaryEvent = 5,
  kBinaryAck = 6,
};

// What a peer may send.  Attachments: an upload in pieces has a few dozen.
inline constexpr size_t kAttachmentsMax = 128;
inline constexpr size_t kNamespaceMax = 256;
inline constexpr size_t kAckDigitsMax = 15;  // JavaScript counts no further exactly

// What stands in the JSON of a packet for its first attachment.
inline constexpr std::string_view kPlaceholder = "{\"_placeholder\":true,\"num\":0}";

// A packet that was read; everything is a view into what was read.
struct Packet {
  PacketType type = PacketType::kConnect;
  size_t attachments = 0;
  std::string_view nsp = "/";          // without its query
  std::string_view query;              // what followed '?' in the namespace (revision 4)
  std::optional<uint64_t> ack;         // of an event that wants an answer, or that an ACK answers
  std::string_view json;               // "" = none
  std::vector<std::string_view> args;  // of events and ACKs: the elements of the array, events without their name
  std::string_view name;               // of events: the first element, a JSON string with its quotes
};

// Nothing when the text is no packet that a client may send: bad syntax, JSON of the wrong shape, a reserved event
// name, over a limit.  REQUIRES: valid_utf8(text)
std::optional<Packet> decode_packet(std::string_view text);

// Writes a whole Engine.IO message ("4" and the packet).  `json` is written as it is.
std::string encode_packet(PacketType type, std::string_view nsp, std::string_view json,
                          std::optional<uint64_t> ack = {}, size_t attachments = 0);

// Names that clients keep for themselves: an event called so would confuse or break the page.
bool reserved_event(std::string_view name);

}  // namespace socketio
