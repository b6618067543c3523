#include "plugins/sinks/socketio/broadcast.hpp"

#include "plugins/sinks/socketio/echo_packet.hpp"
#include "plugins/sinks/socketio/text.hpp"
#include "plugins/sinks/socketio/unfit.hpp"

namespace socketio {

std::optional<std::string> Broadcast::on_connect(Socket &socket, std::string_view) {
  if (socket.nsp() == "/") return std::nullopt;
  return "Invalid namespace";
}

// Whoever may connect here may hear; nobody may speak.
void Broadcast::on_event(Socket &, const Packet &, const Attachments &) { counters_.events_ignored.add(); }

void Broadcast::publish(Hub &hub, const sbx_event &event) {
  // Nobody here is let into a channel, so nobody may know who is in it.
  if (!hub.anybody() || (event.flags & SBX_EVENT_PRESENCE)) return;
  if (event.flags & SBX_EVENT_GAP) {
    hub.publish("/", kEverybody, gap_args(sbx::view(event.channel)), {}, {});
    return;
  }
  std::string name(sbx::view(event.channel));
  name += ':';
  name += sbx::view(event.name);
  if (const std::string_view why = unfit(event, name); !why.empty()) {
    counters_.events_unfit.add();
    host_.log(SBX_WARN, "left out an event: " + std::string(why));
    return;
  }
  const std::string_view data = sbx::view(event.data);
  const bool binary = (event.flags & SBX_EVENT_BINARY) != 0;
  std::string args = "[";
  args.reserve(name.size() + data.size() + 16);
  append_json_string(args, name);
  args += ',';
  args += binary ? kPlaceholder : data;
  args += ']';
  Attachments attachments;
  if (binary) attachments.emplace_back(data);
  hub.publish("/", kEverybody, args, attachments, sbx::view(event.except));
}

}  // namespace socketio
