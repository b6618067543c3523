// What laravel-echo's clients say and are told, as JSON (the contract of laravel-echo-server): events carry the channel
// first and the data second.  Pure; any thread.
#pragma once
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/socketio/app.hpp"
#include "plugins/sinks/socketio/packet.hpp"

namespace socketio {

// Channel names that a client may ask for; the host takes no longer ones.
inline constexpr size_t kChannelMax = 1024;

// `subscribe` and `unsubscribe`: {"channel": ..., "since"?: a cursor}.
struct ChannelRequest {
  std::string channel, since;
  std::string auth;    // raw JSON, what it offers for being admitted; empty = nothing
  bool valid = false;  // else `channel` is what there was of it, fit to be said back
};
ChannelRequest read_channel_request(const Packet &packet);

// Connection state recovery in a CONNECT's auth; empty = not said.
struct RecoveryRequest {
  std::string pid, offset;
};
RecoveryRequest read_recovery_request(std::string_view auth);

// The arguments of an event, for Socket::emit and encode_packet; with a placeholder where its data is binary.  `offset`
// goes last; empty = none.  REQUIRES: unfit() finds nothing
std::string event_args(const sbx_event &event, std::string_view offset);
Attachments event_attachments(const sbx_event &event);
std::string gap_args(std::string_view channel);
// It ends with an object and moves no offset; so does a gap.
std::string subscribed_args(std::string_view channel, std::string_view cursor, bool recovered);
// It ends with a number: no client takes that for an offset.
std::string subscription_error_args(std::string_view channel, uint32_t code);
// Who is in a presence channel, as a JSON array; and an event that changes it.  They end with an array or an object.
std::string members_args(std::string_view channel, std::string_view members);
std::string presence_args(const sbx_event &event);
// The first event of a connection that may be recovered: it tells nothing but an offset.
std::string hello_args(std::string_view offset);

}  // namespace socketio
