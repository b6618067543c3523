#include "plugins/sinks/socketio/echo_packet.hpp"

#include <sbx/json_scan.hpp>

#include "plugins/sinks/socketio/json_field.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

namespace json = sbx::json;

// Behind every event of a client that may recover stands its offset, always: the client takes the last argument for it
// whenever that is a string.
std::string close_args(std::string args, std::string_view offset) {
  if (!offset.empty()) {
    args += ',';
    append_json_string(args, offset);
  }
  return args + ']';
}

std::string open_args(std::string_view name, std::string_view channel) {
  std::string args = "[";
  append_json_string(args, name);
  args += ',';
  append_json_string(args, channel);
  return args;
}

}  // namespace

ChannelRequest read_channel_request(const Packet &packet) {
  ChannelRequest out;
  if (packet.args.empty()) return out;
  json::Reader reader(packet.args[0]);
  if (reader.kind() != json::Kind::kObject) return out;
  reader.enter();
  bool fine = true;
  for (std::string_view key; reader.member(key);) {
    if (json::equals(key, "channel"))
      fine &= read_string(reader, out.channel, kChannelMax);
    else if (json::equals(key, "since") && reader.kind() != json::Kind::kLiteral)
      // One that is no cursor is a gap, not an error.
      out.since = read_string(reader, out.since, SBX_CURSOR_MAX) ? out.since : "?";
    else if (json::equals(key, "auth"))
      out.auth = reader.skip();
    else
      reader.skip();
  }
  if (out.auth == "null") out.auth.clear();
  fine &= out.auth.size() <= SBX_AUTH_MAX;
  out.valid = reader.finish() && fine && !out.channel.empty();
  return out;
}

RecoveryRequest read_recovery_request(std::string_view auth) {
  RecoveryRequest out;
  json::Reader reader(auth);
  if (reader.kind() != json::Kind::kObject) return out;
  reader.enter();
  for (std::string_view key; reader.member(key);) {
    if (json::equals(key, "pid"))
      read_string(reader, out.pid, SBX_CURSOR_MAX);
    else if (json::equals(key, "offset") && !read_string(reader, out.offset, SBX_CURSOR_MAX))
      out.offset = "?";
    else if (!json::equals(key, "offset"))
      reader.skip();
  }
  return out;
}

std::string event_args(const sbx_event &event, std::string_view offset) {
  const bool binary = (event.flags & SBX_EVENT_BINARY) != 0;
  std::string args = open_args(sbx::view(event.name), sbx::view(event.channel));
  args += ',';
  args += binary ? kPlaceholder : sbx::view(event.data);
  return close_args(std::move(args), offset);
}

Attachments event_attachments(const sbx_event &event) {
  Attachments out;
  if (event.flags & SBX_EVENT_BINARY) out.emplace_back(sbx::view(event.data));
  return out;
}

// It ends with an object, so that no client takes the channel for its offset.
std::string gap_args(std::string_view channel) { return open_args("signalbox.gap", channel) + ",{}]"; }

std::string subscribed_args(std::string_view channel, std::string_view cursor, bool recovered) {
  std::string args = open_args("subscription_succeeded", channel) + ",{\"cursor\":";
  append_json_string(args, cursor);
  return args + (recovered ? ",\"recovered\":true}]" : ",\"recovered\":false}]");
}

std::string subscription_error_args(std::string_view channel, uint32_t code) {
  return open_args("subscription_error", channel) + ',' + std::to_string(code) + ']';
}

std::string members_args(std::string_view channel, std::string_view members) {
  std::string args = open_args("presence:subscribed", channel) + ',';
  args += members;
  return args + ']';
}

std::string presence_args(const sbx_event &event) {
  const std::string_view name = sbx::view(event.name), channel = sbx::view(event.channel);
  if (name == "here") return members_args(channel, sbx::view(event.data));
  std::string args = open_args(name == "joining" ? "presence:joining" : "presence:leaving", channel) + ',';
  args += sbx::view(event.data);
  return args + ']';
}

std::string hello_args(std::string_view offset) { return close_args("[\"signalbox:hello\",{}", offset); }

}  // namespace socketio
