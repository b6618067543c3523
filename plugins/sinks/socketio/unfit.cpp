#include "plugins/sinks/socketio/unfit.hpp"

#include <sbx/json_scan.hpp>

#include "plugins/sinks/socketio/packet.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {

std::string_view unfit(const sbx_event &event, std::string_view name) {
  if (!valid_utf8(name) || !valid_utf8(sbx::view(event.channel))) return "its channel or name is not UTF-8";
  if (reserved_event(name)) return "its name is one that Socket.IO clients keep for themselves";
  if (event.flags & SBX_EVENT_BINARY) return {};
  return sbx::json::valid(sbx::view(event.data)) ? std::string_view() : "its data is not JSON";
}

}  // namespace socketio
