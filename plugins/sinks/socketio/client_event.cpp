#include "plugins/sinks/socketio/client_event.hpp"

#include "plugins/sinks/socketio/echo_packet.hpp"
#include "plugins/sinks/socketio/json_field.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

namespace json = sbx::json;

ClientEvent read_object(std::string_view text) {
  ClientEvent out;
  json::Reader reader(text);
  if (reader.kind() != json::Kind::kObject) return out;
  reader.enter();
  bool fine = true;
  for (std::string_view key; reader.member(key);) {
    if (json::equals(key, "channel"))
      fine &= read_string(reader, out.channel, kChannelMax);
    else if (json::equals(key, "event"))
      fine &= read_string(reader, out.event, kEventNameMax);
    else if (json::equals(key, "data"))
      out.data = reader.skip();
    else
      reader.skip();
  }
  out.valid = reader.finish() && fine && !out.channel.empty() && !out.event.empty();
  return out;
}

// "code":...,"message":"..."
std::string code_and_message(Spoken what) {
  std::string out = "\"code\":" + std::to_string(spoken_status(what)) + ",\"message\":";
  append_json_string(out, spoken_message(what));
  return out;
}

}  // namespace

ClientEvent read_client_event(const Packet &packet) {
  if (packet.args.empty() || packet.attachments > 0) return {};
  const std::string_view argument = packet.args[0];
  if (argument[0] != '"') return read_object(argument);
  std::string text;
  json::append_decoded(text, argument);
  return read_object(text);
}

Spoken spoken_of(sbx_status answer) {
  switch (answer) {
    case SBX_OK:
      return Spoken::kTaken;
    case SBX_FULL:
      return Spoken::kTooFast;
    case SBX_EINVAL:
      return Spoken::kMalformed;
    case SBX_ETOOBIG:
      return Spoken::kTooBig;
    case SBX_ENOENT:  // whether the channel exists is none of its business
    case SBX_EREFUSED:
      return Spoken::kForbidden;
    default:
      return Spoken::kUnavailable;
  }
}

std::string spoken_ack(Spoken what) {
  if (what == Spoken::kTaken) return R"([{"ok":true}])";
  return R"([{"ok":false,)" + code_and_message(what) + "}]";
}

std::string client_event_error_args(const ClientEvent &said, Spoken what) {
  std::string out = R"(["client_event_error",)";
  append_json_string(out, said.channel);
  out += R"(,{"event":)";
  append_json_string(out, said.event);
  out += ',';
  return out + code_and_message(what) + "}]";
}

}  // namespace socketio
