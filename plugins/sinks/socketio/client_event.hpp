// Client events (whispers) as laravel-echo sends them: `client event`, with {channel, event, data} as an object or as a
// JSON string that holds it; and what the sender is told of them.  Pure; any thread.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/socketio/packet.hpp"
#include "plugins/sinks/socketio/reasons.hpp"

namespace socketio {

// Names of client events; the host takes no longer ones.
inline constexpr size_t kEventNameMax = 1024;

struct ClientEvent {
  std::string channel, event;
  std::string data = "null";  // raw JSON
  bool valid = false;         // else the names are what there was of them, fit to be said back
};
// Binary data cannot be said: a packet with attachments is not valid.
ClientEvent read_client_event(const Packet &packet);

// What an answer of visitors.say comes to.
Spoken spoken_of(sbx_status answer);

// The arguments of the acknowledgement, for a sender that wants one.
std::string spoken_ack(Spoken what);
// The arguments of `client_event_error`.  REQUIRES: what is not kTaken
std::string client_event_error_args(const ClientEvent &said, Spoken what);

}  // namespace socketio
